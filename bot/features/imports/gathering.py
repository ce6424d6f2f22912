"""Which event a row means: one that is known, one of the same files, or a new one. Pure."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz

from bot.features.imports.people import plain_name
from bot.imports import Meeting, Which
from bot.imports.reader import EVENING

NEAR = timedelta(hours=3)
"""Two tools may begin one evening at the welcome or at the first talk."""
ALIKE = 75


@dataclass(frozen=True, slots=True)
class Held:
    """An event of the community as far as matching needs it."""

    id: str
    title: str
    starts_at: datetime
    place: str = ""
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """An event as it is here, and as a file has it. `surely`: by an id or another tool's key."""

    here: Held
    there: Meeting
    surely: bool


@dataclass
class Gatherings:
    """All events, known and new. `none` collects what could not be told apart."""

    zone: ZoneInfo
    now: datetime
    new_id: Callable[[], str]
    held: dict[str, Held]
    keys: dict[str, str]
    """Event by digest of another tool's key."""
    added: dict[str, Meeting] = field(default_factory=dict)
    new_keys: list[tuple[str, str]] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    """Events of the files that were there already."""
    pairs: list[Pair] = field(default_factory=list)
    """The same with what the files say of them."""
    called_off: list[Meeting] = field(default_factory=list)
    """What a calendar calls off, and was never here."""
    none: dict[str, int] = field(default_factory=dict)
    """Rows by what they call their event, where it could be several or none."""
    guessed: set[str] = field(default_factory=set)
    """New events of which only the day is known."""
    _titles: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _days: dict[date, list[str]] = field(default_factory=lambda: defaultdict(list))
    _asked: dict[Which, str | None] = field(default_factory=dict)
    _ids: dict[str, str] = field(default_factory=dict)
    """Ids in an export of another community, by what became of them here."""

    def __post_init__(self) -> None:
        for event in self.held.values():
            self._list(event)

    def take(self, meeting: Meeting) -> str:
        """The event of a file, added unless it is known."""
        found = self._known(meeting)
        if found is None:
            return self._add(meeting)
        if found not in self.added:
            self.known.add(found)
            self._pair(found, meeting)
        self._remember(meeting.key, found)
        return found

    def call_off(self, meeting: Meeting) -> None:
        """A date that a calendar calls off is never added, and here nothing is called off."""
        found = self._known(meeting)
        if found is None or found in self.added:
            self.called_off.append(meeting)
        else:
            self._pair(found, replace(meeting, cancelled=True))

    def leave_out(self, meeting: Meeting) -> None:
        """A date that its rule does without: worth a word only if it was taken once."""
        found = self._same(meeting)
        if found and found not in self.added:
            self._pair(found, replace(meeting, cancelled=True))

    def _pair(self, event: str, meeting: Meeting) -> None:
        surely = self._same(meeting) == event
        self.pairs.append(Pair(self.held[event], meeting, surely))

    def find(self, which: Which) -> str | None:
        """What a row means; asked for again and again, so it is kept."""
        if which not in self._asked:
            self._asked[which] = self._find(which)
        found = self._asked[which]
        if found is None:
            called = which.title or which.id
            self.none[called] = self.none.get(called, 0) + 1
        return found

    def _known(self, meeting: Meeting) -> str | None:
        if found := self._same(meeting):
            return found
        for each in self._titles.get(plain_name(meeting.title), []):
            event = self.held[each]
            apart = abs(event.starts_at - meeting.starts_at)
            same_day = self._day(event.starts_at) == self._day(meeting.starts_at)
            unsure = not meeting.hour_known or each in self.guessed
            if apart <= NEAR or (unsure and same_day):
                return each
        return None

    def _same(self, meeting: Meeting) -> str | None:
        if meeting.id in self.held:
            return meeting.id
        return self.keys.get(digest(meeting.key)) if meeting.key else None

    def _find(self, which: Which) -> str | None:
        if which.id in self.held:
            return which.id
        if which.id and which.id in self._ids:
            return self._ids[which.id]
        if which.key:
            return self.keys.get(digest(which.key))
        titled = [*self._titles.get(plain_name(which.title), [])] if which.title else []
        if which.day is None:
            return titled[0] if len(titled) == 1 else None
        that_day = self._days.get(which.day, [])
        same = [each for each in titled if each in that_day]
        if same:
            return same[0]
        if near := self._alike(which, that_day):
            return near
        if not which.title:
            return None
        hour = datetime.combine(which.day, EVENING, self.zone)
        return self._add(Meeting(which.title, hour, hour_known=False))

    def _alike(self, which: Which, that_day: Iterable[str]) -> str | None:
        """The one event of that day that is called nearly so, or after the series."""
        called = [plain_name(name) for name in (which.title, which.series) if name]
        near = [
            each
            for each in that_day
            if not called
            or any(
                fuzz.token_set_ratio(plain_name(self.held[each].title), name) >= ALIKE
                for name in called
            )
        ]
        return near[0] if len(near) == 1 else None

    def _add(self, meeting: Meeting) -> str:
        event = Held(self.new_id(), meeting.title, meeting.starts_at)
        self.held[event.id] = event
        self.added[event.id] = replace(meeting, id="")
        if meeting.id:
            self._ids[meeting.id] = event.id
        if not meeting.hour_known:
            self.guessed.add(event.id)
        self._list(event)
        self._remember(meeting.key, event.id)
        return event.id

    def _remember(self, key: str, event: str) -> None:
        if key and digest(key) not in self.keys:
            self.keys[digest(key)] = event
            self.new_keys.append((digest(key), event))

    def _list(self, event: Held) -> None:
        self._titles[plain_name(event.title)].append(event.id)
        self._days[self._day(event.starts_at)].append(event.id)

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
