"""The principle of the week: each week once, at its hour, whatever is changed or down."""

import asyncio
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from adapters.local.workspace import WHERE, Message, Workspace
from bot.actions import Registry, Role
from bot.app import App
from bot.content import Content
from bot.context import Call, Place, Scene
from bot.db import Database
from bot.errors import TryLater
from bot.features import principles
from bot.features import settings as settings_
from bot.features.weekly import needs
from bot.features.weekly.actions import feature
from bot.features.weekly.choice import pick
from bot.features.weekly.needs import Need
from bot.features.weekly.store import Week
from bot.markup import text_of
from bot.outbox import Outgoing
from bot.people import Address, Caller
from bot.platform import Sent
from bot.replies import Reply
from tests.conftest import Empty

BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = datetime(2026, 5, 6, 10, tzinfo=BERLIN).astimezone(UTC)
GENERAL, NEWS = Place("#general"), Place("#news")
PREFIX = "Principle of the week: "
WEEK = timedelta(weeks=1)


class Local(Workspace):
    """A workspace whose sends can fail, and that remembers the threads it was asked for."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.faults: list[Exception] = []
        self.threads: list[str] = []
        self.join("org", Role.ORGANISER)
        self.join("host", Role.HOST)

    async def send(self, to: Address, reply: Reply, nonce: str) -> Sent:
        if self.faults:
            raise self.faults.pop(0)
        self.threads.append(reply.thread)
        return await super().send(to, reply, nonce)

    async def org(self, *lines: str, place: Place = GENERAL) -> str:
        """What the organiser was answered to the last line."""
        for line in lines:
            await self.say("org", place, line)
        return self.answer

    @property
    def answer(self) -> str:
        card = next(m.card for m in reversed(self.messages) if m.private)
        return text_of("\n\n".join([card.title, card.text, *(each.value for each in card.fields)]))

    @property
    def posts(self) -> list[Message]:
        return [m for m in self.messages if not m.private]

    @property
    def numbers(self) -> list[int]:
        return [number_of(message) for message in self.posts]

    @property
    def times(self) -> list[str]:
        return [f"{m.at.astimezone(BERLIN):%a %d %b %H:%M}" for m in self.posts]


def number_of(message: Message) -> int:
    return int(message.card.title.removeprefix(PREFIX).partition(" ")[0])


Start = Callable[..., Local]


def process(content: Content, database: Database, now: datetime, ids: Iterator[int]) -> Local:
    """A process of its own, sharing nothing in memory."""
    local = Local(now)
    features = [principles.feature, feature, settings_.feature]
    app = App(
        Registry(features),
        content,
        database,
        [local],
        clock=local.clock,
        new_id=lambda: f"{next(ids):016x}",
    )
    local.connect(app)
    return local


@pytest.fixture
def start(content: Content, database: Database) -> Start:
    ids = itertools.count(1)

    def begin(now: datetime = WEDNESDAY) -> Local:
        return process(content, database, now, ids)

    return begin


@pytest.fixture
async def local(start: Start) -> Local:
    """Weekly posts in #general, Mondays at nine in Berlin; it is a Wednesday."""
    local = start()
    await local.org("/settings zone Europe/Berlin", "/week here")
    return local


async def parked(database: Database) -> list[str]:
    async with database.session() as session:
        found = select(Outgoing.parked).where(Outgoing.parked.is_not(None))
        return [str(why) for why in await session.scalars(found.order_by(Outgoing.due_at))]


async def test_a_month_of_mondays_across_a_clock_change_and_restarts(start: Start) -> None:
    now = datetime(2026, 10, 7, 12, tzinfo=UTC)
    local = start(now)
    await local.org("/settings zone Europe/Berlin", "/week here")
    times = []
    for _ in range(10):
        local = start(now)
        await local.advance(timedelta(days=3, hours=13))
        times += local.times
        now = local.now
    assert times == [
        "Mon 12 Oct 09:00",
        "Mon 19 Oct 09:00",
        "Mon 26 Oct 09:00",
        "Mon 02 Nov 09:00",
        "Mon 09 Nov 09:00",
    ]


async def test_the_post_is_the_principles_card_with_a_question(local: Local) -> None:
    await local.org("/week 37")
    await local.advance(WEEK)
    (post,) = local.posts
    page = local.app.content.principles[37]
    assert post.card.title == "Principle of the week: 37 · Introduce people with a reason"
    assert page.says in post.card.text
    assert "**This week.**" in post.card.text
    assert [field.name for field in post.card.fields] == ["A question for us"]
    assert post.card.fields[0].value in page.questions
    assert local.threads == ["37 · Introduce people with a reason"]
    await local.press("ada", "Mistakes")
    assert "Common mistakes" in local.answer


