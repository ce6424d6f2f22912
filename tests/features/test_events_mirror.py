"""Events in step with a platform's own, both ways, and without an echo."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.local.workspace import WHERE, Workspace
from bot.actions import Role
from bot.content import Content
from bot.context import Call, Via
from bot.db import Database
from bot.errors import TryLater
from bot.features.events.mirror import External, Mirrors, interested, taken_over
from bot.features.events.model import CANCELLED, PLANNED, Event, Interest, Mirror, Rsvp, Shape
from bot.outbox import Outgoing
from bot.people import Caller, Where
from bot.replies import Reply
from tests.features.hall import NOW, PLACE, Hall, words

pytestmark = pytest.mark.usefixtures("everyone_agrees")

STARTS = datetime(2026, 5, 8, 18, 30, tzinfo=UTC)


@dataclass
class Board:
    """What a platform with events of its own keeps."""

    events: dict[str, Shape] = field(default_factory=dict)
    written: int = 0
    fails: list[Exception] = field(default_factory=list)


class Mirroring(Workspace):
    """The local workspace, as if it had scheduled events."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.board = Board()

    async def put_event(self, where: Where, shape: Shape, external_id: str | None) -> str:
        if self.board.fails:
            raise self.board.fails.pop()
        self.board.written += 1
        id_ = external_id or f"x{len(self.board.events) + 1}"
        self.board.events[id_] = shape
        return id_

    async def drop_event(self, where: Where, external_id: str) -> None:
        self.board.written += 1
        self.board.events.pop(external_id, None)

    async def has_event(self, where: Where, external_id: str) -> bool:
        return external_id in self.board.events


@pytest.fixture
def hall(database: Database, content: Content) -> Hall:
    return Hall(database, content, Mirroring(NOW))


def board(hall: Hall) -> Board:
    assert isinstance(hall.workspace, Mirroring)
    return hall.workspace.board


async def told(hall: Hall, external: External) -> None:
    """What an adapter does when the platform says that an event is like this now."""
    scene, space = await hall.scene()
    await taken_over(scene, space, external)
    await scene.commit()
    await scene.close()


THEIRS = External(
    "d1", "Picnic", STARTS, "#general", STARTS + timedelta(hours=3), "Park", "Bring a hat."
)


def test_the_local_workspace_has_no_events_of_its_own() -> None:
    assert not isinstance(Workspace(NOW), Mirrors)
    assert isinstance(Mirroring(NOW), Mirrors)


async def test_ours_is_made_changed_and_removed_there(hall: Hall) -> None:
    event = await hall.plan()
    assert board(hall).events == {"x1": event.shape}
    await hall.say("olga", "/event edit 1")
    await hall.press("olga", "Change")
    await hall.workspace.fill("olga", {"title": "Show and tell"})
    await hall.press("olga", "Save")
    await hall.advance(minutes=1)
    assert board(hall).events["x1"].title == "Show and tell"
    await hall.press("olga", "Cancel it")
    await hall.press("olga", "Cancel this one")
    await hall.advance(minutes=1)
    assert board(hall).events == {}
    assert await hall.all(Mirror) == []
    assert board(hall).written == 3


async def test_our_own_copy_coming_back_changes_nothing(hall: Hall) -> None:
    event = await hall.plan()
    echo = External(
        "x1", event.title, event.starts_at, "#general", event.ends_at, event.place, "", by_us=True
    )
    await told(hall, replace(echo, id="not stored yet"))
    await told(hall, echo)
    await hall.advance(minutes=1)
    assert len(await hall.all(Event)) == 1
    assert (await hall.event(event.id)).version == 0
    assert board(hall).written == 1


async def test_theirs_becomes_ours_and_is_announced(hall: Hall) -> None:
    await told(hall, THEIRS)
    await hall.advance(minutes=1)
    (event,) = await hall.all(Event)
    assert event.shape == Shape("Picnic", STARTS, 180, "Park", "Bring a hat.")
    (shown,) = hall.public
    assert shown.place.id == "#general"
    assert "Picnic" in words(shown)
    assert board(hall).written == 0
    await hall.press("ada", "Coming")
    await told(hall, replace(THEIRS, starts_at=STARTS + timedelta(days=1), ends_at=None))
    await hall.advance(minutes=1)
    assert (await hall.event(event.id)).starts_at == STARTS + timedelta(days=1)
    assert [title for _, title in hall.direct("ada")] == ["Changed: Picnic, Sat 9 May"]
    assert board(hall).written == 0


async def test_a_change_of_ours_goes_back_to_theirs(hall: Hall) -> None:
    await told(hall, THEIRS)
    await hall.advance(minutes=1)
    await hall.say("olga", "/event edit 1")
    await hall.press("olga", "Change")
    await hall.workspace.fill("olga", {"place": "River"})
    await hall.press("olga", "Save")
    await hall.advance(minutes=1)
    assert board(hall).events["d1"].place == "River"
    await told(hall, replace(THEIRS, place="River"))
    await hall.advance(minutes=1)
    assert board(hall).written == 1


