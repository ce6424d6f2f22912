"""The rows behind a figure: what was counted, when it was, and which of it is the part."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.numbers.figures import Days, Figure, Share
from bot.numbers.metrics import METRICS, RECENT, Rows
from bot.numbers.rows import DEMO, History, Night, Window
from bot.numbers.words import day

MOST_DAYS = 4


@dataclass(frozen=True, slots=True)
class Behind:
    """One row. `counted`: it is in the part; None where it adds several to part and whole."""

    id: str
    says: str
    counted: bool | None


def behind(history: History, figure: Figure) -> tuple[Behind, ...]:
    """Those in the part first."""
    kind = METRICS[figure.metric].rows
    said = _SAID[kind](history, figure)
    part = len(figure.rows)
    match figure.measure:
        case Share() | Days() if kind != "events":
            part = figure.measure.part
    return tuple(
        Behind(id_, said.get(id_, ""), None if kind == "events" else at < part)
        for at, id_ in enumerate(figure.rows)
    )


Said = dict[str, str]


def _builders(history: History, figure: Figure) -> Said:
    """All days in both windows, so that one sees who came back and when."""
    both = Window(figure.window.start, figure.window.end + timedelta(days=RECENT))
    return _days((each.person, each.day) for each in history.builds if each.day in both)


def _speakers(history: History, figure: Figure) -> Said:
    return _days((each.person, each.day) for each in history.builds if each.on_stage)


def _newcomers(history: History, figure: Figure) -> Said:
    shown: dict[str, date] = {}
    for build in history.builds:
        if build.kind == DEMO:
            shown.setdefault(build.person, build.day)
    return {
        first.person: f"came {day(first.day)}"
        + (f", showed {day(shown[first.person])}" if first.person in shown else "")
        for first in history.firsts
    }


def _events(history: History, figure: Figure) -> Said:
    if figure.metric == "retro-response":
        return {each.night: f"{each.answered} of {each.asked} answered" for each in history.retros}
    if figure.metric == "show-rate":
        return {each.id: f"{each.shown} of {each.approved} came" for each in history.nights}
    if figure.metric == "returning-attendee-rate":
        return {
            each.id: f"{each.recognised - each.newcomers} of {each.recognised} had come before"
            for each in history.nights
        }
    return {each.id: _first_visits(each) for each in history.nights}


def _first_visits(night: Night) -> str:
    told = f"{night.newcomers} for the first time, of {night.present} there"
    return f"{told}, {night.nameless} of them without an account" if night.nameless else told


def _sparks(history: History, figure: Figure) -> Said:
    return {each.id: day(each.day) for each in history.sparks}


def _terms(history: History, figure: Figure) -> Said:
    return {
        each.id: f"ended {day(each.end - timedelta(days=1))}"
        + (f", renewed {day(each.renewed_on)}" if each.renewed_on else "")
        for each in history.terms
    }


def _projects(history: History, figure: Figure) -> Said:
    return {
        each.id: f"began {day(each.began)}"
        + (f", shipped {day(each.shipped)}" if each.shipped else "")
        + (f", let go {day(each.let_go)}" if each.let_go else "")
        for each in history.projects
    }


def _follow_ups(history: History, figure: Figure) -> Said:
    return {each.id: f"due {day(each.due)}" for each in history.follow_ups}


_SAID: dict[Rows, Callable[[History, Figure], Said]] = {
    "builders": _builders,
    "newcomers": _newcomers,
    "speakers": _speakers,
    "events": _events,
    "sparks": _sparks,
    "terms": _terms,
    "projects": _projects,
    "follow-ups": _follow_ups,
}


def _days(found: Iterable[tuple[str, date]]) -> Said:
    by_person: dict[str, list[date]] = {}
    for person, on in found:
        by_person.setdefault(person, []).append(on)
    return {person: ", ".join(_newest(days)) for person, days in by_person.items()}


def _newest(days: list[date]) -> Iterator[str]:
    if len(days) > MOST_DAYS:
        yield "…"
    yield from (day(each) for each in days[-MOST_DAYS:])
