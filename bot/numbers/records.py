"""What a forecast rests on, and what became of it: both read from the same history.

Only what is known by a day counts, so that looking back from any day sees what could be seen then.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from datetime import date, timedelta

from bot.numbers.metrics import night_before
from bot.numbers.plans import QUARTER, Cases, Count, Records
from bot.numbers.rows import (
    DEMO,
    GONE,
    GRACE,
    HEARD,
    SPARKED,
    Build,
    History,
    Kind,
    Night,
    Project,
    Window,
)

DEMOS = ("demos", "first_demos", "feedback")
FROM_EVENTS = ("attendance", "newcomers", *DEMOS, "sparks")
YEARS = 3
"""Of quarters that tell how many things ship: older ones weigh next to nothing."""
MATURE: Mapping[str, int] = {
    "attendance": 7,
    "newcomers": 7,
    "demos": 7,
    "first_demos": 7,
    "feedback": 7,
    "sparks": SPARKED,
    "ships": 7,
    "renewals": GRACE.days,
}
"""Days after a plan's end until an outcome can be told. People get a week to note what happened."""
RECORDED: Mapping[str, Kind] = {
    "attendance": "lists",
    "newcomers": "lists",
    "demos": "demos",
    "first_demos": "demos",
    "feedback": "demos",
    "sparks": "sparks",
    "ships": "projects",
    "renewals": "terms",
}
"""Which kind of record an outcome is counted from. Before its first day there is none to count, and
not 0."""


def records(history: History, as_of: date) -> Records:
    """What the days before one say. A first night has only newcomers, so it teaches nothing about
    their share."""
    nights = [night for night in history.nights if night.day < as_of]
    seen = [(night, night.present) for night in nights if night.present is not None]
    shown = _shown(history)
    heard = [night for night in nights if night.day + HEARD < as_of]
    sparked, began = _sparked(history), _began(history)
    since = history.began("sparks") or as_of
    until = as_of - timedelta(days=SPARKED)
    ripe = [night for night in nights if since <= night.day < until]
    return Records(
        attendance=[Count(night.day, present) for night, present in seen],
        newcomers=[_cases(night, night.newcomers, present) for night, present in seen[1:]],
        slots=list(_filled(nights, shown)),
        first_demos=[
            _cases(night, _firsts(known, began), len(known))
            for night in nights
            if (known := _known(shown.get(night.id, ())))
        ],
        feedback=[
            _cases(night, sum(told), len(told))
            for night in heard
            if (told := _heard(shown.get(night.id, ())))
        ],
        sparks=[Count(night.day, sparked.get(night.id, 0)) for night in ripe],
        ships=list(_ships(history, as_of)),
        renewals=list(_renewals(history, as_of)),
    )


def happened(history: History, window: Window) -> dict[str, int | None]:
    """By outcome, what became of a plan for these days. None where nobody noted it, or had noted
    any of its kind by then, or where there was no event, or no slot for a demo, and so nobody had
    the opportunity."""
    nights = history.held(window)
    ids = {night.id for night in nights}
    seen = [night.present for night in nights if night.present is not None]
    all_seen = len(seen) == len(nights)
    demos = [each for each in _demos(history) if each.night in ids]
    sparked = _sparked(history)
    from_events: dict[str, int | None] = {
        "attendance": sum(seen) if all_seen else None,
        "newcomers": sum(night.newcomers for night in nights) if all_seen else None,
        "demos": len(demos),
        "first_demos": _firsts(_known(demos), _began(history)),
        "feedback": sum(_heard(demos)) if len(_heard(demos)) == len(demos) else None,
        "sparks": sum(sparked.get(each, 0) for each in ids),
    }
    if not _is_recorded(history, "sparks", window):
        from_events["sparks"] = None
    if nights and not demos and all(night.slots == 0 for night in nights):
        from_events |= dict.fromkeys(DEMOS)
    over = [term for term in history.terms if term.end in window and not term.one_off]
    shipped = sum(bool(each.shipped and each.shipped in window) for each in history.projects)
    return (from_events if nights else dict.fromkeys(from_events)) | {
        "ships": shipped if _is_recorded(history, "ships", window) else None,
        "renewals": sum(term.is_renewed for term in over),
    }


def unseen(history: History, window: Window) -> int:
    """Events of which it is not known who came."""
    return sum(night.present is None for night in history.held(window))


def windows_before(day: date, days: int, number: int) -> Iterator[Window]:
    """As long each, newest first."""
    window = Window(day - timedelta(days=days), day)
    for _ in range(number):
        yield window
        window = window.before


def usual(history: History, day: date, days: int) -> dict[str, tuple[float | None, float | None]]:
    """By outcome, what two simple rules say of as many days: the last time, and the mean of the
    last four. None where records do not reach back so far."""
    before = [(window, happened(history, window)) for window in windows_before(day, days, 4)]
    found: dict[str, tuple[float | None, float | None]] = {}
    for name, kind in RECORDED.items():
        since = history.began(kind)
        counts = [
            came[name] if since is not None and since <= window.start else None
            for window, came in before
        ]
        found[name] = counts[0], _mean(counts)
    return found


