"""What an import would add, worked out before anything is written."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.features.demos.model import TITLE as DEMO
from bot.features.events.model import COMING, MAYBE, NOT_COMING
from bot.features.events.store import DOOR_OPENS
from bot.features.imports.differing import called
from bot.features.imports.gathering import Gatherings
from bot.features.imports.model import TALK
from bot.features.imports.people import People
from bot.imports import Demo, Guest, Meeting, Reading, Talk, Unreadable, Which

RANKED = ("", NOT_COMING, MAYBE, COMING)
Key = tuple[str, str]
"""An event and a person."""


@dataclass(frozen=True, slots=True)
class Said:
    answer: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Seen:
    present: bool
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """What one import adds, or took along when it was taken back."""

    events: int = 0
    people: int = 0
    answers: int = 0
    came: int = 0
    absent: int = 0
    talks: int = 0
    demos: int = 0


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What went, and how much stays since something else hangs on it."""

    gone: Counts
    events_stay: int
    people_stay: int
    reopened: int = 0
    """Events that it had closed."""
    moved_up: int = 0
    """People who waited for a place, and have one now."""


@dataclass(frozen=True, slots=True)
class Given:
    """A talk."""

    event: str
    person: str
    title: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A demo."""

    event: str
    person: str
    demo: Demo


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Somebody at the door without an account. Only another community of ours tells of them."""

    event: str
    name: str


