"""Asked once and first; all of it shown, handed over and deleted, in every table there is."""

import asyncio
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from adapters.local.workspace import WHERE, Workspace
from bot.actions import Feature, Registry, Role
from bot.app import App
from bot.content import Content
from bot.context import Call, Place, Scene, Via
from bot.db import Database
from bot.delivery import Delivery
from bot.doctor import LATELY
from bot.features import FEATURES
from bot.features.events.model import Attendance, Event, Rsvp
from bot.features.privacy import ask_first
from bot.forms import Form
from bot.markup import text_of
from bot.outbox import UNASKED, Outbox, Outgoing, Post, parked_since
from bot.people import Account, Address, Caller, Community, Person, Space, Where
from bot.personal import Leaves, marks
from bot.platform import Letter
from bot.replies import CARD, FIELDS, Card, Field, Refusal, Reply
from tests.features.evenings import dump, text_in
from tests.features.everywhere import SECRET, Filler, Somebody
from tests.features.stage import FIRST, SECOND, Stage

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
"""A Monday."""
PLACE = Place("#general")
MARKED = list(marks(Person.metadata))
letters = Feature("letters")


@letters.delivery("letters.direct", grace=timedelta(days=1), asked_for=True)
async def _direct(scene: Scene) -> Letter:
    """To one person, though the row says it is nobody's, as where hosts have no channel."""
    return Letter(Address(WHERE, user="ada"), Reply(Card("A word to you")))


class Town:
    """The whole product in a workspace, on a database that lasts."""

    def __init__(self, content: Content, database: Database) -> None:
        self.content, self.database = content, database
        self.workspace = Workspace(NOW)
        self.workspace.join("olga", Role.ORGANISER)
        self.app = self.process()
        self.workspace.connect(self.app)

    def process(self) -> App:
        return App(
            Registry([*FEATURES, letters]),
            self.content,
            self.database,
            [self.workspace],
            clock=self.workspace.clock,
            new_id=lambda: secrets.token_hex(8),
        )

    async def say(self, who: str, line: str) -> str:
        await self.workspace.say(who, PLACE, line)
        return self.last(who)

    async def press(self, who: str, label: str) -> str:
        await self.workspace.press(who, label)
        return self.last(who)

    async def do(self, who: str, action: str, where: Where = WHERE, **args: str) -> Any:
        """A press whose button need not be on the screen."""
        call = Call(action, args, Caller(where, who, who), PLACE, Via.PRESS)
        return await self.app.run(call)

    def last(self, who: str) -> str:
        return text_in([each for each in self.workspace.messages if each.reader == who][-1])

    def direct(self, who: str) -> list[str]:
        found = (m for m in self.workspace.messages if m.place.direct and m.reader == who)
        return [message.card.title for message in found]

    async def plan(self, line: str = '"Demo night" "Friday 18:30" 2h') -> None:
        await self.say("olga", f"/event create {line}")
        await self.press("olga", "Yes, announce it")

    async def advance(self, **span: float) -> None:
        await self.workspace.advance(timedelta(**span))

    async def all(self, table: type[Any]) -> list[Any]:
        async with self.database.session() as session:
            return list(await session.scalars(select(table)))

    async def parked(self) -> list[str | None]:
        return [row.parked for row in await self.all(Outgoing) if row.parked]


@pytest.fixture
def town(content: Content, database: Database) -> Town:
    return Town(content, database)


async def somebody(town: Town, name: str, local: str, slack: str, where: Where = WHERE) -> Somebody:
    """With two linked accounts, in the community of a place that is made at first sight."""
    space, community = await town.app._home(where, NOW)
    async with town.database.transaction() as session:
        known = await session.scalar(
            select(Space).where(Space.community_id == community.id, Space.platform == "slack")
        )
        if known is None:
            known = Space(
                id=secrets.token_hex(8),
                community_id=community.id,
                platform="slack",
                external_id=f"T{community.id}",
            )
            session.add(known)
        return Somebody(
            secrets.token_hex(8), name, community.id, {space.id: local, known.id: slack}
        )


async def fill(town: Town, *people: Somebody) -> list[dict[str, int]]:
    async with town.database.transaction() as session:
        filler = Filler(session)
        for who in people:
            await filler.settle(who)
        return [await filler.fill(who) for who in people]


def mentioning(rows: set[tuple[str, str]], who: Somebody) -> set[tuple[str, str]]:
    return {row for row in rows if any(trace in row[1] for trace in who.traces)}