async def test_what_the_platform_can_not_hold_stays_ours(hall: Hall) -> None:
    await told(hall, THEIRS)
    await told(hall, replace(THEIRS, title="Big picnic", place=None, details=None))
    (event,) = await hall.all(Event)
    assert (event.title, event.place, event.details) == ("Big picnic", "Park", "Bring a hat.")


async def test_deleted_there_is_cancelled_here_and_not_sent_back(hall: Hall) -> None:
    await told(hall, THEIRS)
    await hall.advance(minutes=1)
    await hall.press("ada", "Coming")
    await told(hall, replace(THEIRS, cancelled=True))
    await hall.advance(minutes=1)
    (event,) = await hall.all(Event)
    assert event.status == CANCELLED
    assert [title for _, title in hall.direct("ada")] == ["Cancelled: Picnic"]
    assert board(hall).written == 0
    await told(hall, replace(THEIRS, cancelled=True))
    assert len(await hall.all(Event)) == 1


async def test_what_is_past_or_gone_there_is_not_taken_up(hall: Hall) -> None:
    await told(hall, replace(THEIRS, starts_at=NOW - timedelta(hours=1)))
    await told(hall, replace(THEIRS, cancelled=True))
    assert await hall.all(Event) == []


async def test_interest_is_no_answer(hall: Hall) -> None:
    await told(hall, THEIRS)
    for is_so in (True, True, False, True):
        scene, space = await hall.scene()
        await interested(scene, space, "d1", "ada", is_so=is_so)
        await scene.commit()
        await scene.close()
    assert [each.account for each in await hall.all(Interest)] == ["ada"]
    assert await hall.all(Rsvp) == []
    (event,) = await hall.all(Event)
    host = Caller(WHERE, "olga", "olga", Role.HOST)
    for who, shown in ((host, True), (replace(host, role=None), False)):
        card = await hall.app.run(Call("event show", {"event": event.id}, who, PLACE, Via.PRESS))
        assert isinstance(card, Reply)
        assert ("1 person has marked" in str(card.card.fields)) is shown
        assert card.card.fields[-1 - shown].value.startswith("0 coming")
    scene, space = await hall.scene()
    await interested(scene, space, "unknown", "ada", is_so=True)
    await scene.close()


async def test_a_platform_that_fails_is_asked_again(hall: Hall) -> None:
    board(hall).fails.append(TryLater("busy", 5))
    event = await hall.plan()
    await hall.advance(minutes=1)
    assert board(hall).events == {"x1": event.shape}


async def test_a_platform_without_events_of_its_own_is_left_alone(
    database: Database, content: Content
) -> None:
    hall = Hall(database, content)
    await hall.plan()
    rows = [row for row in await hall.all(Outgoing) if row.kind == "events.mirror"]
    assert [(bool(row.settled_at), row.parked) for row in rows] == [(True, None)]
    assert await hall.all(Mirror) == []


async def test_a_series_is_mirrored_date_by_date(hall: Hall) -> None:
    await hall.plan('Supper "Friday 18:30" 90 Home weekly')
    assert len(board(hall).events) == 1
    await hall.advance(days=7)
    assert len(board(hall).events) == 2


async def test_what_comes_round_again_is_a_new_date(hall: Hall) -> None:
    """A repeating event of theirs is one and the same; its start moves on when it is over."""
    await told(hall, THEIRS)
    await hall.advance(days=6)
    week = timedelta(days=7)
    await told(hall, replace(THEIRS, starts_at=STARTS + week, ends_at=None))
    first, second = await hall.all(Event)
    assert (first.starts_at, second.starts_at) == (STARTS, STARTS + week)
    assert [copy.event_id for copy in await hall.all(Mirror)] == [second.id]


async def test_what_is_missing_there_is_looked_for_before_it_counts(hall: Hall) -> None:
    event = await hall.plan()
    await hall.app.hear(WHERE, "events listed", {"ids": []})
    await hall.advance(minutes=1)
    assert (await hall.event(event.id)).status == PLANNED
    board(hall).events.clear()
    await hall.app.hear(WHERE, "events listed", {"ids": ["x1"]})
    await hall.advance(minutes=1)
    assert (await hall.event(event.id)).status == PLANNED
    await hall.app.hear(WHERE, "events listed", {"ids": []})
    await hall.advance(minutes=1)
    assert (await hall.event(event.id)).status == CANCELLED
    assert await hall.all(Mirror) == []


async def test_what_a_platform_reports_is_heard_and_never_raises(
    hall: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    facts = {name: getattr(THEIRS, name) for name in External.__slots__}
    await hall.app.hear(WHERE, "event mirrored", facts)
    assert [event.title for event in await hall.all(Event)] == ["Picnic"]
    assert caplog.messages == []
    await hall.app.hear(WHERE, "nobody listens", {})
    await hall.app.hear(WHERE, "event mirrored", {"id": "x"})
    assert len(caplog.messages) == 2
    assert len(await hall.all(Event)) == 1


async def test_two_processes_hear_the_same(hall: Hall) -> None:
    facts = {name: getattr(THEIRS, name) for name in External.__slots__}
    other = hall.again()
    await asyncio.gather(*(each.app.hear(WHERE, "event mirrored", facts) for each in (hall, other)))
    assert len(await hall.all(Event)) == 1
