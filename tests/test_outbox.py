"""What was promised is said: once, in time, after crashes, and never to the wrong hour."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from adapters.local.workspace import WHERE, Workspace
from bot.actions import Feature, Registry, Role
from bot.app import App
from bot.content import Content
from bot.context import Call, Context, Place, Scene
from bot.db import Database
from bot.doctor import examine
from bot.errors import TryLater, Undeliverable
from bot.features import FEATURES
from bot.markup import text_of
from bot.outbox import BACKOFF, TRIES, Claim, Outgoing, Post, backoff
from bot.pack import packaged
from bot.people import Caller, directly
from bot.platform import Address, Letter, Sent
from bot.replies import Card, Reply
from bot.schedule import Clockwork
from tests.conftest import Empty

pytestmark = pytest.mark.usefixtures("everyone_agrees")

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
PLACE = Place("#general")
feature = Feature("outbox")


@dataclass
class World:
    """What the deliveries read again when they are due."""

    fails: list[Exception] = field(default_factory=list)
    silent: bool = False


WORLD = World()


@pytest.fixture(autouse=True)
def world() -> World:
    WORLD.fails.clear()
    WORLD.silent = False
    return WORLD


@feature.delivery("say", grace=timedelta(days=3))
async def say(scene: Scene, text: str) -> Letter | None:
    if WORLD.fails:
        raise WORLD.fails.pop(0)
    if WORLD.silent:
        return None
    return Letter(Address(WHERE, channel="#general"), Reply(Card(text), private=False))


@feature.delivery("soon", grace=timedelta(minutes=30))
async def soon(scene: Scene, text: str) -> Letter | None:
    return await say(scene, text)


@feature.delivery("job", grace=timedelta(days=3))
async def job(scene: Scene, left: int) -> None:
    await scene.outbox.later("say", key=f"job:{left}", due=scene.now, text=f"left {left}")
    if left:
        due = scene.now + timedelta(hours=1)
        await scene.outbox.later("job", key=f"chain:{left - 1}", due=due, left=left - 1)
    if WORLD.fails:
        raise WORLD.fails.pop(0)


@feature.command("promise")
async def promise(
    ctx: Context,
    hours: Annotated[int, "In how many hours"],
    key: Annotated[str, "Its key"],
    kind: Annotated[str, "Its kind"] = "say",
) -> Reply:
    """Promise something."""
    due = ctx.now + timedelta(hours=hours)
    args: dict[str, str | int] = {"left": 2} if kind == "job" else {"text": f"said {key}"}
    await ctx.outbox.later(kind, key=key, due=due, person=None, **args)
    if key == "crash":
        raise RuntimeError
    return Reply(Card("Promised"))


@feature.command("change")
async def change(
    ctx: Context, key: Annotated[str, "Its key"], hours: Annotated[int, "Moved to"] = 0
) -> Reply:
    """Move or cancel a promise."""
    if hours:
        await ctx.outbox.move(key, ctx.now + timedelta(hours=hours))
    else:
        await ctx.outbox.cancel(key)
    return Reply(Card("Changed"))


@pytest.fixture
def start(content: Content, database: Database) -> Callable[..., Workspace]:
    """A process of its own on the same database, sharing nothing in memory."""
    numbers = itertools.count(1)

    def process(now: datetime = NOW) -> Workspace:
        workspace = Workspace(now)
        app = App(
            Registry([feature]),
            content,
            database,
            [workspace],
            clock=workspace.clock,
            new_id=lambda: f"{next(numbers):016x}",
        )
        workspace.connect(app)
        return workspace

    return process


def said(workspace: Workspace) -> list[str]:
    return [m.card.title for m in workspace.messages if not m.private]


async def rows(database: Database) -> list[Outgoing]:
    async with database.session() as session:
        return list(await session.scalars(select(Outgoing).order_by(Outgoing.due_at)))


Start = Callable[..., Workspace]


async def test_a_promise_is_kept_at_its_minute_and_once(start: Start) -> None:
    workspace = start()
    await workspace.say("ada", PLACE, "/promise 48 a")
    await workspace.advance(timedelta(hours=47, minutes=59))
    assert said(workspace) == []
    await workspace.advance(timedelta(days=30))
    assert said(workspace) == ["said a"]
    assert workspace.messages[-1].at == NOW + timedelta(hours=48)


async def test_a_repeat_is_no_op_and_a_failed_action_promises_nothing(start: Start) -> None:
    workspace = start()
    await workspace.say("ada", PLACE, "/promise 1 a")
    await workspace.say("bob", PLACE, "/promise 5 a")
    await workspace.say("ada", PLACE, "/promise 1 crash")
    await workspace.advance(timedelta(days=1))
    assert said(workspace) == ["said a"]
    await workspace.say("ada", PLACE, "/promise 1 a")
    await workspace.advance(timedelta(days=1))
    assert said(workspace) == ["said a"]


async def test_promises_move_and_are_taken_back(start: Start) -> None:
    workspace = start()
    await workspace.say("ada", PLACE, "/promise 1 a")
    await workspace.say("ada", PLACE, "/promise 1 b")
    await workspace.say("ada", PLACE, "/change a 30")
    await workspace.say("ada", PLACE, "/change b")
    await workspace.advance(timedelta(hours=29))
    assert said(workspace) == []
    await workspace.advance(timedelta(hours=2))
    assert said(workspace) == ["said a"]
    await workspace.say("ada", PLACE, "/change a")
    await workspace.say("ada", PLACE, "/promise 1 a")
    await workspace.advance(timedelta(hours=2))
    assert said(workspace) == ["said a"]


async def test_a_job_adds_rows_in_its_own_transaction(start: Start, world: World) -> None:
    workspace = start()
    await workspace.say("ada", PLACE, "/promise 1 first job")
    world.fails.append(RuntimeError("half way"))
    await workspace.advance(timedelta(hours=6))
    assert said(workspace) == ["left 2", "left 1", "left 0"]


async def test_failures_are_tried_again_and_late_ones_parked(
    start: Start, world: World, database: Database
) -> None:
    workspace = start()
    await workspace.say("ada", PLACE, "/promise 1 a")
    world.fails.extend([TryLater("busy", 90), RuntimeError("odd"), TryLater("busy")])
    await workspace.advance(timedelta(hours=2))
    assert said(workspace) == ["said a"]
    waited = workspace.messages[-1].at - NOW - timedelta(hours=1)
    assert waited == timedelta(seconds=90 + BACKOFF[1] + BACKOFF[2])


async def test_what_can_never_arrive_is_parked_with_its_reason(
    start: Start, world: World, database: Database
) -> None:
    workspace = start()
    await workspace.say("ada", PLACE, "/promise 1 a")
    await workspace.say("ada", PLACE, "/promise 2 b")
    world.fails.append(Undeliverable("The channel is gone."))
    await workspace.advance(timedelta(hours=3))
    assert said(workspace) == ["said b"]
    assert [row.parked for row in await rows(database)] == ["The channel is gone.", None]


async def test_an_endless_failure_is_parked(start: Start, world: World, database: Database) -> None:
    workspace = start()
    await workspace.say("ada", PLACE, "/promise 1 a")
    world.fails.extend(TryLater("down") for _ in range(TRIES))
    await workspace.advance(timedelta(days=4))
    (row,) = await rows(database)
    assert row.parked
    assert "down" in row.parked


async def test_grace_counts_from_the_promise_however_often_it_failed(
    start: Start, world: World, database: Database
) -> None:
    workspace = start()
    await workspace.say("ada", PLACE, "/promise 1 brief soon")
    await workspace.say("ada", PLACE, "/promise 30 moved soon")
    world.fails.extend(TryLater("The platform is down.") for _ in range(TRIES - 1))
    await workspace.advance(timedelta(hours=2))
    world.fails[:] = [TryLater("busy")]
    await workspace.say("ada", PLACE, "/change moved 9")
    await workspace.advance(timedelta(hours=10))
    assert said(workspace) == ["said moved"]
    parked = [row.parked for row in await rows(database) if row.parked]
    assert parked == ["Later would be too late. The last answer: The platform is down."]


async def test_catching_up_after_downtime_keeps_each_kinds_grace(
    start: Start, database: Database
) -> None:
    before = start()
    await before.say("ada", PLACE, "/promise 1 old")
    await before.say("ada", PLACE, "/promise 60 young")
    after = start(NOW + timedelta(days=4))
    await after.app.tick()
    assert said(after) == ["said young"]
    assert [bool(row.parked) for row in await rows(database)] == [True, False]


async def test_two_processes_share_the_work_and_say_nothing_twice(
    start: Start, database: Database
) -> None:
    one, two = start(), start()
    for number in range(40):
        await one.say("ada", PLACE, f"/promise 1 row{number}")
    one.now = two.now = NOW + timedelta(hours=1)
    await asyncio.gather(one.app.tick(), two.app.tick(), one.app.tick(), two.app.tick())
    assert sorted(said(one) + said(two)) == sorted(f"said row{number}" for number in range(40))


async def test_a_process_that_died_holding_a_row_loses_nothing(
    start: Start, database: Database
) -> None:
    dying, heir = start(), start()
    await dying.say("ada", PLACE, "/promise 1 a")
    dying.now = heir.now = NOW + timedelta(hours=1)
    claims = await dying.app._delivery.post.claim(dying.now, 10)
    assert len(claims) == 1
    await heir.app.tick()
    assert said(heir) == []
    heir.now += timedelta(minutes=3)
    await heir.app.tick()
    assert said(heir) == ["said a"]
    await dying.app._delivery.deliver(claims[0])
    assert said(dying) == []


async def test_silence_is_an_answer(start: Start, world: World, database: Database) -> None:
    workspace = start()
    await workspace.say("ada", PLACE, "/promise 1 a")
    world.silent = True
    await workspace.advance(timedelta(hours=2))
    assert said(workspace) == []
    assert [(row.parked, row.sent) for row in await rows(database)] == [(None, None)]
    assert (await rows(database))[0].settled_at


async def test_communities_do_not_touch_each_others_promises(
    start: Start, database: Database
) -> None:
    workspace = start()
    await workspace.say("ada", PLACE, "/promise 1 same")
    elsewhere = Caller(type(WHERE)("local", "elsewhere", "Another"), "eve", "eve")
    await workspace.app.run(Call("change", {"key": "same"}, elsewhere, PLACE))
    await workspace.advance(timedelta(hours=2))
    assert said(workspace) == ["said same"]


@given(st.integers(0, 100), st.none() | st.floats(0, 1e6))
def test_waiting_grows_and_never_undercuts_the_platform(tries: int, asked: float | None) -> None:
    wait = backoff(tries, asked).total_seconds()
    assert wait >= (asked or 0) - 1e-6
    assert wait >= backoff(max(0, tries - 1), None).total_seconds()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["promise", "move", "cancel", "advance", "restart"]),
        st.integers(1, 5),
        st.sampled_from("abc"),
    ),
    max_size=14,
)


@settings(max_examples=25, deadline=None)
@given(steps=STEPS)
def test_any_history_says_each_promise_once_at_its_time(
    steps: list[tuple[str, int, str]],
    content: Content,
    on_sqlite: Empty,
) -> None:
    """Against a model: a dictionary of promises, and what it says when time passes."""

    async def run() -> None:
        async with on_sqlite() as database:
            await _history(steps, content, database)

    asyncio.run(run())


async def _history(steps: list[tuple[str, int, str]], content: Content, database: Database) -> None:
    numbers = itertools.count(1)

    def process(now: datetime) -> Workspace:
        workspace = Workspace(now)
        registry = Registry([feature])
        new = App(
            registry,
            content,
            database,
            [workspace],
            clock=workspace.clock,
            new_id=lambda: f"{next(numbers):016x}",
        )
        workspace.connect(new)
        return workspace

    workspace = process(NOW)
    heard: list[tuple[datetime, str]] = []
    promised: dict[str, datetime] = {}
    kept: dict[str, datetime] = {}
    for verb, hours, key in [*steps, ("advance", 100, "a")]:
        due = workspace.now + timedelta(hours=hours)
        match verb:
            case "promise":
                await workspace.say("ada", PLACE, f"/promise {hours} {key}")
                if key not in kept:
                    promised.setdefault(key, due)
            case "move":
                await workspace.say("ada", PLACE, f"/change {key} {hours}")
                if key in promised:
                    promised[key] = due
            case "cancel":
                await workspace.say("ada", PLACE, f"/change {key}")
                promised.pop(key, None)
            case "advance":
                await workspace.advance(timedelta(hours=hours))
                for ready in [each for each, at in promised.items() if at <= workspace.now]:
                    kept[ready] = promised.pop(ready)
            case "restart":
                heard += [(m.at, m.card.title) for m in workspace.messages if not m.private]
                workspace = process(workspace.now)
    heard += [(m.at, m.card.title) for m in workspace.messages if not m.private]
    assert sorted(heard) == sorted((at, f"said {key}") for key, at in kept.items())


@feature.delivery("tell", grace=timedelta(days=3))
async def tell(scene: Scene, whom: str, text: str) -> Letter | None:
    to = await directly(scene.session, whom)
    return Letter(to, Reply(Card(text))) if to else None


@feature.delivery("answer", grace=timedelta(days=3), asked_for=True)
async def answer(scene: Scene, whom: str, text: str) -> Letter | None:
    return await tell(scene, whom, text)


@feature.command("remind")
async def remind(
    ctx: Context,
    hours: Annotated[int, "In how many hours"],
    text: Annotated[str, "What to say"],
    kind: Annotated[str, "Its kind"] = "tell",
) -> Reply:
    """Promise a direct message."""
    me = await ctx.person()
    due = ctx.now + timedelta(hours=hours)
    await ctx.outbox.later(kind, key=text, due=due, person=me.id, whom=me.id, text=text)
    return Reply(Card("Promised"))


def direct(workspace: Workspace) -> list[tuple[datetime, str]]:
    return [(m.at, m.card.title) for m in workspace.messages if m.place.direct]


async def test_quiet_hours_hold_back_what_nobody_waits_for(start: Start) -> None:
    workspace = start()
    await workspace.say("ada", PLACE, "/remind 13 patient")
    await workspace.say("ada", PLACE, "/remind 14 waited answer")
    await workspace.advance(timedelta(days=2))
    assert direct(workspace) == [
        (NOW + timedelta(hours=14), "waited"),
        (datetime(2026, 5, 5, 8, tzinfo=UTC), "patient"),
    ]


async def test_the_weekly_budget_spreads_messages_and_loses_none(start: Start) -> None:
    workspace = start()
    for number in range(9):
        await workspace.say("ada", PLACE, f"/remind {number + 1} note{number}")
    await workspace.advance(timedelta(days=6))
    assert len(direct(workspace)) == 7
    await workspace.advance(timedelta(days=8))
    assert sorted(title for _, title in direct(workspace)) == [f"note{n}" for n in range(9)]


async def test_a_closed_direct_message_is_told_at_the_next_occasion(start: Start) -> None:
    workspace = start()
    workspace.closed_dms.add("ada")
    await workspace.say("ada", PLACE, "/remind 1 missed")
    await workspace.say("bob", PLACE, "/remind 1 other")
    await workspace.advance(timedelta(hours=2))
    assert [title for _, title in direct(workspace)] == ["other"]
    later = start(workspace.now)
    await later.app.tick()
    await later.say("bob", PLACE, "/promise 1 b")
    await later.say("ada", PLACE, "/promise 1 a")
    bob, ada = later.messages
    assert bob.card.fields == ()
    assert [(f.name, f.value) for f in ada.card.fields] == [
        ("I could not reach you by direct message", "- missed")
    ]
    await later.say("ada", PLACE, "/promise 1 c")
    assert later.messages[-1].card.fields == ()


class Wire(Workspace):
    """A platform behind a slow network: what was seen, and a hold on each send."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.seen: list[str] = []
        self.sending = asyncio.Event()
        self.go = asyncio.Event()

    async def send(self, to: Address, reply: Reply, nonce: str) -> Sent:
        self.seen.append(reply.card.title)
        self.sending.set()
        await self.go.wait()
        return Sent(to.where, to.channel or "dm", nonce)


