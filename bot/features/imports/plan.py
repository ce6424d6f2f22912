"""What an import would add, worked out before anything is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.features.events.model import COMING, MAYBE, NOT_COMING
from bot.features.imports.gathering import Gatherings
from bot.features.imports.people import People
from bot.imports import Guest, Reading, Unreadable, Which
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
class Given:
    """A talk."""

    event: str
    person: str
    title: str


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
    already: int = 0
    """Rows that were known."""
    twice: int = 0
    """Rows about somebody who was on the same list before."""
    nobody: int = 0
    """Rows without any name, address or id."""
    doubts: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        parts = (self.gatherings.added, self.people.added, self.answers, self.seen, self.talks)
        return not any(parts)


@dataclass(frozen=True, slots=True)
class Before:
    """What is there already, by event and person; talks by event, person and title."""

    answers: set[Key]
    seen: set[Key]
    talks: set[tuple[str, str, str]]


def combine(
    readings: Sequence[Reading], about: Which | None, people: People, gatherings: Gatherings
) -> Plan:
    """Resolve every row of all files. `about` is the event of a list that names none."""
    plan = Plan(_what(readings), people, gatherings)
    if about is None and any(each.about_one for each in readings):
        raise Unreadable(
            "This list does not say which event it is of. Name the event: its title, and when it "
            "began if I don't know it yet.",
            "event",
        )
    for reading in readings:
        plan.doubts.extend(reading.doubts)
        for meeting in reading.meetings:
            gatherings.take(meeting)
    people.learn(readings)
    for reading in readings:
        for guest in reading.guests:
            _guest(plan, guest, about if reading.about_one else guest.event)
        for talk in reading.talks:
            if event := gatherings.find(talk.event):
                person = people.speaker(talk)
                plan.talks.append(Given(event, person, talk.title[:300]))
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


def rest_did_not_come(plan: Plan) -> int:
    """Whoever imports says so: a list never does. Returns how many that are."""
    plan.seen |= dict.fromkeys(plan.rest, Seen(False, None))
    count = len(plan.rest)
    plan.rest = set()
    return count


def _guest(plan: Plan, guest: Guest, event: Which | None) -> None:
    if not (guest.name or guest.email or guest.handle or guest.person):
        plan.nobody += 1
        return
    if guest.person in plan.people.walk_ins:
        plan.already += 1
        return
    person = plan.people.find(guest)
    found = plan.gatherings.find(event) if event else None
    if found is None:
        return
    key = (found, person)
    if guest.answer:
        before = plan.answers.get(key)
        plan.twice += before is not None
        if before is None or RANKED.index(guest.answer) > RANKED.index(before.answer):
            plan.answers[key] = Said(guest.answer, guest.answered_at)
    if guest.present is not None:
        seen = plan.seen.get(key)
        if seen is None or (guest.present and not seen.present):
            plan.seen[key] = Seen(guest.present, guest.seen_at)


def without(plan: Plan, before: Before) -> None:
    """Take out what is known: a repeat adds nothing, and nothing that is there is overwritten."""
    talks = {(each.event, each.person, each.title): each for each in plan.talks}
    pairs: tuple[tuple[dict[Any, Any], set[Any]], ...] = (
        (plan.answers, before.answers),
        (plan.seen, before.seen),
        (talks, before.talks),
    )
    for ours, theirs in pairs:
        for key in ours.keys() & theirs:
            del ours[key]
            plan.already += 1
    plan.talks = list(talks.values())
    plan.rest -= before.seen


def told(plan: Plan) -> list[str]:
    """What whoever imports should look at, most weighty first."""
    people, events = plan.people, plan.gatherings
    found: list[str] = []
    if events.none:
        rows = sum(events.none.values())
        found.append(
            f"{_count(rows, 'row')} left out, since I don't know their event or it could be one of "
            f"several: {_some(events.none)}. Give me the list of events too, or a column date."
        )
    if people.same_names:
        found.append(
            f"{_some(people.same_names)}: more than one person of that name, so I keep them apart."
        )
    if people.by_name:
        names = [people.known[each].name for each in people.by_name]
        found.append(f"{_count(len(names), 'person')} matched by name alone: {_some(names)}.")
    if events.guessed:
        titles = [events.added[each].title for each in events.guessed if each in events.added]
        found.append(f"No hour is known for {_some(titles)}. I put them at 18:00 for two hours.")
    if people.pairs:
        found.append(_alike(people))
    if plan.twice:
        found.append(f"{_count(plan.twice, 'row')} about somebody who is on the same list already.")
    if plan.nobody:
        found.append(f"{_count(plan.nobody, 'row')} without a name. Left out.")
    return [*found, *plan.doubts]


def _alike(people: People) -> str:
    begun = f"{_count(people.alike, 'pair')} of names that look alike. /event people asks a host"
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


def _count(number: int, what: str) -> str:
    plural = "people" if what == "person" else f"{what}s"
    return f"{number:,} {what if number == 1 else plural}"
