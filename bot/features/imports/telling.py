"""What whoever imports should look at: what was guessed, left out, or stays unknown. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from bot.features.imports.differing import differing, left_out
from bot.features.imports.people import People
from bot.features.imports.plan import Plan, count
from bot.imports.dates import long_day
from bot.imports.rows import quoted

NAMED = 5
"""Names in one sentence of doubt."""


def told(plan: Plan) -> list[str]:
    """Most weighty first."""
    events = plan.gatherings
    return [
        *differing(events),
        *_contradicted(plan),
        *_early(plan),
        *_not_shown(plan),
        *_left_out(plan),
        *_guessed(plan),
        *left_out(events),
        *plan.doubts,
        *(plan.unknown if plan.demos else ()),
        *_unnoted(plan),
    ]


def _contradicted(plan: Plan) -> Iterator[str]:
    if plan.otherwise:
        yield (
            f"{count(len(plan.otherwise), 'answer or check-in', 'answers or check-ins')} of this "
            f"file {_are(plan.otherwise)} different here: {_some(set(plan.otherwise.values()))}. "
            "What is here stays."
        )
    if plan.torn:
        yield (
            f"{count(len(plan.torn), 'person is', 'people are')} on the list more than once, with "
            f"different answers: {_some(set(plan.torn.values()))}. A yes counts before a maybe, "
            "and that before a no."
        )


def _left_out(plan: Plan) -> Iterator[str]:
    if none := plan.gatherings.none:
        yield (
            f"{count(sum(none.values()), 'row')} left out, since I don't know their event or it "
            f"could be one of several: {_some(none)}. Give me the list of events too, or a column "
            "date, with the hour where one day has two."
        )
    if plan.twice:
        yield f"{count(plan.twice, 'row')} about somebody who is on the same list already."
    if plan.nobody:
        yield f"{count(plan.nobody, 'row')} without a name. Left out."


def _guessed(plan: Plan) -> Iterator[str]:
    people, events = plan.people, plan.gatherings
    if people.same_names:
        names = _some(people.same_names)
        yield f"{names}: more than one person of that name, so I keep them apart."
    if people.by_name:
        names = _some([people.known[each].name for each in people.by_name])
        yield f"{count(len(people.by_name), 'person')} matched by name alone: {names}."
    if events.guessed:
        titles = [events.added[each].title for each in events.guessed if each in events.added]
        clock = "" if events.zone == events.home else f" in {place(events.zone)}"
        yield (
            f"No hour that I can read for {_grouped(titles)}. I put them at 18:00{clock} for two "
            "hours."
        )
    if people.pairs:
        yield _alike(people)


def _unnoted(plan: Plan) -> Iterator[str]:
    if not plan.unnoted:
        return
    it = "it" if plan.unnoted == 1 else "them"
    are = "event is" if plan.unnoted == 1 else "events are"
    yield (
        f"{plan.unnoted:,} {are} over, and nobody is noted as having come. "
        f"The figures on who comes leave {it} out until somebody notes it."
    )


def place(zone: ZoneInfo) -> str:
    """A zone as people write it."""
    return zone.key.replace("_", " ")


def _not_shown(plan: Plan) -> Iterator[str]:
    for (what, event), rows in list(plan.ahead.items())[:NAMED]:
        yield f"{count(rows, what)} at {event}, which is still ahead. Left out."
    if len(plan.ahead) > NAMED:
        yield f"So it is with {count(len(plan.ahead) - NAMED, 'more event', 'more events')}."
    if plan.before_it:
        yield (
            f"{count(len(plan.before_it), 'demo')} with a heard_at before the event began: "
            f"{_some(plan.before_it)}. Left out."
        )


def _early(plan: Plan) -> Iterator[str]:
    events = plan.gatherings
    for id_, rows in list(plan.early.items())[:NAMED]:
        here = events.held[id_]
        day = long_day(here.starts_at.astimezone(events.home))
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