async def test_a_promise_under_way_is_neither_lost_nor_doubled_by_a_change(
    content: Content, database: Database
) -> None:
    wire = on_wire(content, database)
    await wire.say("ada", PLACE, "/promise 1 a")
    wire.now = NOW + timedelta(hours=1)
    tick = asyncio.create_task(wire.app.tick())
    await wire.sending.wait()
    call = Call("change", {"key": "a"}, Caller(WHERE, "ada", "ada"), PLACE)
    await wire.app.run(call)
    await wire.app.run(Call("change", {"key": "a", "hours": "5"}, call.caller, PLACE))
    await wire.app.run(Call("promise", {"key": "a", "hours": "1"}, call.caller, PLACE))
    wire.go.set()
    await tick
    wire.now += timedelta(days=1)
    await wire.app.tick()
    assert wire.seen == ["said a"]
    (row,) = await rows(database)
    assert row.sent


async def test_stopping_finishes_what_was_begun(content: Content, database: Database) -> None:
    wire = on_wire(content, database)
    await wire.say("ada", PLACE, "/promise 1 a")
    wire.now = NOW + timedelta(hours=1)
    clockwork = Clockwork(lambda: datetime.now(UTC))
    clockwork.every(60, wire.app.tick)
    clockwork.start()
    await wire.sending.wait()
    wire.app.stop()
    stopping = asyncio.create_task(clockwork.stop(5))
    await asyncio.sleep(0.05)
    wire.go.set()
    await stopping
    assert (await rows(database))[0].settled_at


