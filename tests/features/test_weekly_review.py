"""The weekly review: at its hour, put off or ended with one press, and nobody else's business."""

import asyncio
import itertools
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import settings as trials
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from adapters.local.workspace import WHERE, Message, Workspace
from bot.actions import Registry
from bot.app import App
from bot.content import Content
from bot.context import Call, Place, Via
from bot.db import Database, Table
from bot.features import FEATURES
from bot.features.weekly_review import chain
from bot.features.weekly_review.cards import as_text, ledger
from bot.features.weekly_review.model import ON, Commitment, ReviewPlan, WeeklyReview
from bot.features.weekly_review.store import Line
from bot.markup import text_of
from bot.outbox import Outgoing
from bot.people import Account, Caller, Person
from bot.personal import Leaves, marks
from bot.replies import OpenForm, Refusal
from bot.schedule import WEEKDAYS

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 5, 4, 10, tzinfo=BERLIN).astimezone(UTC)
GENERAL = Place("#general")
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
REVIEW = "Your weekly review"
LINES = {"first": "Mara", "second": "Tea with Jon", "third": "The ladder"}
NASTY = "<@U1> @everyone **b** [x](https://evil.example) ```c``` > q"
HEBREW = "\u202eשלום @everyone"


class Local(Workspace):
    """A workspace with the eyes of one member."""

    profile: str | None = None

    async def zone_of(self, caller: Caller) -> str | None:
        return self.profile

    async def type(self, line: str, who: str = "ada") -> str:
        await self.say(who, GENERAL, line)
        return self.newest(who)

    async def tap(self, label: str, who: str = "ada") -> str:
        await self.press(who, label)
        return self.newest(who)

    async def write(self, who: str = "ada", **lines: str) -> str:
        await self.press(who, "Answer")
        await self.fill(who, lines or LINES)
        return self.newest(who)

    async def join_in(self, who: str = "ada") -> None:
        """Has agreed, and gets the message each Sunday at six in the evening."""
        await self.type("/review", who)
        await self.tap("Yes, that is fine", who)
        await self.tap("Send me this once a week", who)
        await self.tap("Open this week's review", who)

    async def until(self, day: int, hour: int, month: int = 5) -> None:
        """Of 2026, on Berlin's clock."""
        moment = datetime(2026, month, day, hour, tzinfo=BERLIN).astimezone(UTC)
        await self.advance(moment - self.now)

    def newest(self, who: str = "ada") -> str:
        return words(self.seen_by(who)[-1])

    def direct(self, who: str = "ada") -> list[Message]:
        return [each for each in self.seen_by(who) if each.place.direct]

    def came(self, who: str = "ada", title: str = REVIEW) -> list[str]:
        """When a message of that title came by itself, on Berlin's clock."""
        sent = sorted(self._sent.values(), key=lambda message: message.at)
        return [
            f"{each.at.astimezone(BERLIN):%a %d %b %H:%M}"
            for each in sent
            if each.reader == who and self.titles[id(each)] == title
        ]

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.titles: dict[int, str] = {}

    async def send(self, to: Any, reply: Any, nonce: str) -> Any:
        sent = await super().send(to, reply, nonce)
        self.titles.setdefault(id(self._sent[nonce]), reply.card.title)
        return sent


def words(message: Message) -> str:
    card = message.card
    fields = [f"{each.name}: {text_of(each.value)}" for each in card.fields]
    return "\n".join([card.title, text_of(card.text), *fields])


def buttons(message: Message) -> list[str]:
    return [each.label for each in message.card.buttons]


Start = Callable[..., Local]


@pytest.fixture
def start(content: Content, database: Database) -> Start:
    ids = itertools.count(1)

    def process(before: Local | None = None, now: datetime = MONDAY) -> Local:
        """A process of its own; one after another shares the screens with it."""
        local = Local(before.now if before else now)
        if before:
            local.messages, local._sent, local.titles = before.messages, before._sent, before.titles
        app = App(
            Registry(FEATURES),
            content,
            database,
            [local],
            clock=local.clock,
            new_id=lambda: f"{next(ids):016x}",
            zone="Europe/Berlin",
        )
        local.connect(app)
        return local

    return process


@pytest.fixture
def local(start: Start) -> Local:
    return start()


