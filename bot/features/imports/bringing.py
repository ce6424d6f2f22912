"""From files to a plan, and from a plan to rows: the same for the command line and for chat."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from bot.context import Scene
from bot.features.imports import plan as plans
from bot.features.imports import store
from bot.features.imports.gathering import Gatherings
from bot.features.imports.people import plain_name
from bot.features.imports.plan import Plan
from bot.imports import Meeting, Reading, Settled, Unreadable, Which, read
from bot.imports.dates import Dates
from bot.imports.reader import EVENING

HEARD_OF_SOME = (
    "One of these lists of demos says when presenters heard something, in heard_at, and another "
    "says it of none. Import them one by one: else it would count as nothing heard."
)


@dataclass(frozen=True, slots=True)
class About:
    """The event of a list that names none: one that is known, or a new one that began then."""

    event: str = ""
    starts: str = ""


def read_all(files: Sequence[tuple[str, bytes]], settled: Settled) -> list[Reading]:
    """Raises Unreadable, with the file's name where there are several."""
    readings: list[Reading] = []
    for name, data in files:
        try:
            reading = read(data, settled)
            readings.append(_named(name, reading) if len(files) > 1 else reading)
        except Unreadable as error:
            which = f"{name}: " if len(files) > 1 else ""
            raise Unreadable(f"{which}{error.says}", error.field) from None
    if sum(each.about_one for each in readings) > 1:
        raise Unreadable("Several of these are lists of one event each. Import them one by one.")
    if len({each.tells_heard for each in readings if each.demos}) > 1:
        raise Unreadable(HEARD_OF_SOME)
    return readings


def _named(name: str, reading: Reading) -> Reading:
    """Rows of several files are told apart."""
    doubts, how = ([f"{name}: {says}" for says in told] for told in (reading.doubts, reading.how))
    return replace(reading, doubts=tuple(doubts), how=tuple(how))


async def prepare(scene: Scene, readings: Sequence[Reading], zone: str, about: About) -> Plan:
    """What it would add. Nothing is written, and nobody waits for it: it is worked out beside the
    event loop and between two transactions. Other imports wait from here to the end of the second
    one; was one kept meanwhile, or is somebody or an event gone, it is worked out again."""
    while True:
        known = await store.kept_so_far(scene)
        events = await store.gatherings(scene, ZoneInfo(zone))
        which = _which(events, about) if about.event else None
        people = await store.people(scene)
        await scene.close()
        plan = await asyncio.to_thread(plans.combine, readings, which, people, events)
        await store.hold(scene)
        unchanged = await store.kept_so_far(scene) == known
        if unchanged and await store.still_here(scene, plan):
            break
    plans.without(plan, await store.before(scene, plan))
    return plan


def _which(events: Gatherings, about: About) -> Which:
    if about.event in events.held:
        return Which(id=about.event)
    if about.starts:
        found = Dates(None).read(about.starts)
        if found is None:
            raise Unreadable(
                f"I can't read “{about.starts[:40]}” as a start. "
                "It is written like 2026-05-15 18:30.",
                "starts",
            )
        meeting = Meeting(
            about.event, found.at(events.zone, EVENING), hour_known=found.hour is not None
        )
        return Which(id=events.take(meeting))
    same = [
        each for each in events.held.values() if plain_name(each.title) == plain_name(about.event)
    ]
    if len(same) == 1:
        return Which(id=same[0].id)
    how_many = "several events" if same else "no event"
    raise Unreadable(
        f"I know {how_many} called “{about.event[:60]}”. Say also when it began, for example "
        "2026-05-15 18:30.",
        "starts" if not same else "event",
    )