async def test_nothing_is_left_in_any_table(town: Town) -> None:
    elsewhere = Where("local", "elsewhere")
    twin = await somebody(town, "Twin Elsewhere", "amara", "U0AMARA", elsewhere)
    await fill(town, twin)
    other_community = await dump(town.database)
    amara = await somebody(town, "Amara Quill", "amara", "U0AMARA")
    bo = await somebody(town, "Bo Winter", "bowinter", "U0BO")
    await fill(town, amara, bo)
    before = await dump(town.database) - other_community
    theirs = mentioning(before, amara)
    assert {table for table, _ in theirs} >= {c.table.name for c, _ in MARKED} | {"person"}

    asked = await town.say("amara", "/privacy delete")
    assert await dump(town.database) == before | other_community
    for _, mark in MARKED:
        assert mark.holds in asked
    assert "Everything about you is deleted" in await town.press("amara", "Yes, delete it all")

    after = await dump(town.database)
    assert other_community <= after
    assert mentioning(after - other_community, amara) == set()
    assert before - theirs <= after
    by_leaves = {
        leaves: {c.table.name for c, mark in MARKED if mark.leaves is leaves} for leaves in Leaves
    }
    shared = by_leaves[Leaves.NAME] - by_leaves[Leaves.ROW]
    for name in shared:
        assert len(of(after, name)) == len(of(before | other_community, name)), name
    assert "I keep nothing about you" in await town.say("amara", "/privacy")
    assert "I keep nothing about you" in await town.say("amara", "/privacy delete")


def of(rows: set[tuple[str, str]], table: str) -> list[str]:
    return [row for name, row in rows if name == table]


async def test_an_export_is_whole_and_has_nobody_else_in_it(town: Town) -> None:
    amara = await somebody(town, "Amara Quill", "amara", "U0AMARA")
    bo = await somebody(town, "Bo Winter", "bowinter", "U0BO")
    counts, _ = await fill(town, amara, bo)
    async with town.database.transaction() as session:
        filler = Filler(session)
        event = {"id": "e" * 16, "community_id": amara.community, "title": "Late supper"}
        event |= {"created_by": amara.id, "changed_by": bo.id, "spot": f"{'a' * 16}/#kitchen"}
        await filler.row(Event.__table__, amara, known=event)  # type: ignore[arg-type]
        session.add(Rsvp(event_id="e" * 16, person_id=amara.id, answer="coming", answered_at=NOW))
    counts["events you made"] += 1
    counts["answers to events"] += 1
    told = await exported(town, "amara")
    assert told["you"]["name"] == "Amara Quill"
    assert {name: len(told[name]) for name in counts} == counts
    (coming,) = [each for each in told["answers to events"] if each["answer"] == "coming"]
    assert coming == {
        "event": "Late supper",
        "answer": "coming",
        "waiting": False,
        "answered at": "2026-05-04T09:00:00+00:00",
        "turn": 0,
    }
    supper = next(each for each in told["events you made"] if each["title"] == "Late supper")
    assert supper["spot"] == "#kitchen"
    text = json.dumps(told)
    assert not [trace for trace in bo.traces if trace in text]
    assert SECRET[:8] not in text
    assert {each["external id"] for each in told["accounts"]} == set(amara.accounts.values())


async def exported(town: Town, who: str) -> dict[str, Any]:
    await town.say(who, "/privacy export")
    (file,) = town.workspace.messages[-1].files
    assert town.workspace.messages[-1].reader == who
    told: dict[str, Any] = json.loads(file.data)
    return told


async def test_json_in_an_export_is_json_with_titles_for_ids(town: Town) -> None:
    await town.plan()
    (event,) = await town.all(Event)
    async with town.database.transaction() as session:
        (olga,) = await session.scalars(select(Person))
        (space,) = await session.scalars(select(Space))
        draft = {"known": {"event": event.id, "whom": "b0b" * 6}, "draft": {"first": "[a] <b>"}}
        form = Form(id="f", space_id=space.id, account="olga", action="retro answer")
        form.draft, form.updated_at = json.dumps(draft), NOW
        session.add(form)
        olga.zone = "Asia/Kolkata"
    told = await exported(town, "olga")
    (told_form,) = told["forms you sent or began in the last week"]
    assert told_form["draft"] == {
        "known": {"event": "Demo night", "whom": None},
        "draft": {"first": "[a] <b>"},
    }
    assert told["you"]["zone"] == "Asia/Kolkata"