async def all_of(database: Database, table: type[Table]) -> Sequence[Any]:
    async with database.session() as session:
        return list(await session.scalars(select(table)))


async def states(database: Database) -> dict[str, str]:
    return {each.words: each.state for each in await all_of(database, Commitment)}


async def forget(database: Database, who: str) -> None:
    """As `/privacy delete` does: everything marked as theirs."""
    async with database.transaction() as session:
        person = await session.scalar(select(Account.person_id).where(Account.external_id == who))
        for column, mark in marks(Table.metadata):
            whose = who if mark.account else person
            if mark.leaves is Leaves.ROW:
                await session.execute(delete(column.table).where(column == whose))
            else:
                wiped = dict.fromkeys((column.name, *mark.wipes))
                await session.execute(update(column.table).where(column == whose).values(wiped))
        await session.execute(delete(Person).where(Person.id == person))


async def test_eight_weeks(local: Local, start: Start, database: Database) -> None:
    assert "I read no messages" in await local.type("/review")
    assert "Who could do with a word" in await local.tap("Yes, that is fine")
    kept = await local.write()
    assert "Mara" in kept
    assert "A page that may help" in kept
    assert "Sunday 10 May, 18:00" in await local.tap("Send me this once a week")

    await local.until(10, 18)
    card = local.newest()
    assert [each in card for each in LINES.values()] == [True, True, True]
    said = await local.tap("1 · Done")
    assert "Mara" in said
    assert "2. The ladder" in said
    assert "Open again" in await local.tap("Undo")
    await local.tap("1 · Done")
    await local.tap("1 · Let go")
    said = await local.tap("Later today")
    assert "tomorrow morning" in said
    assert "Monday 11 May, 09:00" in said
    local = start(local)
    await local.until(11, 9)
    await local.write(first="Uncle Theo")
    await local.tap("Edit")
    assert local.forms["ada"].asks.draft == {"first": "Uncle Theo"}
    await local.fill("ada", {"first": "Aunt Thea", "second": "Soup"})
    assert await states(database) == {
        "Mara": "done",
        "Tea with Jon": "let-go",
        "The ladder": "open",
        "Aunt Thea": "open",
        "Soup": "open",
    }

    await local.until(17, 19)
    assert "waits for you until next week" in await local.tap("Skip")
    await local.until(24, 19)
    assert all(each in local.newest() for each in ("The ladder", "Aunt Thea", "Soup"))
    await local.choose("ada", "1 week")
    assert "Sunday 7 June, 18:00" in local.newest()

    local = start(local)
    await local.until(28, 19, month=6)
    assert local.came()[-3:] == ["Sun 07 Jun 18:00", "Sun 14 Jun 18:00", "Sun 21 Jun 18:00"]
    assert "Three reviews have gone by" in local.newest()
    await local.until(20, 12, month=7)
    assert len(local.came()) == 7
    assert local.came(title="Your weekly review rests") == ["Sun 28 Jun 18:00"]
    assert "Sunday 26 July, 18:00" in await local.tap("Send it again")
    await local.until(26, 19, month=7)
    assert local.came()[-1] == "Sun 26 Jul 18:00"
    said = await local.type("/review ledger")
    assert "Mara · Done" in said
    assert "Tea with Jon · Let go" in said
    assert "Your notes stay" in await local.type("/review stop")
    await local.until(30, 12, month=8)
    assert len(local.came()) == 8
    assert "Soup" in await local.type("/review ledger")


async def test_it_comes_at_the_hour_that_was_chosen_whatever_is_quiet_or_spent(
    local: Local, database: Database
) -> None:
    await local.join_in()
    said = await local.type("/review settings day:mon hour:23")
    assert "Mondays at 23:00" in said
    assert "quiet hours. You chose it" in said
    async with database.transaction() as session:
        community = await session.scalar(select(Person.community_id))
        table: Any = Table.metadata.tables["community"]
        choices = table.update().where(table.c.id == community)
        await session.execute(choices.values(choices='{"messages_a_week": 1}'))
    await local.advance(2 * WEEK)
    assert local.came() == ["Mon 04 May 23:00", "Mon 11 May 23:00"]


