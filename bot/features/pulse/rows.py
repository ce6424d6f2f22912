"""The rows behind a sentence: both parts of the very figure that it tells. Pure.

People are counted and never listed: a pulse is read by many, and `/metric` names them to one.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.markup import bulleted, plain
from bot.numbers import words
from bot.numbers.behind import Behind, behind
from bot.numbers.figures import Figure
from bot.numbers.flywheel import SHIPS_WITHIN, Stage
from bot.numbers.metrics import METRICS, night_before
from bot.numbers.rows import DEMO, Build, Night, Window
from bot.numbers.story import CALENDAR, Facts, Noted, Sentence, ToDo, noted_before

SHOWN = 20
AT_ONCE = 28
"""Rows on one card, under however many headings."""
NAME = 40
PEOPLE = frozenset({"builders", "newcomers", "speakers"})
COUNTED = {True: "✓ ", False: "– ", None: ""}


@dataclass(frozen=True, slots=True)
class Group:
    """One figure of one window, and its rows."""

    heading: str
    lines: Sequence[str]


def behind_sentence(
    facts: Facts, sentence: Sentence, sponsors: Mapping[str, str]
) -> tuple[Group, ...]:
    return tuple(_groups(facts, sentence, sponsors))


def told(groups: Sequence[Group]) -> str:
    """As text; of many rows the first."""
    most = SHOWN if len(groups) == 1 else AT_ONCE // max(1, len(groups))
    return "\n\n".join(_group(each, most) for each in groups)


def _group(group: Group, most: int) -> str:
    more = len(group.lines) - most
    listed = bulleted(group.lines[:most]) + (f"\n\n*and {more} more*" if more > 0 else "")
    return f"**{plain(group.heading)}**\n\n{listed}".strip()


def _groups(facts: Facts, sentence: Sentence, sponsors: Mapping[str, str]) -> Iterator[Group]:
    stages = {each.key: each for each in facts.wheel.stages}
    rows = frozenset(sentence.rows)
    for key in sentence.of:
        if key in METRICS:
            yield from _of_metric(facts, facts.figures[key], sentence, sponsors)
        elif key in stages:
            yield _of_stage(facts, stages[key], sponsors)
        elif key == CALENDAR:
            yield _calendar(facts, [each for each in facts.history.nights if each.id in rows])
        elif key == "events":
            nights = [each for each in facts.history.nights if each.id in rows]
            yield Group("How many came", [_night(each, _came(each)) for each in nights[::-1]])
        else:
            due = [each for each in facts.to_do if each.id in rows]
            yield Group("Tasks set after events", [_to_do(each) for each in due])


def _calendar(facts: Facts, nights: Sequence[Night]) -> Group:
    """The next event, and the newest ones."""
    ahead = words.day(facts.coming) if facts.coming else "none is planned"
    held = [_night(each, "held") for each in nights[::-1]]
    return Group("The calendar", [f"The next event: {ahead}", *held])


def _of_metric(
    facts: Facts, figure: Figure, sentence: Sentence, sponsors: Mapping[str, str]
) -> Iterator[Group]:
    yield _figure(facts, figure, sponsors)
    if sentence.compared:
        window = figure.window.before
        found = METRICS[figure.metric].count(facts.history, window)
        then = replace(figure, window=window, measure=found.measure, rows=found.rows)
        yield _figure(facts, then, sponsors)
    if sentence.key.startswith("step-") and (noted := noted_before(facts, figure)):
        yield Group("What you noted", [_noted(each) for each in noted])


def _figure(facts: Facts, figure: Figure, sponsors: Mapping[str, str]) -> Group:
    metric = METRICS[figure.metric]
    heading = f"{metric.label}: {words.brief(figure)}, {words.when(figure.window)}"
    found = behind(facts.history, figure)
    if metric.rows in PEOPLE:
        return Group(heading, [_people(found)])
    nights = {night.id: night for night in facts.history.nights}
    terms = {term.id: sponsors.get(term.sponsor, "A sponsor") for term in facts.history.terms}
    if metric.rows == "events":
        return Group(heading, [_night(nights[e.id], e.says) for e in found[::-1] if e.id in nights])
    return Group(heading, [_row(each, terms.get(each.id, "")) for each in found])


def _people(found: Sequence[Behind]) -> str:
    counted = sum(bool(each.counted) for each in found)
    return f"{counted} are counted, {len(found) - counted} are not. Names are left out here."


def _row(each: Behind, name: str) -> str:
    says = f"{plain(name, NAME)}: {each.says}" if name else words.begun(each.says)
    return f"{COUNTED[each.counted]}{says}"


def _of_stage(facts: Facts, stage: Stage, sponsors: Mapping[str, str]) -> Group:
    """The share that the stage is judged by, event by event where it is of events or of demos."""
    if stage.key == "trust":
        return _figure(facts, facts.figures["returning-builder-rate"], sponsors)
    if stage.key == "proof" and any(not term.one_off for term in facts.history.terms):
        return _figure(facts, facts.figures["sponsor-renewal"], sponsors)
    window, share = stage.main.window, stage.main.share
    assert window
    assert share
    lines = list(_AT_STAGE[stage.key](facts, window))
    said = f"{words.begun(stage.main.says)}: {words.in_short(share)}, {words.when(window)}"
    return Group(said, lines)


Lines = Iterator[str]


def _safety(facts: Facts, window: Window) -> Lines:
    return _of_demos(facts, window, lambda build: build.unfinished, "shown unfinished")


def _feedback(facts: Facts, window: Window) -> Lines:
    return _of_demos(facts, window, lambda build: build.heard, "with feedback in time")


def _of_demos(
    facts: Facts, window: Window, is_part: Callable[[Build], bool | None], says: str
) -> Lines:
    """Of those of which it was noted."""
    demos = [
        each
        for each in facts.history.builds
        if each.kind == DEMO and each.day in window and is_part(each) is not None
    ]
    shown = Counter(each.night for each in demos)
    part = Counter(each.night for each in demos if is_part(each))
    for night in _held(facts, window):
        if count := shown[night.id]:
            yield _night(night, f"{part[night.id]} of {words.several(count, 'demo')} {says}")


def _sharing(facts: Facts, window: Window) -> Lines:
    shown = Counter(each.night for each in facts.history.builds if each.kind == DEMO)
    for night in _held(facts, window):
        yield _night(night, words.several(shown[night.id], "demo"))


def _collaboration(facts: Facts, window: Window) -> Lines:
    sparks = facts.history.sparks
    after = Counter(night.id for each in sparks if (night := night_before(facts.history, each)))
    for night in _held(facts, window):
        yield _night(night, f"{words.several(after[night.id], 'group')} began joint work")


def _outcomes(facts: Facts, window: Window) -> Lines:
    for each in reversed([each for each in facts.history.projects if each.began in window]):
        limit = each.began + timedelta(days=SHIPS_WITHIN)
        done = bool(each.shipped and each.shipped <= limit)
        became = f"finished {words.day(each.shipped)}" if each.shipped else "not finished"
        yield f"{COUNTED[done]}Begun {words.day(each.began)}: {became}"


def _proof(facts: Facts, window: Window) -> Lines:
    first = facts.history.first_list
    for night in _held(facts, window):
        if night.present is not None and night is not first:
            yield _night(night, f"{night.newcomers} for the first time")


_AT_STAGE: Mapping[str, Callable[[Facts, Window], Lines]] = {
    "safety": _safety,
    "sharing": _sharing,
    "feedback": _feedback,
    "collaboration": _collaboration,
    "outcomes": _outcomes,
    "proof": _proof,
}


def _held(facts: Facts, window: Window) -> Sequence[Night]:
    """The newest first."""
    return facts.history.held(window)[::-1]


def _night(night: Night, says: str) -> str:
    return f"**{words.day(night.day)}** {plain(night.title, NAME)}: {says}"


def _came(night: Night) -> str:
    return f"{night.present} came" if night.present is not None else "nobody noted who came"


def _to_do(each: ToDo) -> str:
    return f"{COUNTED[each.done]}{plain(each.title, NAME)}: {'done' if each.done else 'open'}"


def _noted(each: Noted) -> str:
    """Whole: it is what the sentence is about."""
    return f"**{words.day(each.day)}** {plain(each.words)}"