async def test_ten_thousand_rows_are_exported_and_deleted(town: Town) -> None:
    amara = await somebody(town, "Amara Quill", "amara", "U0AMARA")
    await fill(town, amara)
    rows = [
        {
            "id": f"{number:016x}",
            "community_id": amara.community,
            "kind": "events.reminder",
            "key": f"k{number}",
            "args": "{}",
            "person_id": amara.id,
            "due_at": NOW,
            "tries": 0,
            "settled_at": NOW,
        }
        for number in range(10_000)
    ]
    async with town.database.transaction() as session:
        await session.execute(insert(Outgoing), rows)
    assert len((await exported(town, "amara"))["messages to you and plans for them"]) == 10_001
    assert "10,001" in await town.say("amara", "/privacy delete")
    await town.press("amara", "Yes, delete it all")
    assert await town.all(Outgoing) == []


async def test_asked_once_with_the_first_thing_that_is_kept(town: Town) -> None:
    await town.plan()
    assert "May I write to you?" in town.last("olga")
    assert "May I write" not in await town.say("ada", "/principle 1")
    assert await town.all(Person) != []
    card = await town.press("ada", "Coming")
    assert "May I write to you?" in card
    assert "Once I may write to you, I can remind you a day and an hour before" in card
    assert "I will not ask again" in await town.press("ada", "Not now")
    for answer in ("Maybe", "Coming"):
        assert "May I write" not in await town.press("ada", answer)
    await town.advance(days=4, hours=2)
    assert town.direct("ada") == []
    heard = await town.say("ada", "/principle 1")
    assert "You have not said that I may write to you" in heard
    assert "Demo night is tomorrow" in heard
    assert "Demo night is tomorrow" not in await town.say("ada", "/principle 1")
    assert "I do not write to you" in await town.say("ada", "/privacy")
    assert "I may write to you from now on" in await town.press("ada", "You may write to me")
    assert "I will remind you an hour before" in await town.press(
        "ada", "Maybe"
    ) + await town.press("ada", "Coming")
    await town.advance(hours=7)
    assert town.direct("ada") == ["Demo night is in an hour"]
    await town.say("ada", "/privacy")
    assert "I will not write" in await town.press("ada", "Do not write to me any more")
    assert {person.agreed_at for person in await town.all(Person)} == {None}
    assert set(await town.parked()) == {UNASKED}
    async with town.database.session() as session:
        assert await parked_since(session, NOW - LATELY) == []
    assert "Did not arrive" not in await town.say("olga", "/settings")


async def test_a_full_or_public_reply_asks_at_the_next_occasion(town: Town) -> None:
    full = Reply(Card("t" * 100, "x" * 3000, (Field("f", "y" * 1000),) * 2))
    assert not full.has_room(400)
    assert not Reply(Card("t"), private=False).has_room(1)
    assert not Reply(Card("t", fields=(Field("f", "v"),) * FIELDS)).has_room(1)
    assert Reply(Card("t")).has_room(CARD - 1)


async def test_a_yes_goes_on_and_nothing_is_kept_before_it(town: Town, content: Content) -> None:
    asked = content.privacy.asks
    ctx = await town.app._context(Call("privacy", {}, Caller(WHERE, "ada", "Ada"), PLACE))
    try:
        action = town.app.registry.get("events")
        first = await ask_first(ctx, action)
        assert first
        assert asked.says in first.card.text
        yes = first.card.buttons[0]
    finally:
        await ctx.close()
    assert await town.all(Person) == []
    outcome = await town.do("ada", "privacy not-now")
    assert outcome.card.title == "That is fine"
    assert await town.all(Person) == []
    outcome = await town.do("ada", yes.press.action, **yes.press.values)  # type: ignore[union-attr]
    assert outcome.card.title == "Nothing is planned yet"
    ctx = await town.app._context(Call("privacy", {}, Caller(WHERE, "ada", "Ada"), PLACE))
    try:
        assert await ask_first(ctx, action) is None
    finally:
        await ctx.close()


async def test_what_is_on_the_card_is_given_on_when_somebody_leaves(town: Town) -> None:
    await town.plan('"Supper" "Friday 18:30" 2h')
    await town.press("olga", "Yes, write to me")
    async with town.database.transaction() as session:
        (event,) = await session.scalars(select(Event))
        event.capacity = 1
    for who in ("ada", "bob"):
        await town.press(who, "Coming")
        await town.press(who, "Yes, write to me")
    assert "You are number 1 on the waiting list" in "".join(
        text_in(each) for each in town.workspace.seen_by("bob")
    )
    await town.say("ada", "/privacy delete")
    await town.press("ada", "Yes, delete it all")
    await town.advance(minutes=1)
    assert [title.partition(":")[0] for title in town.direct("bob")] == ["A place fell free"]
    (rsvp,) = await town.all(Rsvp)
    card = next(m for m in town.workspace.messages if not m.private)
    assert "1 coming" in text_in(card)
    assert not rsvp.waiting
    assert "May I write to you?" in await town.press("ada", "Coming")
    assert sorted(each.name for each in await town.all(Person)) == ["ada", "bob", "olga"]


