"""The community map: questions that wait, cards that fit, weeks that can be read, all together."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from adapters.local.workspace import WHERE, Message, Workspace
from bot.actions import Registry, Role
from bot.app import App
from bot.changes import Change as Noted
from bot.content import Area, Content
from bot.context import Call, Place, Scene, Via
from bot.db import Database, Table
from bot.features import FEATURES
from bot.features.community_map import cards, picture
from bot.features.community_map.cards import View
from bot.features.community_map.choosing import (
    HEAVY,
    Change,
    Shown,
    changes,
    choose,
    is_heavy,
    pick,
    score,
    still_there,
    thin_spot,
)
from bot.features.community_map.model import CommunityMap, MapPicture
from bot.features.community_map.organisers import thinnest
from bot.features.community_map.together import together
from bot.features.principles import title
from bot.features.weekly import needs
from bot.features.weekly.needs import Need
from bot.markup import text_of
from bot.people import Account, Caller, Person, Where
from bot.replies import CARD, Button, Picture, Refusal, Reply

pytestmark = pytest.mark.usefixtures("everyone_agrees")

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
"""A Monday."""
HALL = Place("#general")
MINUTES = (15, 30, 60, 120)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
TITLE = "My Community Card"


@dataclass
class Maps:
    """People and their maps on one database. `again` is a second device or process."""

    content: Content
    database: Database
    workspace: Workspace = field(default_factory=lambda: Workspace(NOW))

    def __post_init__(self) -> None:
        self.workspace.join("org", Role.ORGANISER)
        self.workspace.connect(
            App(
                Registry(FEATURES),
                self.content,
                self.database,
                [self.workspace],
                clock=self.workspace.clock,
                new_id=lambda: secrets.token_hex(8),
            )
        )

    async def say(self, who: str, line: str, place: Place = HALL) -> str:
        await self.workspace.say(who, place, line)
        return self.words(who)

    async def press(self, who: str, *labels: str) -> str:
        for label in labels:
            await self.workspace.press(who, label)
        return self.words(who)

    async def do(self, who: str, action: str, where: Where = WHERE, **args: object) -> Any:
        """A press whose button need not be on the screen."""
        texts = {name: str(value) for name, value in args.items()}
        caller = Caller(where, who, who)
        return await self.workspace.app.run(Call(action, texts, caller, HALL, Via.PRESS))

    def newest(self, who: str) -> Message:
        return self.workspace.seen_by(who)[-1]

    def words(self, who: str) -> str:
        return words(self.newest(who))

    async def answer(self, who: str, *levels: int) -> str:
        """Press one answer after the other on what is on the screen."""
        for level in levels:
            label = self.newest(who).card.buttons[level].label
            await self.workspace.press(who, label)
        return self.words(who)

    async def make(self, who: str, *levels: int, minutes: int = 30, share: bool = False) -> str:
        """A whole map; one level stands for all eight."""
        if "Before we begin" in await self.say(who, "/map"):
            await self.press(who, "Yes, that is fine")
        await self.press(who, f"{minutes} minutes")
        said = await self.answer(who, *(levels if len(levels) > 1 else levels * 8))
        if share:
            await self.do(who, "map share", yes="yes")
        return said

    async def all(self, table: type[Table]) -> list[Any]:
        async with self.database.session() as session:
            return list(await session.scalars(select(table)))

    async def maps(self) -> list[CommunityMap]:
        return sorted(await self.all(CommunityMap), key=lambda each: each.begun_at)

    async def need(self) -> Need | None:
        """As the principle of the week asks for it."""
        app = self.workspace.app
        _, community = await app._home(WHERE, self.workspace.now)
        now = self.workspace.now
        scene = Scene(now, app.new_id, app.registry, self.content, community, self.database)
        try:
            return await thinnest(scene)
        finally:
            await scene.close()

    async def leave(self, who: str) -> None:
        """Everything of a person is deleted."""
        async with self.database.transaction() as session:
            person = select(Person.id).where(Person.name == who).scalar_subquery()
            await session.execute(delete(CommunityMap).where(CommunityMap.person_id == person))
            await session.execute(delete(Account).where(Account.person_id == person))
            await session.execute(delete(Person).where(Person.name == who))


def words(message: Message) -> str:
    card = message.card
    fields = [f"{each.name}: {text_of(each.value)}" for each in card.fields]
    return "\n".join([card.title, text_of(card.text), *fields])


@pytest.fixture
def maps(content: Content, database: Database) -> Maps:
    return Maps(content, database)


async def test_asked_first_then_eight_questions_and_a_card(maps: Maps, content: Content) -> None:
    assert "Before we begin" in await maps.say("ada", "/map")
    assert content.map.minutes.question in await maps.press("ada", "Yes, that is fine")
    said = await maps.press("ada", "15 minutes")
    for number, area in enumerate(content.map.areas, start=1):
        assert f"Question {number} of 8" in said
        assert area.question in said
        labels = [each.label for each in maps.newest("ada").card.buttons]
        assert labels == [*area.levels, "Back"]
        said = await maps.answer("ada", 1 if area.key == "repair" else 3)
    repair = content.areas["repair"]
    assert TITLE in said
    assert repair.thin in said
    assert "score: 69 of 100" in said  # 22 of 32
    card = maps.newest("ada").card
    assert card.picture
    assert "Repair: 1 of 4, thin spot." in card.picture.alt
    assert "Chapter 9" in said
    assert content.map.care not in said
    assert all(each.private for each in maps.workspace.messages)
    assert maps.workspace.seen_by("bob") == []


async def test_a_map_waits_where_it_was_left(maps: Maps) -> None:
    await maps.say("ada", "/map")
    await maps.press("ada", "Yes, that is fine", "60 minutes")
    await maps.answer("ada", 2, 2, 2)
    await maps.workspace.advance(6 * DAY)
    assert "Question 4 of 8" in (said := await maps.say("ada", "/map"))
    assert "You stopped here" in said
    await maps.press("ada", "Back")
    assert "(your answer so far)" in maps.words("ada")
    said = await maps.answer("ada", 0)
    assert "Question 4 of 8" in said
    (begun,) = await maps.maps()
    assert list(begun.levels.values()) == [2, 2, 0]
    old = begun.id
    await maps.workspace.advance(2 * DAY)
    assert "How many minutes" in await maps.say("ada", "/map")
    refused = await maps.do("ada", "map answer", of=old, area="repair", level=1)
    assert "You left that map over 7 days ago" in refused.says
    assert "Question 1 of 8" in await maps.press("ada", "15 minutes")
    (begun,) = await maps.maps()
    assert (begun.levels, begun.minutes) == ({}, 15)
    await maps.answer("ada", 1)
    await maps.say("ada", "/map")
    await maps.press("ada", "Start again")
    assert await maps.maps() == []


async def test_two_devices_and_older_cards(maps: Maps, content: Content) -> None:
    """The last press holds, on whichever card; the same press twice is one answer."""
    other = Maps(content, maps.database, Workspace(NOW))
    await maps.say("ada", "/map")
    await maps.press("ada", "Yes, that is fine")
    begun = await asyncio.gather(
        maps.do("ada", "map begin", minutes=30), other.do("ada", "map begin", minutes=60)
    )
    assert all(isinstance(each, Reply) for each in begun)
    (draft,) = await maps.maps()
    keys = [area.key for area in content.map.areas]
    told = await asyncio.gather(
        *(
            device.do("ada", "map answer", of=draft.id, area=key, level=at % 5)
            for at, key in enumerate(keys)
            for device in (maps, other)
        )
    )
    assert all(isinstance(each, Reply) for each in told), told
    (made,) = await maps.maps()
    assert made.levels == {key: at % 5 for at, key in enumerate(keys)}
    assert made.finished_at == NOW
    again = await maps.do("ada", "map answer", of=made.id, area=keys[0], level=0)
    assert "Changed" not in again.card.text
    other_way = await maps.do("ada", "map answer", of=made.id, area=keys[0], level=4)
    assert "Changed: Close ties" in other_way.card.text
    for wrong in ({"area": "nowhere", "level": 1}, {"area": keys[0], "level": 5}):
        assert isinstance(await maps.do("ada", "map answer", of=made.id, **wrong), Refusal)


async def test_buttons_of_a_card(maps: Maps, content: Content) -> None:
    await maps.make("ada", 0, 1, 2, 3, 4, 3, 2, 1)
    said = await maps.press("ada", "Why this?")
    assert "16 of 32, which is 50 of 100" in said
    assert "No other area is as low" in said
    copied = await maps.press("ada", "Back to the card", "Copy as text")
    assert "```" in maps.newest("ada").card.text
    assert "Weak ties: 1 of 4" in copied
    (made,) = await maps.maps()
    assert (made.invitation or "") in copied
    about = await maps.press("ada", "Back to the card", "About this map")
    assert "Nobody is alerted by your answers" in about
    chapter = await maps.press("ada", "Back to the card", "Read chapter 4")
    assert title(content.chapters[4]) in chapter
    await maps.press("ada", "Change an answer")
    await maps.workspace.choose("ada", "close-ties")
    assert "Keep it as it is" in [each.label for each in maps.newest("ada").card.buttons]
    said = await maps.answer("ada", 4)
    assert content.areas["weak-ties"].thin in said


async def test_an_old_card_reads_on_and_can_not_be_changed(maps: Maps) -> None:
    await maps.make("ada", 0, 1, 2, 3, 4, 3, 2, 1)
    (old,) = await maps.maps()
    await maps.workspace.advance(3 * DAY)
    said = await maps.make("ada", 0, 2, 2, 3, 4, 3, 2, 1)
    assert "Since 4 May 2026: • Weak ties, 1 then and 2 now" in said
    labels = [each.label for each in (await maps.do("ada", "map show", of=old.id)).card.buttons]
    assert "My latest card" in labels
    assert "Change an answer" not in labels
    for action in ("map change", "map ask", "map answer"):
        args = {"area": "repair", "level": 1} if action != "map change" else {}
        refused = await maps.do("ada", action, of=old.id, **args)
        assert "There is a newer map" in refused.says
    await maps.workspace.advance(8 * DAY)
    newest = (await maps.maps())[-1]
    assert "over 7 days old" in (await maps.do("ada", "map change", of=newest.id)).says


async def test_nobody_opens_a_map_of_somebody_else(maps: Maps) -> None:
    await maps.make("ada", 1)
    (made,) = await maps.maps()
    elsewhere = Where("local", "elsewhere", "Elsewhere")
    for who, where in (("eve", WHERE), ("ada", elsewhere)):
        for action in ("map show", "map copy", "map why", "map change"):
            refused = await maps.do(who, action, where, of=made.id)
            assert refused.says == "That map is gone. `/map` begins a new one."
        refused = await maps.do(who, "map answer", where, of=made.id, area="repair", level=4)
        assert isinstance(refused, Refusal)
    assert (await maps.maps())[0].levels["repair"] == 1


async def test_heavy_weeks_name_who_else_can_help(maps: Maps, content: Content) -> None:
    assert content.map.care in await maps.make("ada", 1)
    assert content.map.care in await maps.press("ada", "Copy as text")
    await maps.workspace.advance(DAY)
    said = await maps.make("ada", 1, 1, 1, 1, 1, 1, 1, 2)
    assert content.map.care not in said


async def test_history_in_a_picture_and_in_words(maps: Maps) -> None:
    assert "No map yet" not in await maps.say("ada", "/map history")  # asked first
    assert "No map yet" in await maps.press("ada", "Yes, that is fine")
    for number in range(9):
        await maps.make("ada", number % 5, minutes=15)
        await maps.workspace.advance(WEEK)
    said = await maps.say("ada", "/map history")
    assert "You have made 9 maps. These are 8 of them." in said
    assert "29 June 2026: 75 of 100, 15 minutes. Close ties 3, Weak ties 3" in said
    drawn = maps.newest("ada").card.picture
    assert drawn
    assert "9 maps, 4 May 2026 to 29 Jun 2026" in drawn.alt
    assert "4 May 2026: 0 of 100" in await maps.press("ada", "Earlier")
    await maps.workspace.choose("ada", "4 May 2026: 0 of 100")
    assert maps.newest("ada").card.title == f"{TITLE}, 4 May 2026"


async def test_forgetting_names_what_goes(maps: Maps) -> None:
    await maps.make("ada", 1)
    await maps.workspace.advance(WEEK)
    await maps.make("ada", 2)
    await maps.make("bob", 3)
    await maps.say("ada", "/map")
    await maps.press("ada", "15 minutes")
    said = await maps.say("ada", "/map forget")
    assert "your 2 maps, from 4 May 2026 to 11 May 2026" in said
    assert "the map that you have begun" in said
    assert "Nothing was deleted" in await maps.press("ada", "Keep them")
    assert len(await maps.maps()) == 4
    await maps.say("ada", "/map forget")
    await maps.do("ada", "map restart")
    said = await maps.press("ada", "Delete them")  # not what the question named
    assert "This deletes your 2 maps" in said
    assert "begun" not in said
    assert "Your maps are gone" in await maps.press("ada", "Delete them")
    assert len(await maps.maps()) == 1
    assert "No map yet" in await maps.say("ada", "/map card")


async def test_whoever_left_meanwhile_is_asked_anew(maps: Maps) -> None:
    await maps.make("ada", 1)
    (made,) = await maps.maps()
    await maps.leave("ada")
    assert isinstance(await maps.do("ada", "map show", of=made.id), Refusal)
    asked = await maps.do("ada", "map begin", minutes=15)
    assert asked.card.title == "Before we begin"


# All together


async def test_from_five_who_said_yes(maps: Maps) -> None:
    for number in range(4):
        await maps.make(f"m{number}", 3, 3, 1, 3, 3, 3, 3, 3, share=True)
    await maps.make("silent", 0)
    await maps.workspace.advance(WEEK)
    said = await maps.say("org", "/map community")
    assert "From 5 maps up" in said
    assert await maps.need() is None
    await maps.make("m4", 3, 3, 1, 3, 3, 3, 3, 3, share=True)
    assert "From 5 maps up" in await maps.say("org", "/map community")  # Monday has gone by
    await maps.workspace.advance(WEEK)
    said = await maps.say("org", "/map community")
    assert await maps.all(Noted) == []
    assert "At least 5 maps" in said
    assert "The thin spot is Groups. Principle" in said
    assert "Groups: thin for many" in said
    assert all(f"m{number}" not in said for number in range(5))
    need = await maps.need()
    assert need
    assert (need.key, "Groups" in need.why) == ("groups", True)
    await maps.say("org", "/settings principle-order needs")
    await maps.say("org", "/week here")
    assert "Groups" in await maps.say("org", "/week")
    refused = await maps.do("m1", "map community")
    assert "for organisers" in refused.says
    assert thinnest in needs.sources


async def test_two_looks_can_not_be_subtracted(maps: Maps) -> None:
    """Until five maps are new, no joining, leaving, correcting or deleting changes what is seen."""
    for number in range(6):
        await maps.make(f"m{number}", 3, share=True)
    await maps.workspace.advance(WEEK)
    seen = await maps.say("org", "/map community")
    assert "At least 5 maps" in seen
    await maps.make("new", 0, share=True)
    await maps.do("m0", "map share", yes="no")
    await maps.leave("m1")
    await maps.say("m2", "/map forget")
    await maps.press("m2", "Delete them")
    for number in (3, 4):
        await maps.make(f"m{number}", 0)  # still counted: the yes goes on
    for _ in range(3):
        assert await maps.say("org", "/map community") == seen
        await maps.workspace.advance(WEEK)
    assert len(await maps.all(MapPicture)) == 1
    for number in range(7, 9):
        await maps.make(f"m{number}", 0, share=True)
    assert await maps.say("org", "/map community") == seen
    await maps.workspace.advance(WEEK)
    said = await maps.say("org", "/map community")
    assert "Groups: thin for many" in said
    assert all(each.counted for each in await maps.maps() if each.shared)
    await maps.workspace.advance(14 * WEEK)
    assert "From 5 maps up" in await maps.say("org", "/map community")


async def test_another_community_sees_its_own(maps: Maps) -> None:
    for number in range(5):
        await maps.make(f"m{number}", 2, share=True)
    await maps.workspace.advance(WEEK)
    elsewhere = Where("local", "elsewhere", "Elsewhere")
    told = await maps.do("org", "map community", elsewhere)
    assert "From 5 maps up" in told.card.text


def levels_of(*levels: int) -> dict[str, int]:
    return dict(zip("abcdefgh", levels, strict=True))


def test_a_thin_spot_is_named_only_when_the_data_can_tell() -> None:
    clear = [levels_of(3, 3, 1, 3, 3, 2 + at % 2, 3, 3) for at in range(6)]
    assert together(clear, "abcdefgh").thin == "c"
    noise = [levels_of(*((at * 3 + place * 5) % 5 for place in range(8))) for at in range(6)]
    assert together(noise, "abcdefgh").thin is None
    assert together([levels_of(*[2] * 8)] * 9, "abcdefgh").thin is None
    assert together(clear * 2, "abcdefgh").at_least == 10
    with pytest.raises(ValueError, match="Fewer than five"):
        together(clear[:4], "abcdefgh")


# The rules


def test_score_and_thin_spot() -> None:
    assert [score([0] * 8), score([4] * 8), score([1] * 8)] == [0, 100, HEAVY]
    assert is_heavy(score([1] * 8))
    assert not is_heavy(score([1] * 7 + [2]))
    levels = {"a": 1, "b": 0, "c": 0}
    assert thin_spot(levels, []) == "b"
    assert thin_spot(levels, ["b"]) == "c"
    assert thin_spot(levels, ["c", "b", "c"]) == "b"
    assert thin_spot({**levels, "a": 0}, ["c", "b"]) == "a"


answers = st.tuples(*[st.integers(0, 4)] * 8)


@settings(max_examples=200, deadline=None)
@given(weeks=st.lists(st.tuples(answers, st.sampled_from(MINUTES)), min_size=1, max_size=5))
def test_every_answer_has_a_card_that_fits(content: Content, weeks: Sequence[Any]) -> None:
    """Within the limits of both platforms, within the minutes, and never the same twice running."""
    earlier: list[Shown] = []
    before: dict[str, int] = {}
    for given_levels, minutes in weeks:
        levels = dict(zip(content.areas, given_levels, strict=True))
        chosen = choose(content.areas, levels, minutes, earlier)
        assert levels[chosen.thin.key] == min(given_levels)
        assert max(chosen.invitation.minutes, chosen.contribution.minutes) <= minutes
        shown = Shown(chosen.thin.key, chosen.invitation.do, chosen.contribution.do)
        if earlier:
            assert shown.invitation != earlier[0].invitation
            assert shown.contribution != earlier[0].contribution
        view = View(
            NOW.date(),
            minutes,
            content.map.areas,
            levels,
            chosen,
            title(content.chapters[chosen.chapter]),
            changes(content.map.areas, before, levels),
            NOW.date(),
            shared=False,
        )
        _drawn(content, view)
        earlier.insert(0, shown)
        before = levels


def _drawn(content: Content, view: View) -> None:
    """Cards are proved when they are built."""
    care, no_buttons = content.map.care, list[Button]()
    blank = Picture(picture.File("blank.png", b""), "blank")
    assert len(text_of(cards.card(view, care, blank, no_buttons).text)) < CARD
    assert view.chosen.invitation.words in cards.copied(view, care, no_buttons).text
    assert cards.why(view, no_buttons).text


@pytest.mark.parametrize("minutes", MINUTES)
def test_every_area_at_every_level_has_something_that_fits(content: Content, minutes: int) -> None:
    for area in content.map.areas:
        for level in range(5):
            levels = dict.fromkeys(content.areas, 4) | {area.key: level}
            earlier = [Shown(None, None, None)]
            for _ in range(12):
                chosen = choose(content.areas, levels, minutes, earlier)
                assert level == 4 or chosen.thin is area
                assert chosen.invitation.minutes <= minutes
                assert chosen.contribution.minutes <= minutes
                assert max(chosen.invitation.least, chosen.contribution.least) <= level
                named = Shown(chosen.thin.key, chosen.invitation.do, chosen.contribution.do)
                earlier.insert(0, named)


def test_nothing_comes_back_before_all_others(content: Content) -> None:
    area: Area = content.areas["groups"]
    seen: list[str | None] = []
    for _ in area.invitations:
        seen.insert(0, pick(area.invitations, 120, 4, seen).do)
    assert len(set(seen)) == len(area.invitations)


def test_who_is_in_no_group_is_not_sent_to_theirs(content: Content) -> None:
    """Nothing is suggested that the answer says is not there."""
    area = content.areas["groups"]
    shown = {pick(area.contributions, 120, 0, [each.do]).do for each in area.contributions}
    assert shown
    assert not any("Greet whoever" in do or "three dates" in do for do in shown)
    at_its_edge = [each.do for each in area.contributions if each.least <= 2]
    assert any("Greet whoever" in do for do in at_its_edge)


def test_a_card_stays_as_it_was_until_its_words_are_gone(content: Content) -> None:
    chosen = choose(content.areas, dict.fromkeys(content.areas, 2), 15, [])
    shown = Shown(chosen.thin.key, chosen.invitation.do, chosen.contribution.do)
    assert still_there(content.areas, shown, chosen.chapter) == chosen
    gone = replace(shown, invitation="Words of another pack.")
    assert still_there(content.areas, gone, chosen.chapter) is None
    assert still_there(content.areas, replace(shown, thin="elsewhere"), chosen.chapter) is None


def test_what_changed(content: Content) -> None:
    groups = content.areas["groups"]
    found = changes(content.map.areas, {"groups": 1, "repair": 2}, {"groups": 3, "repair": 2})
    assert found == [Change(groups, 1, 3)]


def test_alt_texts_have_room(content: Content) -> None:
    levels = dict.fromkeys(content.areas, 0)
    drawn = picture.of_map(content.map.areas, levels, "repair")
    assert drawn.alt.endswith("Repair: 0 of 4, thin spot.")
    week = picture.Week(NOW.date(), levels, "repair")
    assert picture.of_weeks(content.map.areas, [week]).alt.endswith("Repair at 0.")