async def test_two_processes_post_once(start: Start, local: Local) -> None:
    other = start()
    for week in range(1, 5):
        local.now = other.now = WEDNESDAY + week * WEEK
        for _ in range(2):
            await asyncio.gather(local.app.tick(), other.app.tick(), local.app.tick())
    assert len(local.posts) + len(other.posts) == 4
    assert sorted(local.numbers + other.numbers) == [1, 2, 3, 4]


async def test_a_year_without_a_repeat_and_then_from_the_start(local: Local) -> None:
    await local.org("/week 37")
    await local.advance(54 * WEEK)
    assert local.numbers[:3] == [37, 1, 2]
    assert sorted(local.numbers[:52]) == list(range(1, 53))
    assert local.numbers[52:] == [37, 1]


async def test_organisers_choose_pass_and_take_back(local: Local) -> None:
    said = await local.org("/week 12")
    assert "Next: 12 · " in said
    assert "on Monday 11 May, 09:00" in said
    assert "in this channel" in said
    await local.press("org", "Undo")
    assert "Next: 1 · " in local.answer
    await local.org("/week 12", "/week 13")
    await local.press("org", "Undo")
    assert "Next: 12 · " in local.answer
    said = await local.org("/week skip")
    assert "Nothing is posted on" in said
    assert "on Monday 18 May, 09:00" in said
    await local.press("org", "Undo")
    assert "Next: 12 · " in local.answer
    assert "Next: 1 · " in await local.org("/week clear")
    assert "Nothing to change" in await local.org("/week clear")
    await local.org("/week skip")
    await local.advance(3 * WEEK)
    assert local.times == ["Mon 18 May 09:00", "Mon 25 May 09:00"]
    assert local.numbers == [1, 2]


async def test_week_shows_what_comes_and_what_was(local: Local) -> None:
    await local.advance(2 * WEEK)
    said = await local.org("/week", place=NEWS)
    assert "Next: 3 · " in said
    assert "in the channel #general" in said
    assert said.index("18 May: 2") < said.index("11 May: 1")
    await local.press("org", "Let this one pass")
    assert "Nothing is posted" in local.answer
    await local.org("/week")
    await local.press("org", "Take it back")
    assert "Next: 3 · " in local.answer


async def test_an_undo_from_last_week_changes_nothing(local: Local) -> None:
    await local.org("/week 12")
    message, undo = local.find_button("org", "Undo")
    await local.advance(WEEK)
    local.messages.append(message)
    await local.press("org", undo.label)
    assert "gone by" in local.answer
    assert local.numbers == [12]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/week 0", "numbered 1 to 52"),
        ("/week 53", "numbered 1 to 52"),
        ("/week abc", "not a whole number"),
        ("/week skp", "There are /week skip"),
        ("/week 1", "comes back after 52 weeks"),
    ],
)
async def test_bad_weeks_are_refused(local: Local, line: str, says: str) -> None:
    await local.advance(WEEK)
    assert says in await local.org(line)
    await local.advance(WEEK)
    assert local.numbers == [1, 2]


@pytest.mark.parametrize("line", ["/week", "/week 3", "/week skip", "/week here", "/settings"])
async def test_only_organisers_may(local: Local, line: str) -> None:
    for member in ("ada", "host"):
        await local.say(member, GENERAL, line)
        assert "for organisers" in local.answer


async def test_nothing_is_promised_where_nothing_can_be_posted(start: Start) -> None:
    local = start()
    for line in ("/week 3", "/week skip", "/week clear", "/week"):
        assert "type /week here" in await local.org(line)
    local.closed_channels.add("#news")
    assert "#news is gone." in await local.org("/week here", place=NEWS)
    assert "Only you read here" in await local.org("/week here", place=Place("@org", direct=True))
    await local.advance(2 * WEEK)
    assert local.posts == []


async def test_a_deleted_channel_stops_a_post_but_not_the_chain(
    local: Local, database: Database
) -> None:
    local.closed_channels.add("#general")
    await local.advance(WEEK)
    assert await parked(database) == ["#general is gone."]
    assert "1 · Start with a shared problem did not arrive. #general is gone" in await local.org(
        "/week", place=NEWS
    )
    await local.org("/week here", place=NEWS)
    await local.advance(WEEK)
    assert local.times == ["Mon 18 May 09:00"]
    assert local.numbers == [1]
    assert local.posts[0].place == NEWS