async def test_who_left_is_nobody_at_the_door(town: Town) -> None:
    await town.plan('"Supper" "Monday 12:00" 2h')
    (event,) = await town.all(Event)
    await town.press("ada", "Coming")
    await town.advance(hours=3)
    await town.do("ada", "event here", event=event.id)
    async with town.database.transaction() as session:
        (ada,) = await session.scalars(select(Person).where(Person.name == "ada"))
        came = Attendance(id="c", event_id=event.id, person_id=ada.id, present=True, via="host")
        came.noted_at = NOW
        session.add(came)
    await town.say("ada", "/privacy delete")
    assert "Stayed as shared history, without you" in await town.press("ada", "Yes, delete it all")
    assert "Somebody who has left" in await town.say("olga", "/event close")
    outcome = await town.do("olga", "event mark", event=event.id, whom="c")
    assert outcome.card.title == "Somebody who has left"


async def test_the_button_that_deletes_is_one_persons_and_soon_too_old(town: Town) -> None:
    await town.plan()
    for who in ("ada", "bob"):
        await town.press(who, "Coming")
    await town.say("ada", "/privacy delete")
    _, button = town.workspace.find_button("ada", "Yes, delete it all")
    mine = button.press.values  # type: ignore[union-attr]
    before = await town.all(Person)
    refused = await town.do("bob", "privacy gone", **mine)
    assert "not for you" in refused.says
    for at in ("0", "never", "9" * 18 + "x"):
        refused = await town.do("ada", "privacy gone", whom=mine["whom"], at=at)
        assert "expired" in refused.says
    town.workspace.now += timedelta(minutes=11)
    assert "expired" in (await town.do("ada", "privacy gone", **mine)).says
    assert len(await town.all(Person)) == len(before)
    assert isinstance(await town.do("eve", "privacy gone", **mine), Refusal)
    assert len(await town.all(Person)) == len(before)


async def test_two_devices_delete_at_once(town: Town) -> None:
    await town.plan()
    await town.press("ada", "Coming")
    await town.say("ada", "/privacy delete")
    _, button = town.workspace.find_button("ada", "Yes, delete it all")
    values = button.press.values  # type: ignore[union-attr]
    done = await asyncio.gather(*(town.do("ada", "privacy gone", **values) for _ in range(4)))
    titles = [each.card.title for each in done if isinstance(each, Reply)]
    assert titles == ["Everything about you is deleted"]
    assert {each.says for each in done if isinstance(each, Refusal)} == {
        "I keep nothing about you, so there is nothing to do."
    }


