"""One person on two platforms, and one community: nothing lost, nothing said twice."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Select, select, update

from adapters.local.workspace import Message
from bot.actions import Role
from bot.content import Content
from bot.db import Database
from bot.features.events.model import COMING, NOT_COMING, Attendance, Event, Rsvp
from bot.features.link.model import Code, digest
from bot.features.weekly.store import WeeklyPrinciple
from bot.outbox import UNDER_WAY, Outgoing
from bot.people import Account, Community, Person, Space, community_with_key
from bot.platform import Sent
from bot.replies import Button, Refusal, Reply
from tests.features.sides import Sides, words

pytestmark = pytest.mark.usefixtures("everyone_agrees")

SEEN = [("Demo night", COMING)]


@pytest.fixture
def sides(database: Database, content: Content) -> Sides:
    return Sides(database, content)


def refused(outcome: object) -> str:
    assert isinstance(outcome, Refusal), outcome
    return outcome.says


async def test_two_sides_become_one_community(sides: Sides) -> None:
    await sides.plan(sides.discord, "Demo night")
    await sides.plan(sides.slack, "Walk", "Saturday 10:00")
    await sides.press(sides.slack, "ada", "Coming")
    keys = {each.name: each.feed_key for each in await sides.all(Community)}
    asked = await sides.say(sides.slack, "olga", "/link")
    assert "on Slack only" in asked.card.text
    line = await sides.code(sides.discord, "olga", "Join the two sides")
    preview = words(await sides.say(sides.slack, "olga", line))
    assert "Gathering on Discord: its name, its time zone (UTC)" in preview
    assert "From Mill on Slack: 1 event and 2 people" in preview
    assert "can't be undone" in preview
    assert len(await sides.all(Community)) == 2
    done = words(await sides.press(sides.slack, "olga", "Yes, join them"))
    assert "Gathering lives on Discord and Slack now. 1 event and 2 people came along." in done
    for side in (sides.discord, sides.slack):  # at once, with no wait
        listed = words(await sides.say(side, "eve", "/events"))
        assert "Demo night" in listed
        assert "Walk" in listed
    (community,) = await sides.all(Community)
    assert {space.community_id for space in await sides.all(Space)} == {community.id}
    async with sides.database.session() as session:
        for key in keys.values():
            found = await community_with_key(session, key)
            assert found
            assert found.name == "Gathering"
    assert await sides.all(Code) == []
    await sides.advance(days=4, hours=10)  # what was promised on Slack is kept, on Slack
    assert sides.directly(sides.slack, "ada") == ["Walk is tomorrow"]
    await sides.advance(days=1)
    assert sides.directly(sides.slack, "ada") == ["Walk is tomorrow", "Walk is in an hour"]


async def test_the_weekly_principle_of_two_is_posted_once(sides: Sides) -> None:
    await sides.say(sides.slack, "olga", "/week here")
    await sides.advance(days=1)
    await sides.say(sides.discord, "olga", "/week here")
    await sides.say(sides.slack, "olga", "/week 12")
    await sides.say(sides.discord, "olga", "/week 37")
    await sides.join_sides()
    assert [
        week.number for week in await sides.all(WeeklyPrinciple) if week.number in (12, 37)
    ] == [37]
    await sides.advance(days=21)
    posted = [m.card.title for m in sides.discord.messages if not m.private]
    assert len(posted) == len(set(posted)) == 3
    assert "37" in posted[0]
    after = [m for m in sides.slack.messages if not m.private]
    assert after == []


async def test_another_process_learns_of_it_within_half_a_minute(sides: Sides) -> None:
    other = sides.again()
    await sides.plan(sides.discord, "Demo night")
    await other.say(other.slack, "ada", "/events")
    sides.discord.connect(sides.app)
    sides.slack.connect(sides.app)
    await sides.join_sides()
    other.slack.connect(other.app)
    await other.say(other.slack, "ada", "/link")  # with what it still remembers: kindly
    await sides.advance(seconds=31)
    assert "Demo night" in words(await other.say(other.slack, "ada", "/events"))


@pytest.fixture
async def joined(sides: Sides) -> Sides:
    await sides.plan(sides.discord, "Demo night")
    await sides.join_sides()
    return sides


async def answers(sides: Sides, who: str) -> list[tuple[str, str]]:
    async with sides.database.session() as session:
        found = await session.execute(
            select(Event.title, Rsvp.answer)
            .join(Event, Event.id == Rsvp.event_id)
            .join(Person, Person.id == Rsvp.person_id)
            .where(Person.name == who)
        )
        return [(row[0], row[1]) for row in found]


async def test_two_accounts_become_one_person(joined: Sides) -> None:
    sides = joined
    await sides.press(sides.discord, "ada", "Coming")
    await sides.advance(minutes=1)
    line = await sides.code(sides.discord, "ada")
    preview = await sides.say(sides.slack, "ada.l", line.lower().replace("-", " "))
    assert "ada on Discord and ada.l on Slack would be one person" in words(preview)
    done = await sides.press(sides.slack, "ada.l", "Yes, both are me")
    assert "I know you on Discord and Slack as one person. I write to you on Discord." in words(
        done
    )
    assert await answers(sides, "ada") == SEEN
    assert sides.directly(sides.discord, "ada") == ["Your accounts are joined"]
    await sides.press(sides.slack, "ada.l", "Write to me on Slack")
    await sides.advance(days=4)
    assert "Demo night is tomorrow" in sides.directly(sides.slack, "ada.l")
    assert "Demo night is tomorrow" not in sides.directly(sides.discord, "ada")
    names = {person.name for person in await sides.all(Person)}
    assert "ada.l" not in names


async def test_what_both_said_becomes_one_and_its_place_is_given_on(sides: Sides) -> None:
    await sides.say(sides.discord, "olga", '/event create "Supper" "Friday 18:30" 2h')
    await sides.press(sides.discord, "olga", "Yes, announce it")
    async with sides.database.transaction() as session:
        await session.execute(update(Event).values(capacity=2))
    await sides.join_sides()
    card = next(m for m in sides.discord.messages if not m.private).card
    coming = next(b for b in card.buttons if isinstance(b, Button) and b.label == "Coming")
    for side, who in ((sides.discord, "ada"), (sides.slack, "ada.l"), (sides.discord, "bob")):
        await sides.do(side, who, coming)
        await sides.advance(seconds=20)
    line = await sides.code(sides.discord, "ada")
    await sides.say(sides.slack, "ada.l", line)
    await sides.press(sides.slack, "ada.l", "Yes, both are me")
    await sides.advance(minutes=1)
    assert await answers(sides, "ada") == [("Supper", COMING)]
    assert any("A place fell free" in title for title in sides.directly(sides.discord, "bob"))
    await sides.advance(days=4)
    told = sides.directly(sides.discord, "ada") + sides.directly(sides.slack, "ada.l")
    assert told.count("Supper is tomorrow") == 1


async def test_the_newer_answer_stays_and_whoever_was_seen_was_there(joined: Sides) -> None:
    sides = joined
    await sides.press(sides.discord, "ada", "Coming")
    card = next(m for m in sides.discord.messages if not m.private).card
    no = next(b for b in card.buttons if isinstance(b, Button) and b.label == "Not coming")
    await sides.advance(minutes=1)
    await sides.do(sides.slack, "ada.l", no)
    (event,) = await sides.all(Event)
    for person, present in zip(await people(sides, "ada", "ada.l"), (False, True), strict=True):
        async with sides.database.transaction() as session:
            note = Attendance(id=f"note-{present}", event_id=event.id, person_id=person)
            note.present, note.via, note.noted_at = present, "host", sides.discord.now
            session.add(note)
    line = await sides.code(sides.discord, "ada")
    await sides.say(sides.slack, "ada.l", line)
    await sides.press(sides.slack, "ada.l", "Yes, both are me")
    assert await answers(sides, "ada") == [("Demo night", NOT_COMING)]
    assert [note.present for note in await sides.all(Attendance)] == [True]


async def people(sides: Sides, *names: str) -> list[str]:
    ids = {person.name: person.id for person in await sides.all(Person)}
    return [ids[name] for name in names]


async def test_what_is_known_of_either_is_kept(joined: Sides) -> None:
    sides = joined
    for side, who in ((sides.discord, "ada"), (sides.slack, "ada.l")):
        await sides.code(side, who)
        await sides.advance(minutes=1)
    async with sides.database.transaction() as session:
        values = {"agreed_at": sides.discord.now, "zone": "Asia/Tokyo", "quiet_from": 20}
        await session.execute(update(Person).where(Person.name == "ada.l").values(**values))
        others = {"agreed_at": None, "quiet_from": 22}
        await session.execute(update(Person).where(Person.name == "ada").values(**others))
    line = await sides.code(sides.slack, "ada.l")
    await sides.say(sides.discord, "ada", line)
    await sides.press(sides.discord, "ada", "Yes, both are me")
    (ada,) = [person for person in await sides.all(Person) if person.name == "ada"]
    assert (ada.agreed_at, ada.zone, ada.quiet_from) == (sides.discord.now, "Asia/Tokyo", 22)


async def test_accounts_can_be_separated_again(joined: Sides) -> None:
    sides = joined
    await sides.press(sides.discord, "ada", "Coming")
    await sides.join_accounts("ada", sides.discord, sides.slack)
    note = next(m for m in sides.discord.messages if m.reader == "ada" and m.place.direct)
    assert "If that was not you" in note.card.text
    await sides.discord.press("ada", "Separate them")
    await sides.discord.press("ada", "Yes, separate it")
    assert len([p for p in await sides.all(Person) if p.name == "ada"]) == 2
    assert await answers(sides, "ada") == SEEN
    assert "Your code for" in (await sides.say(sides.slack, "ada", "/link")).card.title


async def test_an_account_is_separated_once(joined: Sides) -> None:
    sides = joined
    await sides.join_accounts("ada", sides.discord, sides.slack)
    await sides.discord.press("ada", "Separate them")
    (yes,) = [
        button
        for message in sides.discord.messages
        for button in message.card.buttons
        if isinstance(button, Button) and button.label == "Yes, separate it"
    ]
    done = await asyncio.gather(*(sides.do(sides.discord, "ada", yes) for _ in range(2)))
    (refused,) = [each for each in done if isinstance(each, Refusal)]
    assert "not joined any more" in refused.says
    assert len([p for p in await sides.all(Person) if p.name == "ada"]) == 2


async def test_codes_that_join_nothing(joined: Sides) -> None:
    sides = joined
    line = await sides.code(sides.discord, "ada")
    assert "Type it on the other platform" in words(await sides.say(sides.discord, "ada", line))
    assert "two accounts of yours on Discord" in words(await sides.say(sides.discord, "bob", line))
    newer = await sides.code(sides.discord, "ada")
    assert "I don't know that code" in words(await sides.say(sides.slack, "ada", line))
    await sides.advance(minutes=11)
    assert "I don't know that code" in words(await sides.say(sides.slack, "ada", newer))
    done = await sides.join_accounts("ada", sides.discord, sides.slack)
    used = next(b for b in done.card.buttons if isinstance(b, Button))
    assert isinstance(await sides.do(sides.slack, "eve", used), Refusal)  # somebody else's
    shown = await sides.say(sides.slack, "ada", "/link")
    assert "I know you on Discord and Slack" in words(shown)
    for text in ("🐙", "x" * 190, "<@U1> *b*", "0O1I"):
        assert "code" in words(await sides.say(sides.slack, "mallory", f"/link {text}"))
    assert "too many" not in words(await sides.say(sides.slack, "mallory", "/link nonsense"))
    fresh = await sides.code(sides.discord, "bob")
    assert "too many wrong codes" in words(await sides.say(sides.slack, "mallory", fresh))
    await sides.advance(minutes=11)
    fresh = await sides.code(sides.discord, "bob")
    assert "Are both accounts yours?" in words(await sides.say(sides.slack, "mallory", fresh))


async def test_who_may_not_join_communities(sides: Sides) -> None:
    shown = await sides.say(sides.discord, "ada", "/link")
    assert "an organiser types" in words(shown)
    assert not shown.card.buttons
    line = await sides.code(sides.discord, "olga", "Join the two sides")
    assert "an organiser has to type it" in words(await sides.say(sides.slack, "ada", line))
    assert "from this side" in words(await sides.say(sides.discord, "olga", line))
    preview = await sides.say(sides.slack, "olga", line)
    (yes,) = [b for b in preview.card.buttons if isinstance(b, Button)]
    sides.discord.roles["olga"] = Role.HOST
    assert "no organiser on Discord now" in refused(await sides.do(sides.slack, "olga", yes))
    sides.discord.roles["olga"], sides.slack.roles["olga"] = Role.ORGANISER, Role.HOST
    assert "for organisers" in refused(await sides.do(sides.slack, "olga", yes))
    sides.slack.roles["olga"] = Role.ORGANISER
    await sides.advance(minutes=11)
    assert "works no more" in refused(await sides.do(sides.slack, "olga", yes))
    assert len(await sides.all(Community)) == 2


async def test_accounts_in_two_communities_wait_for_an_organiser(sides: Sides) -> None:
    """Also a code that was made before another community took the space away."""
    await sides.say(sides.slack, "ada", "/events")
    async with sides.database.transaction() as session:
        space = (await session.scalars(select(Space).where(Space.platform == "slack"))).one()
        id_ = "0" * 16
        session.add(
            Code(
                id=id_,
                digest=digest("AAAACCCC"),
                joins="person",
                space_id=space.id,
                account="ada",
                expires_at=sides.discord.now + timedelta(minutes=9),
            )
        )
    said = words(await sides.say(sides.discord, "ada", "/link AAAA-CCCC"))
    assert "An organiser can join them" in said


async def test_two_press_yes_at_once(joined: Sides) -> None:
    sides, other = joined, joined.again()
    line = await sides.code(sides.discord, "ada")
    preview = await sides.say(sides.slack, "ada", line)
    (yes,) = [b for b in preview.card.buttons if isinstance(b, Button)]
    outcomes = await asyncio.gather(
        sides.do(sides.slack, "ada", yes), other.do(other.slack, "ada", yes)
    )
    assert {type(each) for each in outcomes} == {Reply, Refusal}
    assert len([p for p in await sides.all(Person) if p.name == "ada"]) == 1


async def test_nothing_is_joined_while_something_is_being_sent(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deliverer knows the world as it was: what it sends is settled first, and said once."""
    await sides.plan(sides.discord, "Demo night", "Sunday 18:30")
    await sides.press(sides.discord, "ada", "Maybe")
    await sides.plan(sides.slack, "Walk")
    await sides.press(sides.slack, "ada", "Coming")
    tried: list[object] = []
    send = sides.slack.send

    async def slowly(*args: Any) -> Sent:
        tried.append(await sides.do(sides.slack, *pressed))
        return await send(*args)

    monkeypatch.setattr(sides.slack, "send", slowly)
    await sides.advance(days=3, hours=9, minutes=25)  # five minutes before the first reminder
    line = await sides.code(sides.discord, "olga", "Join the two sides")
    pressed = "olga", *buttons(await sides.say(sides.slack, "olga", line))
    await sides.advance(minutes=6)
    assert refused(tried.pop()) == UNDER_WAY
    assert isinstance(await sides.do(sides.slack, *pressed), Reply)
    await sides.advance(hours=22, minutes=55)  # and before the second
    line = await sides.code(sides.discord, "ada")
    pressed = "ada", *buttons(await sides.say(sides.slack, "ada", line))
    await sides.advance(minutes=6)
    assert refused(tried.pop()) == UNDER_WAY
    assert isinstance(await sides.do(sides.slack, *pressed), Reply)
    await sides.advance(hours=1)
    assert sides.directly(sides.slack, "ada") == ["Walk is tomorrow", "Walk is in an hour"]


