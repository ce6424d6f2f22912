"""A map as pictures, each with the words that say the same. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.charts import Bar, Line, bars, lines
from bot.content import Area
from bot.features.community_map.choosing import HIGHEST
from bot.features.community_map.together import BANDS, Together
from bot.markup import shorten
from bot.replies import ALT_TEXT, File, Picture

THIN = "thin spot"


@dataclass(frozen=True, slots=True)
class Week:
    """One map among others."""

    made: date
    levels: Mapping[str, int]
    thin: str | None


def of_map(areas: Iterable[Area], levels: Mapping[str, int], thin: str) -> Picture:
    """Eight bars. A thin spot at the highest level is not thin, and not marked."""
    marked = thin if levels[thin] < HIGHEST else ""
    rows = [
        Bar(each.name, levels[each.key], HIGHEST, of_four(levels[each.key]), _mark(each, marked))
        for each in areas
        if each.key in levels
    ]
    return _picture("map.png", bars(tuple(rows)), _said("My community map, as bars.", rows))


def of_all(areas: Iterable[Area], all_: Together) -> Picture:
    """The bands of all together."""
    rows = [
        Bar(
            each.name,
            all_.bands[each.key] + 1,
            len(BANDS),
            BANDS[all_.bands[each.key]],
            _mark(each, all_.thin or ""),
        )
        for each in areas
        if each.key in all_.bands
    ]
    return _picture("community.png", bars(tuple(rows)), _said("Our maps together, as bars.", rows))


def of_weeks(areas: Iterable[Area], weeks: Sequence[Week]) -> Picture:
    """How each area went, oldest first."""
    rows = [
        Line(
            each.name,
            tuple(week.levels.get(each.key) for week in weeks),
            _last(each, weeks[-1]),
            tuple(at for at, week in enumerate(weeks) if week.thin == each.key),
        )
        for each in areas
    ]
    first, last = (f"{each.made.day} {each.made:%b %Y}" for each in (weeks[0], weeks[-1]))
    span = last if len(weeks) == 1 else f"{len(weeks)} maps, {first} to {last}"
    drawn = lines(tuple(rows), HIGHEST, span, THIN)
    went = " ".join(f"{row.label} {_went(row)}." for row in rows)
    return _picture("history.png", drawn, f"My community map over time, {span}. {went}")


def of_four(level: int) -> str:
    return f"{level} of {HIGHEST}"


def day(moment: date) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _mark(area: Area, thin: str) -> str:
    return THIN if area.key == thin else ""


def _last(area: Area, week: Week) -> str:
    level = week.levels.get(area.key)
    return "" if level is None else of_four(level)


def _went(row: Line) -> str:
    known = [point for point in row.points if point is not None]
    if len(set(known)) <= 1:
        return f"at {known[-1]}" if known else "not asked"
    return f"from {known[0]} to {known[-1]}"


def _said(what: str, rows: Iterable[Bar]) -> str:
    each = [f"{row.label}: {row.value}{', ' + row.mark if row.mark else ''}." for row in rows]
    return " ".join([what, *each])


def _picture(name: str, png: bytes, alt: str) -> Picture:
    return Picture(File(name, png, "image/png"), shorten(alt, ALT_TEXT))
