"""Which event a row means: one that is known, one of the same files, or a new one. Pure."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz

from bot.features.imports.people import plain_name
from bot.imports import Meeting, Which
from bot.imports.dates import long_day
from bot.imports.reader import EVENING

NEAR = timedelta(hours=3)
"""Two tools may begin one evening at the welcome or at the first talk."""
ALIKE = 75
Row = str | tuple[str, datetime]


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


@dataclass(frozen=True, slots=True)
class Taken:
    """An event of a file, taken as one that begins at another moment."""

    here: Held
    there: Meeting


@dataclass
class Gatherings:
    """All events, known and new. `none` collects what could not be told apart."""

    zone: ZoneInfo
    """Of the files: in it rows name their days."""
    home: ZoneInfo
    """The community's own, in which all is told."""
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
    taken: list[Taken] = field(default_factory=list)
    called_off: list[Meeting] = field(default_factory=list)
    """What a calendar calls off, and was never here."""
    none: dict[str, int] = field(default_factory=dict)
    """Rows by what they call their event, where it could be several or none."""
    guessed: set[str] = field(default_factory=set)
    """New events of which only the day is known."""
    _titles: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _titled: dict[tuple[str, date], list[str]] = field(default_factory=lambda: defaultdict(list))
    _days: dict[date, list[str]] = field(default_factory=lambda: defaultdict(list))
    _asked: dict[Which, str | None] = field(default_factory=dict)
    _ids: dict[str, str] = field(default_factory=dict)
    """Ids in an export of another community, by what became of them here."""

    def __post_init__(self) -> None:
        for event in self.held.values():
            self._list(event)

    def take(self, meeting: Meeting) -> str:
        """One event, added unless it is known."""
        (event,) = self.take_all([meeting])
        return event

    def take_all(self, meetings: Iterable[Meeting]) -> set[str]:
        """The events of one file, each added unless it is known."""
        return {
            self._add(meeting) if event is None else self._keep(event, meeting)
            for meeting, event in self._known(meetings)
        }

    def name_all(self, whiches: Iterable[Which]) -> None:
        """What the rows of one list mean that say when their events began. As in a calendar, two
        hours are two events."""
        timed = {
            each: Meeting(each.title, each.starts_at)
            for each in dict.fromkeys(whiches)
            if each.starts_at and not self._named(each)
        }
        known = self._known(timed.values())
        claimed = {event for _, event in known if event}
        events: dict[Row, str] = {}
        for meeting, event in known:
            event = event or self._alike_at(meeting, claimed)
            event = self._taken_as(event, meeting) if event else self._add(meeting)
            events[_row(meeting)] = event
            claimed.add(event)
        self._asked |= {which: events[_row(meeting)] for which, meeting in timed.items()}

    def call_off(self, meeting: Meeting, others: Collection[str]) -> None:
        """A date that a calendar calls off is never added, and here nothing is called off. Those
        that it has `others` for are not meant."""
        ((_, found),) = self._known([meeting], others)
        if found is None or found in self.added:
            self.called_off.append(meeting)
        else:
            self._pair(found, replace(meeting, cancelled=True))

    def leave_out(self, meeting: Meeting) -> None:
        """A date that its rule does without: worth a word only if it was taken once."""
        found = self._same(meeting)
        if found and found not in self.added:
            self._pair(found, replace(meeting, cancelled=True))

    def find(self, which: Which) -> str | None:
        """What a row means; asked for again and again, so it is kept."""
        if which not in self._asked:
            self._asked[which] = self._find(which)
        found = self._asked[which]
        if found is None:
            called = which.title or which.id or (long_day(which.day) if which.day else "")
            self.none[called] = self.none.get(called, 0) + 1
        return found

    def begins(self, which: Which) -> Meeting | None:
        """When the event of a row is, as far as it is known. Nothing is added for it."""
        meant = self._meant(which)
        if meant:
            here = self.held[meant[0]]
            return Meeting(here.title, here.starts_at, hour_known=here.id not in self.guessed)
        return self._unseen(which)

    def _known(
        self, meetings: Iterable[Meeting], others: Collection[str] = ()
    ) -> list[tuple[Meeting, str | None]]:
        """The events of one file, each once, with what they are here: by an id or a key, else by
        title and moment, else the nearest of that title that no other of them is."""
        once: dict[Row, Meeting] = {}
        for each in meetings:
            once.setdefault(_row(each), each)
        rows = list(once.values())
        found = [self._same(each) for each in rows]
        claimed = {*others, *filter(None, found)}
        for at, meeting in enumerate(rows):
            if found[at] is None and (event := self._exact(meeting, claimed)):
                found[at] = event
                claimed.add(event)
        offers = [
            (apart, at, event)
            for at, meeting in enumerate(rows)
            if found[at] is None
            for apart, event in self._near(meeting)
        ]
        for _, at, event in sorted(offers):
            if found[at] is None and event not in claimed:
                found[at] = event
                claimed.add(event)
        return list(zip(rows, found, strict=True))

    def _same(self, meeting: Meeting) -> str | None:
        if meeting.id in self.held:
            return meeting.id
        return self.keys.get(digest(meeting.key)) if meeting.key else None

    def _exact(self, meeting: Meeting, claimed: Collection[str]) -> str | None:
        same = self._on(meeting.title, self._day(meeting.starts_at))
        free = (event for event in same if event not in claimed)
        return next((e for e in free if self.held[e].starts_at == meeting.starts_at), None)

    def _near(self, meeting: Meeting) -> Iterator[tuple[timedelta, str]]:
        """Two tools may begin one evening at different moments, or one of them tells only its
        day."""
        day = self._day(meeting.starts_at)
        around = (meeting.starts_at - NEAR, meeting.starts_at, meeting.starts_at + NEAR)
        for each in sorted({self._day(at) for at in around}):
            for event in self._on(meeting.title, each):
                apart = abs(self.held[event].starts_at - meeting.starts_at)
                unsure = not meeting.hour_known or event in self.guessed
                if apart <= NEAR or (unsure and each == day):
                    yield apart, event

    def _keep(self, event: str, meeting: Meeting) -> str:
        if event not in self.added:
            self.known.add(event)
            self._pair(event, meeting)
        if self._same(meeting) != event:
            self._taken_as(event, meeting)
        self._remember(meeting, event)
        return event

    def _taken_as(self, event: str, meeting: Meeting) -> str:
        """Told where the moments differ, unless one of them is only our guess."""
        here = self.held[event]
        if event in self.guessed and meeting.hour_known:
            self._set_hour(event, meeting.starts_at)
        elif here.starts_at != meeting.starts_at:
            self.taken.append(Taken(here, meeting))
        return event

    def _set_hour(self, event: str, at: datetime) -> None:
        self.guessed.discard(event)
        self.held[event] = replace(self.held[event], starts_at=at)
        self.added[event] = replace(self.added[event], starts_at=at, hour_known=True)

    def _pair(self, event: str, meeting: Meeting) -> None:
        surely = self._same(meeting) == event
        self.pairs.append(Pair(self.held[event], meeting, surely))

    def _named(self, which: Which) -> str | None:
        """By an id of ours, or of what came from another community, or by another tool's key."""
        if which.id in self.held:
            return which.id
        if which.id and which.id in self._ids:
            return self._ids[which.id]
        return self.keys.get(digest(which.key)) if which.key else None

    def _meant(self, which: Which) -> Sequence[str]:
        """The events that a row may mean."""
        if found := self._named(which):
            return [found]
        if which.key:
            return []
        if which.day is None:
            return self._titles.get(plain_name(which.title), []) if which.title else []
        same = self._on(which.title, which.day)
        exact = [event for event in same if self.held[event].starts_at == which.starts_at]
        return exact[:1] or same or self._alike(which, self._days.get(which.day, []))

    def _find(self, which: Which) -> str | None:
        meant = self._meant(which)
        if meant:
            return meant[0] if len(meant) == 1 else None
        unseen = self._unseen(which)
        return self._add(unseen) if unseen else None

    def _unseen(self, which: Which) -> Meeting | None:
        """An event of which a row tells enough to add it."""
        if which.key or not which.title or which.day is None:
            return None
        hour = datetime.combine(which.day, EVENING, self.zone)
        return Meeting(which.title, which.starts_at or hour, hour_known=bool(which.starts_at))

    def _on(self, title: str, day: date) -> Sequence[str]:
        """Those of a title on one day, without what is cancelled if one is left then."""
        same = self._titled.get((plain_name(title), day), []) if title else []
        held = [event for event in same if not self.held[event].cancelled]
        return held if len(held) == 1 else same

    def _alike(self, which: Which, that_day: Iterable[str]) -> Sequence[str]:
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
        return near if len(near) == 1 else []

    def _alike_at(self, meeting: Meeting, claimed: Collection[str]) -> str | None:
        """The one that is called nearly so, and begins nearly then."""
        day = self._day(meeting.starts_at)
        near = [
            each
            for each in self._days.get(day, [])
            if each not in claimed
            and (each in self.guessed or abs(self.held[each].starts_at - meeting.starts_at) <= NEAR)
        ]
        return next(iter(self._alike(Which(meeting.title, day), near)), None)

    def _add(self, meeting: Meeting) -> str:
        event = Held(self.new_id(), meeting.title, meeting.starts_at, cancelled=meeting.cancelled)
        self.held[event.id] = event
        self.added[event.id] = replace(meeting, id="")
        if not meeting.hour_known:
            self.guessed.add(event.id)
        self._list(event)
        self._remember(meeting, event.id)
        return event.id

    def _remember(self, meeting: Meeting, event: str) -> None:
        if meeting.id and meeting.id not in self.held:
            self._ids[meeting.id] = event
        if meeting.key and digest(meeting.key) not in self.keys:
            self.keys[digest(meeting.key)] = event
            self.new_keys.append((digest(meeting.key), event))

    def _list(self, event: Held) -> None:
        """A day may be that of the files or the community's own."""
        title = plain_name(event.title)
        self._titles[title].append(event.id)
        for zone in {self.zone, self.home}:
            day = event.starts_at.astimezone(zone).date()
            if event.id not in self._days[day]:
                self._titled[title, day].append(event.id)
                self._days[day].append(event.id)

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


def _row(meeting: Meeting) -> Row:
    """What tells the rows of one file apart: two of one title at one moment are one, unless the
    file names them by ids of their own."""
    return meeting.key or meeting.id or (plain_name(meeting.title), meeting.starts_at)


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
