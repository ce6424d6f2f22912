"""A figure and what stands behind it, as cards. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from bot.features.metrics.store import UNNAMED
from bot.markup import bulleted, plain, shorten
from bot.numbers import words
from bot.numbers.behind import Behind
from bot.numbers.figures import ENOUGH, FEW, Figure
from bot.numbers.metrics import METRICS, Metric
from bot.replies import FIELD_VALUE, TEXT, Button, Card, Choice, Field

PAGE = 20
"""Rows on one card."""
HOW_SURE = (
    f"“Likely” is a range that is {words.SURE}. Quote what begins with a rate: it rests on "
    f"{ENOUGH} or more. Under {FEW} you see counts alone."
)


def all_(figures: Iterable[Figure], choice: Choice, *, empty: bool) -> Card:
    figures = list(figures)
    lines = [_brief(each) for each in figures]
    opening = (
        "Nothing is on record yet. Each figure appears once its time has come; "
        "pick one to read when."
        if empty
        else HOW_SURE
    )
    out = words.left_out(figures[0].left_out)
    text = "\n\n".join(filter(None, [opening, bulleted(lines), out]))
    return Card("The numbers", text, choice=choice)


def _brief(figure: Figure) -> str:
    metric = METRICS[figure.metric]
    over = f" ({words.months(figure.window)})" if figure.measure else ""
    return f"**{metric.name}**: {words.within(metric.label)}{over}, {words.brief(figure)}"


def figure(found: Figure, beside: Figure, buttons: tuple[Button, ...], met: str = "") -> Card:
    """One figure with the one to look at beside it, so that nobody is led to game it. `met` says
    how many pairs have met again, where there are many."""
    metric, other = METRICS[found.metric], METRICS[beside.metric]
    said = [words.explained(_labelled(found))]
    said.append(words.changed(found) if found.measure else f"It can be told {metric.comes}")
    fields = (
        Field("What it counts", definition(metric)),
        Field(f"Beside it: {other.name}", _labelled(beside)),
        *([Field("Who met again", met)] if met else []),
        Field("Take care", shorten(" ".join([metric.care, *found.notes]), FIELD_VALUE)),
        Field("Where it comes from", _source(metric, found)),
    )
    return Card(metric.name, "\n\n".join(filter(None, said)), fields, buttons)


def _labelled(found: Figure) -> str:
    told = words.told(found)
    return f"**{METRICS[found.metric].label}**: {told}" if found.measure else told


def definition(metric: Metric) -> str:
    return f"Looked at: {metric.whole}.\nCounted: {metric.part}."


def _source(metric: Metric, found: Figure) -> str:
    parts = [
        f"{words.when(found.window)}, as of {words.day(found.as_of)}",
        words.sample(found),
        f"definition {metric.version}",
        words.left_out(found.left_out).rstrip("."),
    ]
    return " · ".join(filter(None, parts))


def rows(
    metric: Metric,
    shown: Sequence[Behind],
    names: Mapping[str, str],
    *,
    page: int,
    pages: int,
    total: int,
    buttons: tuple[Button, ...],
) -> Card:
    """What a figure counts, one line each, for organisers alone."""
    of = f", page {page} of {pages}" if pages > 1 else ""
    if not shown:
        return Card(f"{metric.name}: the rows", "There are none yet.", buttons=buttons)
    lines = [_line(each, names) for each in shown]
    opening = f"{total} in all{of}. Only you see this."
    return Card(
        f"{metric.name}: the rows",
        shorten(f"{opening}\n\n{bulleted(lines)}", TEXT),
        buttons=buttons,
    )


def _line(each: Behind, names: Mapping[str, str]) -> str:
    mark = {True: "✓ ", False: "– ", None: ""}[each.counted]
    name = plain(names.get(each.id) or UNNAMED, 60)
    return f"{mark}{name}: {each.says}" if each.says else f"{mark}{name}"