async def test_a_row_under_way_is_neither_sent_nor_trouble(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    await town.plan()
    await town.press("ada", "Coming")
    await town.press("ada", "Yes, write to me")
    (ada,) = [each for each in await town.all(Person) if each.name == "ada"]
    (event,) = await town.all(Event)
    async with town.database.transaction() as session:
        for kind in ("events.reminder", "events.ask"):
            args: Mapping[str, object] = {"event": event.id}
            if kind == "events.reminder":
                args = {**args, "hours": 24, "whom": ada.id}
            session.add(
                Outgoing(
                    id=kind,
                    community_id=ada.community_id,
                    kind=kind,
                    key=kind,
                    args=json.dumps(args),
                    person_id=ada.id,
                    due_at=NOW,
                )
            )
    post = Post(town.database)
    claims = await post.claim(town.workspace.now, 10)
    assert {claim.id for claim in claims} >= {"events.reminder", "events.ask"}
    await town.do("ada", "privacy gone", whom=ada.id, at=str(int(NOW.timestamp())))
    delivery: Delivery = town.app._delivery
    for claim in claims:
        await delivery.deliver(claim)
    assert town.direct("ada") == []
    assert not [row for row in await town.all(Outgoing) if row.id.startswith("events.")]
    assert not [each for each in caplog.records if each.levelname == "ERROR"]


async def test_whoever_shares_a_page_is_not_named_afterwards(town: Town) -> None:
    """That row is no message to them: it has their id among its arguments."""
    await town.say("ada", "/principle 1")
    await town.press("ada", "Share")
    await town.press("ada", "Post it here")
    (ada,) = await town.all(Person)
    await town.say("ada", "/privacy delete")
    await town.press("ada", "Yes, delete it all")
    assert not [row for _, row in await dump(town.database) if ada.id in row]


async def test_a_form_that_is_open_while_they_leave_begins_anew(town: Town) -> None:
    await town.plan('"Supper" "Monday 12:00" 2h')
    await town.press("ada", "Coming")
    await town.advance(days=3)
    await town.press("ada", "Answer")
    await town.say("ada", "/privacy delete")
    await town.press("ada", "Yes, delete it all")
    await town.workspace.fill("ada", {"first": "More soup"})
    assert "May I write to you?" in town.last("ada")
    assert "ada" in {each.name for each in await town.all(Person)}


async def test_a_name_follows_the_platform_and_is_written_once(town: Town) -> None:
    async def act(name: str, user: str = "u1") -> None:
        call = Call("privacy agree", {}, Caller(WHERE, user, name), PLACE, Via.PRESS)
        await town.app.run(call)

    await act("Ada")
    await act("Ada L.")
    (person,) = await town.all(Person)
    assert person.name == "Ada L."
    await act("u1")  # where a platform tells no more than the id
    (person,) = await town.all(Person)
    assert person.name == "Ada L."
    async with town.database.transaction() as session:
        (space,) = await session.scalars(select(Space))
        later = NOW + timedelta(days=1)
        session.add(
            Account(
                id="second",
                person_id=person.id,
                space_id=space.id,
                external_id="u2",
                created_at=later,
            )
        )
    await act("ada_on_the_other", "u2")
    (person,) = await town.all(Person)
    assert person.name == "Ada L."


async def test_one_answer_a_page_and_all_in_plain_words(town: Town) -> None:
    """Names and zones by people are inert; whoever is unknown stays so by looking."""
    assert "I keep nothing about you" in await town.say("ada", "/privacy")
    assert await town.all(Person) == []
    await town.press("ada", "Who can see what")
    call = Call("privacy agree", {}, Caller(WHERE, "x", "*<@U1>* \u202eevil"), PLACE, Via.PRESS)
    await town.app.run(call)
    outcome = await town.do("x", "privacy")
    assert "*<@U1>*" in text_of(outcome.card.text)
    assert await count(town, Community) == 1


async def count(town: Town, table: type[Any]) -> int:
    async with town.database.session() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_a_direct_word_needs_a_yes_whoever_the_row_belongs_to(town: Town) -> None:
    await town.plan()
    await town.press("ada", "Coming")
    (ada,) = [each for each in await town.all(Person) if each.name == "ada"]

    async def promise(key: str) -> Outgoing:
        async with town.database.transaction() as session:
            kinds = town.app.registry.kinds
            outbox = Outbox(
                session, ada.community_id, lambda: secrets.token_hex(8), kinds, town.workspace.now
            )
            await outbox.later("letters.direct", key=key, due=town.workspace.now)
        await town.advance(minutes=1)
        return next(row for row in await town.all(Outgoing) if row.key == key)

    held = await promise("before")
    assert (held.parked, held.person_id, town.direct("ada")) == (UNASKED, ada.id, [])
    assert "A word to you" in await town.press("ada", "Yes, write to me")
    sent = await promise("after")
    assert (sent.parked, sent.person_id, town.direct("ada")) == (None, ada.id, ["A word to you"])


async def test_a_host_hears_who_is_not_written_to(town: Town) -> None:
    await town.plan()
    for who in ("ada", "bob", "eve"):
        await town.press(who, "Coming")
    await town.press("bob", "Yes, write to me")
    await town.say("olga", "/event cancel 1")
    told = await town.press("olga", "Cancel this one")
    assert "I write to 1 who meant to come." in told
    assert "2 who meant to come have not said that I may write to them." in told
    assert [town.direct(who) for who in ("ada", "bob")] == [[], ["Cancelled: Demo night"]]
    assert "Cancelled: Demo night" in await town.say("ada", "/events")
    assert "Cancelled: Demo night" not in await town.say("ada", "/events")


async def test_the_first_yes_keeps_the_event_that_was_chosen(
    content: Content, database: Database
) -> None:
    stage = Stage(database, content)
    events = await stage.open(FIRST, SECOND)
    await stage.workspace.say("newcomer", PLACE, '/demo "22 May"')
    await stage.workspace.press("newcomer", "Yes, that is fine")
    assert stage.workspace.forms["newcomer"].asks.known["event"] == events[1].id