def _mean(counts: Sequence[int | None]) -> float | None:
    known = [each for each in counts if each is not None]
    return sum(known) / len(known) if len(known) == len(counts) else None


def usual_at(
    history: History, day: date, days: int, events: int
) -> dict[str, tuple[float | None, float | None]]:
    """The same for so many events, as each of them was then: else the rules would lose to a range
    only because the plan knows how many there will be. What does not come from events stays."""
    held = [len(history.held(window)) for window in windows_before(day, days, 4)]
    last = events / held[0] if held[0] else None
    mean = events * len(held) / sum(held) if any(held) else None
    return {
        name: (_times(said[0], last), _times(said[1], mean)) if name in FROM_EVENTS else said
        for name, said in usual(history, day, days).items()
    }


def _times(said: float | None, times: float | None) -> float | None:
    return None if said is None or times is None else said * times


def _is_recorded(history: History, name: str, window: Window) -> bool:
    """Whether anything of its kind was on record by then."""
    since = history.began(RECORDED[name])
    return since is not None and since < window.end


def most_shown(history: History, as_of: date) -> int:
    """Demos at one event before a day, whatever slots it had."""
    shown = _shown(history)
    counts = (len(shown.get(night.id, ())) for night in history.nights if night.day < as_of)
    return max(counts, default=0)


def under_way(history: History, day: date) -> int:
    """Things that somebody builds on a day."""
    return sum(_is_open(project, day) for project in history.projects)


def ending(history: History, window: Window) -> int:
    """Sponsors' terms that run out then."""
    return sum(term.end in window and not term.one_off for term in history.terms)


def _cases(night: Night, part: int, whole: int) -> Cases:
    return Cases(night.day, min(part, whole), whole)


def _filled(nights: Sequence[Night], shown: Mapping[str, Sized]) -> Iterator[Cases]:
    """Where nobody said how many slots there were, there was room for as many as any such event
    showed. What one showed beyond its slots is left out: those that kept to theirs, and might have
    shown more, could not be set against it."""
    counts = {night.id: len(shown.get(night.id, ())) for night in nights}
    room = max((counts[night.id] for night in nights if night.slots is None), default=0)
    for night in nights:
        if slots := room if night.slots is None else night.slots:
            yield _cases(night, counts[night.id], slots)


def _demos(history: History) -> list[Build]:
    return [build for build in history.builds if build.kind == DEMO]


def _shown(history: History) -> dict[str, list[Build]]:
    """Demos by event."""
    found: dict[str, list[Build]] = {}
    for build in _demos(history):
        found.setdefault(build.night, []).append(build)
    return found


def _began(history: History) -> dict[str, date]:
    """When each presenter showed something for the first time."""
    found: dict[str, date] = {}
    for build in _known(_demos(history)):
        found[build.person] = min(build.day, found.get(build.person, build.day))
    return found


def _known(demos: Iterable[Build]) -> list[Build]:
    """Whoever has left is nobody any more: it can't be told whether they had shown something."""
    return [build for build in demos if build.person != GONE]


def _heard(demos: Iterable[Build]) -> list[bool]:
    """Of each demo of which it was noted, whether its presenter heard something in time."""
    return [build.heard for build in demos if build.heard is not None]


def _firsts(demos: Sequence[Build], began: Mapping[str, date]) -> int:
    """Presenters who had shown nothing before."""
    return len({build.person for build in demos if build.day == began[build.person]})


def _sparked(history: History) -> dict[str, int]:
    """Sparks by the event that they go back to."""
    found: dict[str, int] = {}
    for spark in history.sparks:
        if night := night_before(history, spark):
            found[night.id] = found.get(night.id, 0) + 1
    return found


def _ships(history: History, as_of: date) -> Iterator[Cases]:
    """By quarters, counted back."""
    for window in windows_before(as_of, int(QUARTER), 4 * YEARS):
        there = [
            project
            for project in history.projects
            if project.began < window.end
            and not _before(project.shipped, window.start)
            and not _before(project.let_go, window.start)
        ]
        shipped = sum(bool(each.shipped and each.shipped in window) for each in there)
        if there:
            yield Cases(window.start, shipped, len(there))


def _renewals(history: History, as_of: date) -> Iterator[Cases]:
    for term in history.terms:
        if not term.one_off and term.end + GRACE < as_of:
            yield Cases(term.end, int(term.is_renewed), 1)


def _is_open(project: Project, day: date) -> bool:
    gone = _before(project.shipped, day) or _before(project.let_go, day)
    return project.began < day and not gone


def _before(day: date | None, other: date) -> bool:
    return day is not None and day < other
