"""What an import would add, worked out before anything is written."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.features.demos.model import TITLE as DEMO
from bot.features.events.model import COMING, MAYBE, NOT_COMING
from bot.features.events.store import DOOR_OPENS
from bot.features.imports.differing import differing, left_out
from bot.features.imports.gathering import Gatherings
from bot.features.imports.model import TALK
from bot.features.imports.people import People
from bot.imports import Demo, Guest, Reading, Talk, Unreadable, Which
from bot.imports.dates import long_day
from bot.imports.rows import quoted

RANKED = ("", NOT_COMING, MAYBE, COMING)
NAMED = 5
"""Names in one sentence of doubt."""
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


@dataclass
class Plan:
    """Rows to add, and what to tell of them. Nothing that is there already is in it."""

    what: str
    people: People
    gatherings: Gatherings
    answers: dict[Key, Said] = field(default_factory=dict)
    seen: dict[Key, Seen] = field(default_factory=dict)
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
    twice: int = 0
    """Rows about somebody who was on the same list before."""
    nobody: int = 0
    """Rows without any name, address or id."""
    doubts: list[str] = field(default_factory=list)
    how: list[str] = field(default_factory=list)
    """How dates were read, where there was a choice."""
    calendar: bool = False

    @property
    def counts(self) -> Counts:
        came = sum(each.present for each in self.seen.values())
        return Counts(
            len(self.gatherings.added),
            len(self.people.added),
            len(self.answers),
            came,
            len(self.seen) - came,
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
    def of_one_event(self) -> bool:
        return len({event for event, _ in self.seen}) == 1

    @property
    def is_empty(self) -> bool:
        return self.counts == Counts()

    @property
    def is_whole(self) -> bool:
        """Whether every row was taken, or known."""
        lost = (self.doubts, self.gatherings.none, self.early, self.nobody)
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
    for meeting in reading.meetings:
        plan.gatherings.take(meeting)
    for meeting in reading.cancelled:
        plan.gatherings.call_off(meeting)
    for meeting in reading.excepted:
        plan.gatherings.leave_out(meeting)
    plan.understood += len(reading.meetings) + len(reading.cancelled)


def _with_events(plan: Plan, reading: Reading, about: Which | None) -> Rows:
    """A row that is left out makes no person either, so this comes before anybody is found."""
    rows, known = Rows([], [], []), plan.people.walk_ins
    for guest in reading.guests:
        which = about if reading.about_one else guest.event
        if not (guest.name or guest.email or guest.handle or guest.person):
            plan.nobody += 1
        elif guest.person in known:
            plan.already += 1
            plan.understood += 1
        elif which is None or (event := plan.gatherings.find(which)):
            rows.guests.append((guest, event if which else None))
    for talk in reading.talks:
        if talk.person in known:
            plan.already += 1
            plan.understood += 1
        elif event := plan.gatherings.find(talk.event):
            rows.talks.append((talk, event))
    for demo in reading.demos:
        if event := plan.gatherings.find(demo.event):
            rows.demos.append((demo, event))
    plan.understood += len(rows.guests) + len(rows.talks) + len(rows.demos)
    return rows


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
    if guest.present is None:
        return
    if plan.gatherings.held[event].starts_at > plan.gatherings.now + DOOR_OPENS:
        plan.early[event] = plan.early.get(event, 0) + 1
        return
    seen = plan.seen.get(key)
    if seen and seen.present != guest.present:
        plan.torn[key] = guest.name
    if seen is None or (guest.present and not seen.present):
        plan.seen[key] = Seen(guest.present, guest.seen_at)


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


def _note_otherwise(plan: Plan, before: Before) -> None:
    """What is here stays, also where the file says something else; so that is told."""
    answers = {key for key, said in plan.answers.items()
               if before.answers.get(key, said.answer) != said.answer}  # fmt: skip
    seen = {key for key, note in plan.seen.items()
            if before.seen.get(key, note.present) != note.present}  # fmt: skip
    plan.otherwise = {key: plan.people.known[key[1]].name for key in answers | seen}


def told(plan: Plan) -> list[str]:
    """What whoever imports should look at, most weighty first."""
    people, events = plan.people, plan.gatherings
    found = differing(events)
    if plan.otherwise:
        found.append(
            f"{count(len(plan.otherwise), 'answer or check-in', 'answers or check-ins')} of this "
            f"file {_are(plan.otherwise)} different here: {_some(set(plan.otherwise.values()))}. "
            "What is here stays."
        )
    if plan.torn:
        found.append(
            f"{count(len(plan.torn), 'person is', 'people are')} on the list more than once, with "
            f"different answers: {_some(set(plan.torn.values()))}. A yes counts before a maybe, "
            "and that before a no."
        )
    found += _early(plan)
    if events.none:
        rows = sum(events.none.values())
        found.append(
            f"{count(rows, 'row')} left out, since I don't know their event or it could be one of "
            f"several: {_some(events.none)}. Give me the list of events too, or a column date."
        )
    if people.same_names:
        found.append(
            f"{_some(people.same_names)}: more than one person of that name, so I keep them apart."
        )
    if people.by_name:
        names = [people.known[each].name for each in people.by_name]
        found.append(f"{count(len(names), 'person')} matched by name alone: {_some(names)}.")
    if events.guessed:
        titles = [events.added[each].title for each in events.guessed if each in events.added]
        found.append(
            f"No hour that I can read for {_grouped(titles)}. I put them at 18:00 for two hours."
        )
    if people.pairs:
        found.append(_alike(people))
    if plan.twice:
        found.append(f"{count(plan.twice, 'row')} about somebody who is on the same list already.")
    if plan.nobody:
        found.append(f"{count(plan.nobody, 'row')} without a name. Left out.")
    return [*found, *left_out(events), *plan.doubts]


def _early(plan: Plan) -> Iterator[str]:
    events = plan.gatherings
    for id_, rows in list(plan.early.items())[:NAMED]:
        here = events.held[id_]
        day = long_day(here.starts_at.astimezone(events.zone))
        yield (
            f"{count(rows, 'row says', 'rows say')} who came to {quoted([here.title])} on {day}, "
            "which is still ahead. That is left out."
        )
    if len(plan.early) > NAMED:
        yield f"So it is with {count(len(plan.early) - NAMED, 'more event', 'more events')}."


def _alike(people: People) -> str:
    begun = f"{count(people.alike, 'pair')} of names that look alike. /event people asks a host"
    asked = len(people.pairs)
    if asked == people.alike:
        return f"{begun} about each."
    return f"{begun} about the {asked:,} most alike. The others stay two people."


def _what(readings: Iterable[Reading]) -> str:
    return " and ".join(dict.fromkeys(each.kind for each in readings))


def _some(names: Iterable[str]) -> str:
    listed = sorted(names)
    more = f" and {len(listed) - NAMED:,} more" if len(listed) > NAMED else ""
    return quoted(listed[:NAMED]) + more


def _grouped(titles: Iterable[str]) -> str:
    """Each title once, with how many dates it has."""
    counts = sorted(Counter(titles).items())
    listed = [
        f"{quoted([title])} ({number:,} dates)" if number > 1 else quoted([title])
        for title, number in counts[:NAMED]
    ]
    more = f" and {len(counts) - NAMED:,} more" if len(counts) > NAMED else ""
    return ", ".join(listed) + more


def _are(what: Collection[Any]) -> str:
    return "is" if len(what) == 1 else "are"


def count(number: int, what: str, plural: str = "") -> str:
    plural = plural or ("people" if what == "person" else f"{what}s")
    return f"{number:,} {what if number == 1 else plural}"