async def test_what_was_said_to_one_is_not_said_to_both(joined: Sides) -> None:
    """The same promise to either account: the one that was kept already stays."""
    sides = joined
    await sides.code(sides.slack, "ada")
    line = await sides.code(sides.discord, "ada")
    now = sides.discord.now
    async with sides.database.transaction() as session:
        community = (await session.scalars(select(Community.id))).one()
        first, second = sorted(await session.scalars(accounts_called("ada")))
        for whom, settled in ((first, now), (second, None)):
            for number in (1, 2):
                session.add(
                    Outgoing(
                        id=f"{whom}{number}",
                        community_id=community,
                        kind="events.reminder",
                        key=f"reminder:{whom}:{number}",
                        args=f'{{"whom": "{whom}"}}',
                        person_id=whom,
                        due_at=now + timedelta(days=300),
                        settled_at=settled if number == 1 else None,
                    )
                )
    await sides.say(sides.slack, "ada", line)
    await sides.press(sides.slack, "ada", "Yes, both are me")
    (ada,) = [person.id for person in await sides.all(Person) if person.name == "ada"]
    rows = [row for row in await sides.all(Outgoing) if row.kind == "events.reminder"]
    assert {row.person_id for row in rows} == {row.arguments["whom"] for row in rows} == {ada}
    assert {row.key: row.settled_at for row in rows} == {
        f"reminder:{ada}:1": now,
        f"reminder:{ada}:2": None,
    }


def accounts_called(user: str) -> Select[tuple[str]]:
    return select(Account.person_id).where(Account.external_id == user)


def buttons(message: Message) -> list[Button]:
    return [each for each in message.card.buttons if isinstance(each, Button)]