async def test_off_and_on_again(local: Local) -> None:
    await local.org("/settings principle-channel off")
    await local.advance(WEEK)
    assert local.posts == []
    await local.press("org", "Undo")
    await local.advance(WEEK)
    assert local.times == ["Mon 18 May 09:00"]


@pytest.mark.parametrize(
    ("away", "times", "late"),
    [
        (timedelta(days=2), ["Wed 13 May 09:00", "Mon 18 May 09:00"], 0),
        (timedelta(days=5), ["Mon 18 May 09:00"], 1),
        (timedelta(days=8), ["Tue 19 May 09:00"], 1),
        (timedelta(days=19), [], 3),
    ],
)
async def test_after_downtime_what_is_too_late_is_left(
    start: Start, local: Local, database: Database, away: timedelta, times: list[str], late: int
) -> None:
    due = datetime(2026, 5, 11, 9, tzinfo=BERLIN)
    back = start((due + away).astimezone(UTC))
    await back.advance(max(datetime(2026, 5, 24, tzinfo=UTC) - back.now, timedelta(hours=1)))
    assert back.times == times
    assert len(await parked(database)) == late
    await back.advance(datetime(2026, 6, 6, tzinfo=UTC) - back.now)
    assert back.times[-1] == "Mon 01 Jun 09:00"


@pytest.mark.parametrize(
    ("line", "times"),
    [
        ("/settings principle-day fri", ["Fri 08 May 09:00", "Fri 15 May 09:00"]),
        ("/settings principle-day tue", ["Tue 12 May 09:00", "Tue 19 May 09:00"]),
        ("/settings principle-day wed", ["Wed 13 May 09:00", "Wed 20 May 09:00"]),
        ("/settings principle-hour 18", ["Mon 11 May 18:00", "Mon 18 May 18:00"]),
        ("/settings zone Asia/Tokyo", ["Mon 11 May 02:00", "Mon 18 May 02:00"]),
        ("/settings zone America/New_York", ["Mon 11 May 15:00", "Mon 18 May 15:00"]),
    ],
)
async def test_a_change_moves_the_next_one(local: Local, line: str, times: list[str]) -> None:
    said = await local.org(line)
    assert "The next principle of the week comes on" in said
    await local.advance(2 * WEEK)
    assert local.times == times


async def test_no_week_gets_a_second_one(local: Local) -> None:
    await local.advance(WEEK)
    assert "Friday 22 May" in await local.org("/settings principle-day fri")
    assert "Sunday 24 May" in await local.org("/settings principle-day sun")
    await local.org("/settings principle-channel off", "/week here")
    await local.advance(2 * WEEK)
    assert local.times == ["Mon 11 May 09:00", "Sun 24 May 09:00"]


async def test_after_the_hour_of_the_day_it_is_next_week(local: Local) -> None:
    await local.org("/settings principle-day wed", "/settings principle-hour 11")
    await local.advance(timedelta(minutes=30))
    assert "Wednesday 13 May, 10:00" in await local.org("/settings principle-hour 10")
    await local.advance(WEEK)
    assert local.times == ["Wed 13 May 10:00"]


async def test_a_second_try_says_the_same(local: Local) -> None:
    local.faults = [TryLater("busy", 60), TryLater("busy", 60)]
    await local.advance(timedelta(days=5) - timedelta(minutes=59))
    assert local.posts == []
    await local.org("/settings principle-need trust", "/settings principle-order needs")
    await local.advance(WEEK)
    assert local.numbers[0] == 1


async def test_need_chooses_and_says_why(local: Local) -> None:
    said = await local.org("/settings principle-order needs")
    assert "I know of no need yet, so it goes by number" in said
    await local.advance(WEEK)
    said = await local.org("/settings principle-need weak-ties")
    assert "no need yet" not in said
    await local.advance(WEEK)
    plain, chosen = local.posts
    assert number_of(plain) == 1
    assert "weak-ties" in local.app.content.principles[number_of(chosen)].moves
    assert [field.name for field in plain.card.fields] == ["A question for us"]
    why = chosen.card.fields[0]
    assert why.name == "Why this one"
    assert why.value == "Our organisers would like to see more of this here: Weak ties."