async def test_after_a_night_away_it_waits_for_the_morning(start: Start, local: Local) -> None:
    await local.join_in()
    local.now += timedelta(days=6, hours=13)  # Sunday, eleven in the evening
    local = start(local)
    await local.app.tick()
    assert local.came() == []
    await local.advance(DAY)
    assert local.came() == ["Mon 11 May 08:00"]
    local.now += 3 * WEEK
    await local.advance(DAY)
    assert local.came() == ["Mon 11 May 08:00", "Tue 02 Jun 08:00"]


async def test_two_processes_ask_once(start: Start, local: Local) -> None:
    await local.join_in()
    other = start(local)
    for days in range(1, 22):
        local.now = other.now = MONDAY + days * DAY
        await asyncio.gather(local.app.tick(), other.app.tick(), local.app.tick())
    assert len(local.came()) == 3


async def test_a_hand_written_page_needs_no_message_that_week(local: Local) -> None:
    await local.join_in()
    await local.until(9, 12)
    await local.type("/review")
    assert "Sunday 17 May, 18:00" in await local.write()
    await local.until(18, 12)
    assert local.came() == ["Sun 17 May 18:00"]


async def test_later_today_is_today_and_asked_twice_it_comes_once(local: Local) -> None:
    await local.join_in()
    await local.type("/review settings hour:12")
    await local.until(10, 13)
    sheet = local.direct()[-1].card
    said = await local.tap("Later today")
    assert "later today" in said
    later = next(each for each in sheet.buttons if each.label == "Later today")
    local.now += timedelta(minutes=5)
    call = Call("review later", later.press.values, Caller(WHERE, "ada", "ada"), GENERAL, Via.PRESS)
    await local.app.run(call)
    await local.until(17, 11)
    assert local.came() == ["Sun 10 May 12:00", "Sun 10 May 16:00"]
    await local.tap("Later today")
    await local.tap("Open it now")
    await local.write()
    await local.until(17, 11)
    assert len(local.came()) == 2


async def test_a_pause_is_what_it_says_and_can_be_resumed(local: Local) -> None:
    await local.join_in()
    await local.until(10, 19)
    sheet = local.direct()[-1]
    await local.choose("ada", "4 weeks")
    local.messages.append(sheet)
    press = Call("review pause", {"weeks": "4"}, Caller(WHERE, "ada", "ada"), GENERAL, Via.PRESS)
    await local.app.run(press)
    assert "It is paused" in await local.type("/review settings")
    await local.until(14, 12, month=6)
    assert local.came() == ["Sun 10 May 18:00"]
    await local.until(15, 12, month=6)
    assert local.came()[-1] == "Sun 14 Jun 18:00"
    await local.type("/review")
    await local.choose("ada", "2 weeks")
    assert "Sunday 21 June" in await local.tap("Resume now")


async def test_a_refused_message_is_told_and_is_not_silence(
    local: Local, database: Database
) -> None:
    await local.join_in()
    local.closed_dms.add("ada")
    await local.advance(5 * WEEK)
    (plan,) = await all_of(database, ReviewPlan)
    assert plan.state == ON
    assert local.came() == []
    assert "I could not reach you" in await local.type("/review settings")
    local.closed_dms.clear()
    await local.advance(WEEK)
    assert len(local.came()) == 1


async def test_an_old_card_opens_the_present_page_and_loses_nothing(
    local: Local, database: Database
) -> None:
    await local.join_in()
    await local.until(10, 19)
    await local.press("ada", "Answer")
    form = local.forms["ada"]
    old = local.direct()[-1]
    await local.until(7, 19, month=6)
    for label in ("Answer", "Skip", "Later today"):
        local.messages.append(old)
        assert "from an earlier week" in await local.tap(label)
    local.forms["ada"] = form
    await local.fill("ada", {"first": "Late, but here"})
    (line,) = await all_of(database, Commitment)
    reviews = await all_of(database, WeeklyReview)
    assert max(each.week for each in reviews) == "2026-06-08"
    assert {each.week for each in reviews if each.id == line.review_id} == {"2026-06-08"}
    again = OpenForm(form.asks.action, "another", form.asks.known)
    local.forms["ada"] = replace(form, asks=again)
    await local.fill("ada", {"first": "Later still"})
    assert "this week's page is written already" in local.newest()
    assert local.forms["ada"].asks.draft == {"first": "Later still"}