async def test_a_database_that_hiccups_after_a_send_says_nothing_twice(
    content: Content, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.PAUSES", (0.01, 0.01))
    wire = on_wire(content, database)
    wire.go.set()
    for key in "abc":
        await wire.say("ada", PLACE, f"/promise 1 {key}")
    wire.now = NOW + timedelta(hours=1)
    post = wire.app._delivery.post
    settle, broken = post.settle, iter([True, True])

    async def flaky(claim: Claim, now: datetime, sent: Sent | None = None) -> None:
        if next(broken, False):
            raise OSError("the database went away")
        await settle(claim, now, sent)

    monkeypatch.setattr(Post, "settle", lambda self, *args: flaky(*args))
    await wire.app.tick()
    wire.now += timedelta(days=1)
    await wire.app.tick()
    assert sorted(wire.seen) == ["said a", "said b", "said c"]


async def test_the_budget_holds_when_all_fall_due_together(
    content: Content, database: Database
) -> None:
    wire = on_wire(content, database)
    wire.go.set()
    for number in range(12):
        await wire.say("ada", PLACE, f"/remind 1 note{number}")
    wire.now = NOW + timedelta(hours=1)
    await wire.app.tick()
    assert len(wire.seen) == 7


async def test_an_old_row_that_can_not_be_told_keeps_nobody_from_anything(
    start: Start, world: World, database: Database
) -> None:
    workspace = start()
    workspace.closed_dms.add("ada")
    await workspace.say("ada", PLACE, "/remind 1 missed")
    await workspace.advance(timedelta(hours=2))
    async with database.transaction() as session:
        await session.execute(update(Outgoing).values(args='{"other": 1}'))
    await workspace.say("ada", PLACE, "/promise 1 a")
    assert workspace.messages[-1].card.title == "Promised"
    await workspace.say("ada", PLACE, "/promise 1 b")
    assert workspace.messages[-1].card.fields == ()


async def test_organisers_and_the_doctor_read_why_something_did_not_arrive(
    start: Start, world: World, database: Database, content: Content
) -> None:
    workspace = start()
    await workspace.say("ada", PLACE, "/promise 1 a")
    world.fails.append(Undeliverable("I am not in #demos. Invite me there."))
    await workspace.advance(timedelta(hours=2))
    settings = Workspace(workspace.now)
    settings.connect(
        App(
            Registry(FEATURES),
            content,
            database,
            [settings],
            clock=settings.clock,
            new_id=lambda: "x",
        )
    )
    settings.join("olga", Role.ORGANISER)
    await settings.say("olga", PLACE, "/settings")
    shown = settings.messages[-1].card.fields[-1]
    assert shown.name == "Did not arrive lately: 1"
    assert "Invite me there" in text_of(shown.value)
    newest = max(path.name[:4] for path in packaged("migrations").glob("versions/[0-9]*.py"))
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        await connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{newest}')")
    told = [
        check
        async for check in examine(
            Registry(FEATURES), [packaged("content")], database, [settings], settings.clock
        )
        if check.about == "Messages"
    ]
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("DROP TABLE alembic_version")
    assert told[0].says.endswith("I am not in #demos. Invite me there.")


async def test_old_rows_are_forgotten_and_open_ones_never(start: Start, database: Database) -> None:
    workspace = start()
    await workspace.say("ada", PLACE, "/promise 1 old")
    await workspace.say("ada", PLACE, "/promise 9000 open")
    await workspace.advance(timedelta(days=61))
    await workspace.app.tidy()
    assert [row.key for row in await rows(database)] == ["open"]


def on_wire(content: Content, database: Database) -> Wire:
    numbers = itertools.count(1)
    wire = Wire(NOW)
    app = App(
        Registry([feature]),
        content,
        database,
        [wire],
        clock=wire.clock,
        new_id=lambda: f"{next(numbers):016x}",
    )
    wire.connect(app)
    return wire
