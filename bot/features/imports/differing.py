"""Where a file says something else of an event than is on record here. Nothing is overwritten, so
it is told. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.features.imports.gathering import Gatherings, Pair, Taken
from bot.features.imports.model import PLACE, TITLE
from bot.features.imports.people import plain_name
from bot.imports import Meeting
from bot.imports.dates import long_day
from bot.imports.rows import quoted
from bot.markup import one_line

TOLD = 5
"""Events of one kind, each in a sentence of its own."""
EDIT = "Change it with /event edit."
STAYS = "Here it stays as it is."


def differing(events: Gatherings) -> list[str]:
    """Most weighty first."""
    found: list[str] = []
    kinds = (_cancelled, _planned, _moved, _renamed, _placed)
    for kind in kinds:
        said = [kind(pair, events) for pair in events.pairs]
        found += _some(list(dict.fromkeys(filter(None, said))))
    return found + _some(list(dict.fromkeys(_taken(each, events) for each in events.taken)))


def _taken(taken: Taken, events: Gatherings) -> str:
    """Never in silence: two of one title may also be two."""
    here, there = taken.here.starts_at, taken.there.starts_at
    ours, theirs = _day(here, events.home), _day(there, events.home)
    one = _hour(here, events.home) + (f" on {ours}" if ours != theirs else "")
    title = quoted([taken.there.title])
    if not taken.there.hour_known:
        return f"{title} on {theirs} has no hour in this file. I take it as the one at {one}."
    at = _hour(there, events.home)
    return (
        f"{title} at {at} on {theirs}: I take it as the one at {one}. If they are two, give one of "
        "them another title."
    )


def left_out(events: Gatherings) -> Iterator[str]:
    """What a calendar calls off, and was never here."""
    off = [called(each, events.home) for each in events.called_off]
    if len(off) == 1:
        yield f"{off[0]} is cancelled in this calendar. Left out."
    elif off:
        more = f" and {len(off) - TOLD:,} more" if len(off) > TOLD else ""
        yield f"{', '.join(off[:TOLD])}{more} are cancelled in this calendar. Left out."


def called(meeting: Meeting, zone: ZoneInfo) -> str:
    return f"{quoted([meeting.title])} on {_day(meeting.starts_at, zone)}"


def _some(sentences: Sequence[str]) -> list[str]:
    more = len(sentences) - TOLD
    last = [f"So it is with {more:,} more."] if more > 0 else []
    return [*sentences[:TOLD], *last]


def _cancelled(pair: Pair, events: Gatherings) -> str:
    if not pair.there.cancelled or pair.here.cancelled:
        return ""
    how = "Call it off with /event cancel." if pair.here.starts_at > events.now else STAYS
    return f"{_here(pair, events)} is cancelled in this file, and not here. {how}"


def _planned(pair: Pair, events: Gatherings) -> str:
    if pair.there.cancelled or not pair.here.cancelled or not pair.surely:
        return ""
    return f"{_here(pair, events)} is cancelled here, and not in this file. {STAYS}"


def _moved(pair: Pair, events: Gatherings) -> str:
    here, there = pair.here.starts_at, pair.there.starts_at
    if pair.there.cancelled or not pair.surely or here == there:
        return ""
    ours, theirs = _day(here, events.home), _day(there, events.home)
    if ours == theirs:
        if not pair.there.hour_known:
            return ""
        what, ours, theirs = "hour", _hour(here, events.home), _hour(there, events.home)
        begun = _here(pair, events)
    else:
        what, begun = "date", quoted([pair.here.title])
    return f"{begun} has another {what} in this file: {theirs} (here {ours}). {_how(pair, events)}"


def _renamed(pair: Pair, events: Gatherings) -> str:
    there = one_line(pair.there.title, TITLE)
    if pair.there.cancelled or not pair.surely or _same(there, pair.here.title):
        return ""
    return (
        f"{_here(pair, events)} has another title in this file: {quoted([there])}. "
        f"{_how(pair, events)}"
    )


def _placed(pair: Pair, events: Gatherings) -> str:
    """Of a list without ids only where the hour is the same: two tools may write one place in two
    ways."""
    there = one_line(pair.there.place, PLACE)
    comparable = pair.surely or pair.here.starts_at == pair.there.starts_at
    if pair.there.cancelled or not there or not comparable or _same(there, pair.here.place):
        return ""
    ours = quoted([pair.here.place]) if pair.here.place else "none"
    return (
        f"{_here(pair, events)} has another place in this file: {quoted([there])} (here {ours}). "
        f"{_how(pair, events)}"
    )


def _how(pair: Pair, events: Gatherings) -> str:
    return EDIT if pair.here.starts_at > events.now and not pair.here.cancelled else STAYS


def _here(pair: Pair, events: Gatherings) -> str:
    return f"{quoted([pair.here.title])} on {_day(pair.here.starts_at, events.home)}"


def _same(one: str, other: str) -> bool:
    return plain_name(one) == plain_name(other)


def _day(at: datetime, zone: ZoneInfo) -> str:
    return long_day(at.astimezone(zone))


def _hour(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"