async def test_a_form_sent_twice_and_two_devices_leave_one_page(
    local: Local, database: Database
) -> None:
    await local.join_in()
    await local.press("ada", "Answer")
    first = local.forms["ada"]
    await local.press("ada", "Answer")
    second = local.forms["ada"]
    caller = Caller(WHERE, "ada", "ada")
    calls = [
        Call(
            "review answer",
            {"first": text},
            caller,
            GENERAL,
            Via.FORM,
            form.asks.known,
            form.asks.id,
        )
        for form, text in ((first, "Mara"), (first, "Mara"), (second, "Mara, in June"))
    ]
    outcomes = await asyncio.gather(*(local.app.run(call) for call in calls))
    assert len([each for each in outcomes if isinstance(each, Refusal)]) == 1
    assert len(await all_of(database, WeeklyReview)) == 1
    (line,) = await all_of(database, Commitment)
    press = Call("review settle", {"line": line.id, "became": "done"}, caller, GENERAL, Via.PRESS)
    other = Call("review settle", {"line": line.id, "became": "let-go"}, caller, GENERAL, Via.PRESS)
    outcomes = await asyncio.gather(local.app.run(press), local.app.run(other))
    assert not any(isinstance(each, Refusal) for each in outcomes)
    bob = Caller(WHERE, "bob", "bob")
    await local.join_in("bob")
    stolen = await local.app.run(Call(press.action, press.args, bob, GENERAL, Via.PRESS))
    assert isinstance(stolen, Refusal)


async def test_deleted_while_a_review_is_open_it_begins_anew(
    local: Local, database: Database
) -> None:
    await local.join_in()
    await local.write()
    await local.until(10, 18)
    await local.press("ada", "Answer")
    await forget(database, "ada")
    await local.fill("ada", {"first": "Mara"})
    assert "Before we begin" in local.newest()
    await local.until(24, 20)
    assert len(local.came()) == 1
    for table in (Commitment, WeeklyReview, ReviewPlan):
        assert await all_of(database, table) == []
    assert "Who could do with a word" in await local.tap("Yes, that is fine")
    assert "Mara" in await local.write()


@pytest.mark.parametrize("text", ["x", "🪴", HEBREW, NASTY, "`*_" * 100])
async def test_whatever_is_written_stays_words(local: Local, database: Database, text: str) -> None:
    await local.join_in()
    await local.write(first=text, second=text, third=text)
    for line in ("/review", "/review ledger", f'/review ledger "{text[:20]}"'):
        await local.type(line)
    shown = "".join(repr(each.card) for each in local.messages)
    for markup in ("<@U1>", " @everyone", "**b**", "\u202e"):
        assert markup not in shown.replace("\\\\", "\\").replace("\\u202e", "\u202e")
    assert len(await all_of(database, Commitment)) == 3
    if text == HEBREW:
        assert "\u2068" in local.seen_by("ada")[-1].card.fields[0].value


async def test_too_much_or_nothing_is_refused_at_its_field(
    local: Local, database: Database
) -> None:
    await local.join_in()
    await local.press("ada", "Answer")
    await local.fill("ada", {"second": "é" * 10_240})
    assert "room for 300" in local.forms["ada"].wrong["second"]
    assert len(local.forms["ada"].asks.draft["second"]) == 10_240
    await local.fill("ada", {"second": " "})
    assert "one question at least" in local.forms["ada"].wrong["first"]
    assert await all_of(database, Commitment) == []


async def test_words_of_danger_are_answered_with_care(local: Local) -> None:
    await local.join_in()
    said = await local.write(first="i want to die")
    assert "A page that may help" not in said
    assert "i want to die" in said
    await local.advance(WEEK)
    assert local.came() == ["Sun 10 May 18:00"]
    assert "die" not in local.newest()
    assert "Done" not in buttons(local.direct()[-1])
    assert "i want to die" in await local.type("/review ledger")