async def test_features_bring_their_own_needs(
    local: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def measured(scene: Scene) -> Need | None:
        return Need("show-rate", "Four in ten who said yes came to the last three events.")

    monkeypatch.setattr(needs, "sources", [*needs.sources, measured])
    await local.org("/settings principle-order needs")
    await local.advance(WEEK)
    assert "show-rate" in local.app.content.principles[local.numbers[0]].moves
    assert "Four in ten" in local.posts[0].card.fields[0].value


async def test_reading_a_principle_counts_nothing(
    local: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def counted(scene: Scene) -> Need | None:
        raise AssertionError("members ask as often as they like")

    monkeypatch.setattr(needs, "sources", [needs.named_by_organisers])
    await local.org("/settings principle-order needs")
    monkeypatch.setattr(needs, "sources", [needs.named_by_organisers, counted])
    await local.say("ada", GENERAL, "/principle")
    assert local.answer.startswith("1 · ")
    await local.org("/settings principle-channel off", "/principle")
    assert local.answer.startswith("19 · ")


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(_: object, __: object, statement: str, *rest: object) -> None:
        heard.append(statement)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", hear)
    yield heard
    event.remove(engine, "before_cursor_execute", hear)


async def test_principle_shows_what_was_posted_and_asks_only_then(
    start: Start, database: Database
) -> None:
    local = start()

    async def asked(**args: str) -> list[str]:
        """What the database is asked for `/principle`, without what is due in between."""
        call = Call("principle", args, Caller(WHERE, "org", "org"), GENERAL)
        with statements(database) as heard:
            await local.app.run(call)
        return heard

    assert (await local.org("/principle")).startswith("19 · ")
    assert await asked() == await asked(number="37") == []
    await local.org("/week here")
    assert "Next: 1 · " in await local.org("/week")
    assert (await local.org("/principle")).startswith("1 · ")
    await local.org("/week skip")
    assert (await local.org("/principle")).startswith("1 · ")
    assert await asked(number="37") == []
    await local.org("/week 45")
    assert (await local.org("/principle")).startswith("45 · ")
    await local.advance(WEEK)
    assert (await local.org("/principle")).startswith("45 · ")
    assert len([line for line in await asked() if line.startswith("SELECT")]) == 1
    assert await asked(number="37") == []
    await local.org("/week skip")
    await local.advance(WEEK)
    assert (await local.org("/principle")).startswith("45 · ")


@given(st.lists(st.integers(1, 52), max_size=120), st.sampled_from(["trust", "safety", "proof"]))
def test_by_need_nothing_comes_back_within_a_year(
    content: Content, first: list[int], key: str
) -> None:
    told: list[Week] = []
    day = date(2026, 5, 4)
    for _ in range(110):
        slot = day.isoformat()
        number = pick(content.principles, told, slot, [Need(key, "")]).number
        recent = [each.number for each in told if date.fromisoformat(each.slot) > day - 52 * WEEK]
        assert number not in recent
        told.insert(0, Week(slot, number, posted=True, parked=None))
        day += WEEK


CHANGES = [
    "/settings principle-day mon",
    "/settings principle-day thu",
    "/settings principle-day sun",
    "/settings principle-hour 0",
    "/settings principle-hour 23",
    "/settings zone Europe/Berlin",
    "/settings zone Pacific/Auckland",
    "/settings zone America/Los_Angeles",
    "/settings principle-channel off",
    "/week here",
    "/week skip",
    "/week 40",
    "/week clear",
    "restart",
]
STEPS = st.lists(
    st.sampled_from(CHANGES) | st.integers(1, 260).map(lambda hours: timedelta(hours=hours)),
    max_size=16,
)


@settings(max_examples=30, deadline=None)
@given(STEPS)
def test_any_history_posts_at_most_once_a_week(
    content: Content,
    on_sqlite: Empty,
    steps: list[str | timedelta],
) -> None:
    async def run() -> None:
        async with on_sqlite() as database:
            await history(content, database, steps)

    asyncio.run(run())


async def history(content: Content, database: Database, steps: list[str | timedelta]) -> None:
    ids = itertools.count(1)
    local = process(content, database, WEDNESDAY, ids)
    await local.org("/week here")
    posts: list[Message] = []
    for step in [*steps, "/week here", "/week clear", "restart", 2 * WEEK, "restart"]:
        if isinstance(step, timedelta):
            await local.advance(step)
        elif step == "restart":
            posts += local.posts
            local = process(content, database, local.now, ids)
        else:
            await local.org(step)
    async with database.session() as session:
        rows = (await session.scalars(select(Outgoing).where(Outgoing.sent_message != ""))).all()
    assert len({row.key for row in rows}) == len(posts)
    assert posts, "the chain never breaks"
    assert posts[-1].at > local.now - 2 * WEEK
    numbers = [number_of(post) for post in posts]
    assert len(set(numbers)) == len(numbers)
    gaps = [later.at - earlier.at for earlier, later in itertools.pairwise(posts)]
    assert all(gap > timedelta(0) for gap in gaps)
