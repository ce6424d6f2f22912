"""From when on a figure can be known.

Each kind of record begins on its own day: lists of who came may be imported for years, and sparks
be noted since last month. Before its first day a kind says nothing, which is not the same as none.
So a figure looks only at days from which on all that it needs is on record, and is compared only
with a window that lies there as a whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.numbers.rows import History, Kind, Window
from bot.numbers.words import day

NAMES: Mapping[Kind, str] = {
    "events": "Events",
    "visits": "Visits",
    "lists": "Lists of who came",
    "demos": "Demos",
    "talks": "Talks",
    "help": "Help that was given",
    "sparks": "Sparks",
    "terms": "Sponsors' terms",
    "projects": "Things begun",
    "follow-ups": "Follow-ups",
    "retros": "Retros",
}


@dataclass(frozen=True, slots=True)
class Needs:
    """Which kinds of record: each of `all`, and one of `mixed` at least, which count as one."""

    all: tuple[Kind, ...] = ()
    mixed: tuple[Kind, ...] = ()

    def since(self, history: History) -> date | None:
        """The first day from which on it can be counted; None while something is not on record."""
        found = [history.began(kind) for kind in self.all]
        if self.mixed:
            mixed = filter(None, (history.began(kind) for kind in self.mixed))
            found.append(min(mixed, default=None))
        days = [each for each in found if each]
        return max(days) if len(days) == len(found) else None

    def alike_since(self, history: History, as_of: date) -> date | None:
        """The first day from which on windows can be compared: a kind that began in one of them
        would look like a change."""
        since = self.since(history)
        mixed = (began for kind in self.mixed if (began := history.began(kind)) and began < as_of)
        return max([since, *mixed]) if since else None

    def reach(self, history: History, window: Window, as_of: date) -> bool:
        """Whether a whole window can be compared with what came after it."""
        since = self.alike_since(history, as_of)
        return since is not None and since <= window.start

    def missing(self, history: History, window: Window, mature: int) -> str:
        """Why a window lies before the records, in a sentence; empty where it does not."""
        since = self.since(history)
        if since is not None and since < window.end:
            return ""
        if since is None:
            none = next((kind for kind in self.all if history.began(kind) is None), None)
            what = NAMES[none] if none else " and ".join(NAMES[kind] for kind in self.mixed)
            return f"{what}: none is on record yet."
        told = day(since + timedelta(days=mature + 1))
        return f"{self._late(history, since)}, so this can't be told before {told}."

    def clipped(self, history: History, window: Window) -> str:
        """What is left out of a window that begins before the records; empty where nothing is."""
        since = self.since(history)
        if len(self.all) < 2 or since is None or since <= window.start:
            return ""
        return f"{self._late(history, since)}: what was before is left out."

    def _late(self, history: History, since: date) -> str:
        last = next((kind for kind in self.all if history.began(kind) == since), None)
        what = NAMES[last] if last else " and ".join(NAMES[kind] for kind in self.mixed)
        return f"{what} are on record only from {day(since)} on"