@dataclass
class Plan:
    """Rows to add, and what to tell of them. Nothing that is there already is in it."""

    what: str
    people: People
    gatherings: Gatherings
    answers: dict[Key, Said] = field(default_factory=dict)
    seen: dict[Key, Seen] = field(default_factory=dict)
    walk_ins: dict[str, WalkIn] = field(default_factory=dict)
    """By the id that the note about them will have."""
    rest: set[Key] = field(default_factory=set)
    """Said yes, and have no check-in on a list that has others."""
    talks: list[Given] = field(default_factory=list)
    demos: list[Shown] = field(default_factory=list)
    understood: int = 0
    """Rows that were read and have an event, if they need one."""
    already: int = 0
    """Rows that were known."""
    otherwise: dict[Key, str] = field(default_factory=dict)
    """Who is on record here with something else, by name: that stays."""
    torn: dict[Key, str] = field(default_factory=dict)
    """Who is in these files with different answers, by name."""
    early: dict[str, int] = field(default_factory=dict)
    """Rows that say who came to an event that is still ahead, by event."""
    ahead: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Talks and demos at events that are still ahead: what, and at which."""
    before_it: list[str] = field(default_factory=list)
    """Demos whose presenters heard of them before they were shown, by title."""
    unnoted: int = 0
    """Events that are over, and nobody is noted as having come."""
    twice: int = 0
    """Rows about somebody who was on the same list before."""
    nobody: int = 0
    """Rows without any name, address or id."""
    doubts: list[str] = field(default_factory=list)
    how: list[str] = field(default_factory=list)
    """How dates were read, where there was a choice."""
    unknown: list[str] = field(default_factory=list)
    """What the files never say, and nobody will know therefore."""
    calendar: bool = False

    @property
    def counts(self) -> Counts:
        present = sum(each.present for each in self.seen.values())
        return Counts(
            len(self.gatherings.added),
            len(self.people.added),
            len(self.answers),
            present + len(self.walk_ins),
            len(self.seen) - present,
            len(self.talks),
            len(self.demos),
        )

    @property
    def events_here(self) -> set[str]:
        """Those it is about that were there before it."""
        named = {event for event, _ in (*self.answers, *self.seen)}
        named |= {each.event for each in self.talks} | {each.event for each in self.demos}
        named |= {event for _, event in self.gatherings.new_keys}
        return named - self.gatherings.added.keys()

    @property
    def people_here(self) -> set[str]:
        """So with people."""
        named = {person for _, person in (*self.answers, *self.seen)}
        named |= {each.person for each in self.talks} | {each.person for each in self.demos}
        named |= {person for person, _, _ in self.people.new_handles}
        named |= {person for pair in self.people.pairs for person in pair}
        return named - {each.id for each in self.people.added}

    @property
    def noted(self) -> set[str]:
        """Events of which it says who came."""
        walked_in = {each.event for each in self.walk_ins.values()}
        return walked_in | {event for event, _ in self.seen}

    @property
    def of_one_event(self) -> bool:
        return len({event for event, _ in self.seen}) == 1

    @property
    def is_empty(self) -> bool:
        return self.counts == Counts()

    @property
    def is_whole(self) -> bool:
        """Whether every row was taken, or known."""
        lost = (
            self.doubts,
            self.gatherings.none,
            self.early,
            self.ahead,
            self.before_it,
            self.nobody,
        )
        return bool(self.understood) and not any(lost)


@dataclass(frozen=True, slots=True)
class Before:
    """What is there already, by event and person; talks and demos by event, person and title.
    `spoken`: talks of the speakers' board, which names no event."""

    answers: dict[Key, str]
    seen: dict[Key, bool]
    talks: set[tuple[str, str, str]]
    demos: set[tuple[str, str, str]]
    spoken: set[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Those of one file whose event is known, with it."""

    guests: list[tuple[Guest, str | None]]
    talks: list[tuple[Talk, str]]
    demos: list[tuple[Demo, str]]


def combine(
    readings: Sequence[Reading], about: Which | None, people: People, gatherings: Gatherings
) -> Plan:
    """Resolve every row of all files. `about` is the event of a list that names none."""
    plan = Plan(_what(readings), people, gatherings)
    plan.calendar = all(each.kind == "calendar" for each in readings)
    if about is None and any(each.about_one for each in readings):
        raise Unreadable(
            "This list does not say which event it is of. Give me the event's title, and when it "
            "began if I don't know it yet.",
            "event",
        )
    for reading in readings:
        _dates(plan, reading)
    kept = [_with_events(plan, reading, about) for reading in readings]
    people.learn([_only(reading, rows) for reading, rows in zip(readings, kept, strict=True)])
    for rows in kept:
        for guest, event in rows.guests:
            _guest(plan, guest, event)
        for talk, event in rows.talks:
            plan.talks.append(Given(event, people.speaker(talk), talk.title[:TALK]))
        for demo, event in rows.demos:
            plan.demos.append(Shown(event, people.speaker(demo), demo))
    people.compare()
    plan.rest = _rest(plan)
    return plan


def _rest(plan: Plan) -> set[Key]:
    checked_in = {event for (event, _), seen in plan.seen.items() if seen.present}
    return {
        key
        for key, said in plan.answers.items()
        if said.answer == COMING and key[0] in checked_in and key not in plan.seen
    }


def rest_did_not_come(plan: Plan) -> None:
    """Whoever imports says so: a list never does."""
    plan.seen |= dict.fromkeys(plan.rest, Seen(False, None))
    plan.rest = set()


def _dates(plan: Plan, reading: Reading) -> None:
    plan.doubts.extend(reading.doubts)
    plan.how.extend(each for each in reading.how if each not in plan.how)
    plan.unknown.extend(each for each in reading.unknown if each not in plan.unknown)
    taken = plan.gatherings.take_all(reading.meetings)
    for meeting in reading.cancelled:
        plan.gatherings.call_off(meeting, taken)
    for meeting in reading.excepted:
        plan.gatherings.leave_out(meeting)
    plan.understood += len(reading.meetings) + len(reading.cancelled)


def _with_events(plan: Plan, reading: Reading, about: Which | None) -> Rows:
    """A row that is left out makes no person either, so this comes before anybody is found."""
    rows = Rows(_guests(plan, reading, about), [], [])
    here = [talk for talk in reading.talks if talk.person in plan.people.walk_ins]
    plan.already += len(here)
    plan.understood += len(here)
    new = [talk for talk in reading.talks if talk.person not in plan.people.walk_ins]
    told: tuple[Talk | Demo, ...] = (*new, *reading.demos)
    given = [each for each in told if _is_shown(plan, each)]
    plan.gatherings.name_all(each.event for each in given)
    for each in given:
        event = plan.gatherings.find(each.event)
        if event and isinstance(each, Talk):
            rows.talks.append((each, event))
        elif event and isinstance(each, Demo):
            rows.demos.append((each, event))
    plan.understood += len(rows.guests) + len(rows.talks) + len(rows.demos)
    return rows


def _guests(plan: Plan, reading: Reading, about: Which | None) -> list[tuple[Guest, str | None]]:
    found: list[tuple[Guest, str | None]] = []
    plan.gatherings.name_all(each.event for each in reading.guests if each.event)
    for guest in reading.guests:
        which = about if reading.about_one else guest.event
        if not (guest.name or guest.email or guest.handle or guest.person):
            plan.nobody += 1
        elif guest.person in plan.people.walk_ins:
            plan.already += 1
            plan.understood += 1
        elif guest.walk_in and guest.person and which:
            _walk_in(plan, guest, plan.gatherings.find(which))
        elif which is None or (event := plan.gatherings.find(which)):
            found.append((guest, event if which else None))
    return found


def _walk_in(plan: Plan, guest: Guest, event: str | None) -> None:
    """They stay without an account, and each is nobody on another list."""
    note = plan.people.note(guest.person)
    if event is None:
        return
    plan.understood += 1
    if note in plan.people.walk_ins:
        plan.already += 1
    elif guest.present and not _is_early(plan, event):
        plan.walk_ins[note] = WalkIn(event, guest.name)


def _is_shown(plan: Plan, given: Talk | Demo) -> bool:
    """What is still ahead was not shown, and nobody heard of a demo before it was. Such a row adds
    no event either."""
    events, begins = plan.gatherings, plan.gatherings.begins(given.event)
    if begins and begins.starts_at > events.now + DOOR_OPENS:
        what = "demo" if isinstance(given, Demo) else "talk"
        plan.ahead[what, called(begins, events.home)] += 1
        return False
    if begins and isinstance(given, Demo) and _is_heard_before(given, begins, events):
        plan.before_it.append(given.title)
        return False
    return True


def _is_heard_before(demo: Demo, begins: Meeting, events: Gatherings) -> bool:
    if demo.heard_at is None:
        return False
    if demo.heard_hour_known and begins.hour_known:
        return demo.heard_at < begins.starts_at
    heard, began = (at.astimezone(events.zone) for at in (demo.heard_at, begins.starts_at))
    return heard.date() < began.date()


def _only(reading: Reading, rows: Rows) -> Reading:
    return replace(
        reading,
        guests=tuple(guest for guest, _ in rows.guests),
        talks=tuple(talk for talk, _ in rows.talks),
        demos=tuple(demo for demo, _ in rows.demos),
    )


def _guest(plan: Plan, guest: Guest, event: str | None) -> None:
    person = plan.people.find(guest)
    if event is None:
        return
    key = (event, person)
    if guest.answer:
        before = plan.answers.get(key)
        plan.twice += before is not None
        if before and before.answer != guest.answer:
            plan.torn[key] = guest.name
        if before is None or RANKED.index(guest.answer) > RANKED.index(before.answer):
            plan.answers[key] = Said(guest.answer, guest.answered_at)
    if guest.present is None or _is_early(plan, event):
        return
    seen = plan.seen.get(key)
    if seen and seen.present != guest.present:
        plan.torn[key] = guest.name
    if seen is None or (guest.present and not seen.present):
        plan.seen[key] = Seen(guest.present, guest.seen_at)


def _is_early(plan: Plan, event: str) -> bool:
    """Nobody knows yet who comes to it: such a row is left out, and told."""
    is_early = plan.gatherings.held[event].starts_at > plan.gatherings.now + DOOR_OPENS
    if is_early:
        plan.early[event] = plan.early.get(event, 0) + 1
    return is_early


def without(plan: Plan, before: Before) -> None:
    """Take out what is known: a repeat adds nothing, and nothing that is there is overwritten."""
    talks = {(each.event, each.person, each.title): each for each in plan.talks}
    demos = {(each.event, each.person, each.demo.title[:DEMO]): each for each in plan.demos}
    spoken = {key for key in talks if key[1:] in before.spoken}
    _note_otherwise(plan, before)
    pairs: tuple[tuple[dict[Any, Any], Collection[Any]], ...] = (
        (plan.answers, before.answers),
        (plan.seen, before.seen),
        (talks, before.talks | spoken),
        (demos, before.demos),
    )
    for ours, theirs in pairs:
        for key in ours.keys() & set(theirs):
            del ours[key]
            plan.already += 1
    plan.talks, plan.demos = list(talks.values()), list(demos.values())
    plan.rest -= before.seen.keys()
    plan.unnoted = len(_unnoted(plan, {event for event, _ in before.seen}))


def _unnoted(plan: Plan, noted: set[str]) -> set[str]:
    """Events that are over, of which this import tells something, but not who came."""
    events = plan.gatherings
    told = events.added.keys() | {event for event, _ in plan.answers}
    over = {
        each
        for each in told
        if events.held[each].starts_at <= events.now and not events.held[each].cancelled
    }
    return over - plan.noted - noted


def _note_otherwise(plan: Plan, before: Before) -> None:
    """What is here stays, also where the file says something else; so that is told."""
    answers = {key for key, said in plan.answers.items()
               if before.answers.get(key, said.answer) != said.answer}  # fmt: skip
    seen = {key for key, note in plan.seen.items()
            if before.seen.get(key, note.present) != note.present}  # fmt: skip
    plan.otherwise = {key: plan.people.known[key[1]].name for key in answers | seen}


def _what(readings: Iterable[Reading]) -> str:
    return " and ".join(dict.fromkeys(each.kind for each in readings))


def count(number: int, what: str, plural: str = "") -> str:
    plural = plural or ("people" if what == "person" else f"{what}s")
    return f"{number:,} {what if number == 1 else plural}"