async def test_what_is_written_is_in_no_log_and_no_promise(
    local: Local, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    await local.join_in()
    await local.write(first="Zanzibar")
    await local.type("/review ledger Zanzibar")
    await local.advance(WEEK)
    assert all("Zanzibar" not in row.args + row.key for row in await all_of(database, Outgoing))
    assert "Zanzibar" not in "".join(
        r.getMessage() for r in caplog.records if r.name.startswith("bot")
    )
    assert all(not each.private or each.reader == "ada" for each in local.messages)


async def test_the_ledger_is_paged_searched_and_taken_along(local: Local) -> None:
    await local.join_in()
    for number in range(10):
        await local.type("/review")
        await local.write(first=f"Name {number}", second="=1+1" if number == 3 else "")
        await local.advance(WEEK)
    said = await local.type("/review ledger")
    assert "Page 1 of 3" in said
    assert said.index("Name 9") < said.index("Name 6")
    assert "Name 5" not in said
    await local.tap("Older →")
    assert "Name 0" in await local.tap("Older →")
    assert "Name 4" in await local.tap("← Newer")
    assert "=1+1" in await local.type("/review ledger =1+1")
    assert "Nothing in your ledger" in await local.type("/review ledger <@U1>")
    await local.tap("All weeks")
    await local.choose("ada", "Week of 4 May 2026")
    assert "Name 0" in local.newest()
    await local.type("/review ledger")
    await local.press("ada", "Save as a file")
    (file,) = local.seen_by("ada")[-1].files
    text = file.data.decode()
    assert text.count("Week of") == 10
    assert "Name 3\n" in text
    assert "Name" not in await local.type("/review ledger", "bob")


async def test_an_outcome_can_be_taken_back_from_the_ledger(
    local: Local, database: Database
) -> None:
    await local.join_in()
    await local.write(first="Mara")
    await local.type("/review")
    await local.tap("Done")
    await local.type("/review ledger")
    await local.choose("ada", "Week of 4 May 2026")
    await local.tap("Open again: Mara")
    assert await states(database) == {"Mara": "open"}


async def test_settings_are_read_kindly_and_taken_back(local: Local, database: Database) -> None:
    await local.type("/review settings")
    assert "No weekly message comes now" in await local.tap("Yes, that is fine")
    said = await local.type("/review settings zone:tokyo quiet_from:22")
    assert "Asia/Tokyo" in said
    assert "22:00 to 08:00" in said
    assert "No weekly message comes now" in said
    assert "Europe/Berlin, as the community" in await local.tap("Undo")
    for line, hint in (
        ("hour:25", "0 to 23"),
        ("day:someday", "You can choose"),
        ("zone:Atlantis", "isn't a time zone"),
        ("zone:PST", "America/Los_Angeles"),
    ):
        assert hint in await local.type(f"/review settings {line}")
    await local.tap("Choose a day and an hour")
    await local.fill("ada", {"day": "Friday", "hour": "17"})
    assert "Fridays at 17:00" in local.newest()
    assert "Friday 8 May, 17:00" in local.newest()
    await local.tap("Change")
    assert local.forms["ada"].asks.draft["day"] == "fri"
    await local.fill("ada", {"hour": "0"})
    assert "Fridays at 00:00" in local.newest()
    assert "Fridays at 17:00" in await local.tap("Undo")
    await local.until(8, 18)
    assert local.came() == ["Fri 08 May 17:00"]
    (plan,) = await all_of(database, ReviewPlan)
    assert (plan.day, plan.hour) == ("fri", 17)
    call = Call("review settings", {}, Caller(WHERE, "ada", "ada"), GENERAL)
    for name, typed, offered in (
        ("zone", "tok", "Asia/Tokyo"),
        ("zone", "", "default"),
        ("day", "fri", "fri"),
        ("hour", "17", "17"),
        ("quiet_until", "def", "default"),
    ):
        assert offered in [each.value for each in await local.app.suggest(call, name, typed)]


async def test_the_profile_gives_the_clock_unless_one_is_chosen(
    local: Local, database: Database
) -> None:
    local.profile = "Asia/Tokyo"
    await local.join_in()
    assert "Asia/Tokyo" in await local.type("/review settings")
    await local.type("/review settings zone:Paris")
    await local.type("/review stop")
    await local.tap("Start again")
    assert "Europe/Paris" in local.newest()
    local.profile = "Nowhere/Land"
    await local.join_in("bob")
    assert {each.name: each.zone for each in await all_of(database, Person)} == {
        "ada": "Europe/Paris",
        "bob": None,
    }


async def test_a_zone_changed_in_the_week_of_a_clock_change(start: Start) -> None:
    """From Auckland, a day ahead, to Los Angeles and back; no week is missed and none doubled."""
    local = start(now=datetime(2026, 10, 20, 9, tzinfo=UTC))
    local.profile = "Pacific/Auckland"
    await local.join_in()
    await local.advance(timedelta(days=5, hours=2))
    for zone in ("Los Angeles", "Auckland", "Los Angeles"):
        await local.type(f'/review settings zone:"{zone}"')
        await local.advance(WEEK)
        await local.type("/review settings")
    await local.advance(2 * WEEK)
    assert [f"{message.at:%d %b %H:%M}" for message in local._sent.values()] == [
        "25 Oct 05:00",  # Sunday, 18:00 in Auckland
        "02 Nov 02:00",  # promised for Los Angeles, and kept: in Auckland the hour was past
        "08 Nov 05:00",  # Sunday, 18:00 in Auckland
        "16 Nov 02:00",
        "23 Nov 02:00",
    ]


async def test_a_wave_of_members_at_one_hour(local: Local, database: Database) -> None:
    people = [f"member{number}" for number in range(40)]
    for who in people:
        await local.join_in(who)
    await local.advance(WEEK)
    assert [len(local.came(who)) for who in people] == [1] * 40
    rows = [row for row in await all_of(database, Outgoing) if row.settled_at is None]
    assert len(rows) == 40


ZONES = sorted(available_timezones())
YEARS = datetime(2026, 1, 5, tzinfo=UTC), datetime(2028, 1, 5, tzinfo=UTC)


@trials(max_examples=200, deadline=None)
@example("Pacific/Auckland", "America/Los_Angeles", "sun", 18, 292.2)
@example("America/Los_Angeles", "Pacific/Kiritimati", "thu", 11, 292.2)
@example("Europe/Berlin", "Africa/Casablanca", "thu", 12, 297.05)
@example("Australia/Lord_Howe", "Europe/London", "sun", 2, 300.0)
@given(
    st.sampled_from(ZONES),
    st.sampled_from(ZONES),
    st.sampled_from(WEEKDAYS),
    st.integers(0, 23),
    st.floats(1, 690),
)
def test_each_week_of_two_years_has_one_review_and_a_change_of_zone_none_less(
    before: str, after: str, day: str, hour: int, moved: float
) -> None:
    start, end = YEARS
    plan = ReviewPlan(person_id="ada", state=ON, day=day, hour=hour, heard_at=start)
    chain.aim(plan, chain.weeks_after(chain.week_of(start, before)), before)
    move = start + timedelta(days=moved)
    zone = before
    came: list[tuple[str, datetime]] = []
    while plan.next_at and plan.next_at < end:
        if move < plan.next_at:
            zone, move, now = after, end, move
            chain.aim_anew(plan, zone, now)
            continue
        assert plan.next_week
        came.append((plan.next_week, plan.next_at))
        chain.aim(plan, chain.weeks_after(plan.next_week), zone)
    weeks = [date.fromisoformat(week) for week, _ in came]
    assert {b - a for a, b in itertools.pairwise(weeks)} == {WEEK}
    gaps = [b - a for a, b in itertools.pairwise(at for _, at in came)]
    assert all(timedelta(days=4) < gap < timedelta(days=10) for gap in gaps)
    for _, at in came[-3:]:
        local = at.astimezone(ZoneInfo(after))
        assert WEEKDAYS[local.weekday()] == day or local.hour <= 1


def test_the_fullest_week_still_fits_a_card(content: Content) -> None:
    """Five questions of nothing but signs that are made inert, on every card there is."""
    lines = [
        Line(
            (date(2026, 5, 4) - number // 5 * WEEK).isoformat(),
            Commitment(id=str(number), question=f"q{number % 5}", words="*" * 300, state="let-go"),
        )
        for number in range(20)
    ]
    weeks = [(lines[at].week, lines[at : at + 5]) for at in range(0, 20, 5)]
    card = ledger(content.review, "", weeks, (), None)
    assert len(card.fields) == 4
    assert "Let go" in as_text(content.review, lines)
