"""What the figures tell, in a few short sentences that are made by rule.

Each sentence stands on a figure and can be opened to its rows. A change is told only when its
interval excludes 0. What organisers noted as changed is placed in time, and never as a reason.
The rules for a step are these:

- *keep* what a clear rise followed;
- *stop* what a clear fall followed, or try without it;
- *start* at the stage that holds the flywheel back, else where something clearly fell, else at the
  lowest stage that is known.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.markup import shorten
from bot.numbers import words
from bot.numbers.figures import FEW, Days, Figure, PerEvent, Range, Share, Size
from bot.numbers.flywheel import Stage, Wheel, wheel
from bot.numbers.metrics import METRICS, RECENT
from bot.numbers.rows import History, Window, last

KEPT = 0.8
"""Four promises in five: above it they are kept, below it they slip."""
CHANGES = 2
WORDS = 100
MIXED = frozenset({"returning-attendee-rate", "newcomers-per-event"})
"""Who was in the room. More of it is neither good nor bad, so nothing is kept or stopped for it."""
STAGE_OF = {
    "returning-builder-rate": "trust",
    "show-rate": "trust",
    "follow-up-minimum": "trust",
    "first-time-to-demo": "safety",
    "new-speaker-share": "safety",
    "repeat-speaker-rate": "sharing",
    "retro-response": "feedback",
    "collaboration-sparks": "collaboration",
    "sponsor-renewal": "proof",
}


@dataclass(frozen=True, slots=True)
class Noted:
    """What organisers changed, or chose to try, from a day on."""

    day: date
    words: str


@dataclass(frozen=True, slots=True)
class ToDo:
    """What a retro asked for, after which event. Its owner is nobody's business here."""

    id: str
    night: str
    title: str
    due: date
    done: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A stage in words: its name, an act for it, and how to have more of it on record."""

    name: str
    act: str
    record: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """Plain text. `key` finds it again; `rows` are ids; `window` and `range` belong to `metric`."""

    key: str
    says: str
    metric: str = ""
    n: int = 0
    window: Window | None = None
    range: Range | None = None
    rows: tuple[str, ...] = ()


NOTHING = Sentence(
    "nothing",
    "There is too little on record to tell anything yet. Note who comes to your next events, and "
    "the first figures follow.",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a story is made of."""

    history: History
    as_of: date
    figures: Mapping[str, Figure]
    wheel: Wheel
    noted: Sequence[Noted] = ()
    to_do: Sequence[ToDo] = ()
    steps: Mapping[str, Step] | None = None


def facts(
    history: History,
    as_of: date,
    noted: Iterable[Noted] = (),
    to_do: Iterable[ToDo] = (),
    steps: Mapping[str, Step] | None = None,
) -> Facts:
    """Work them out. It takes a third of a second at most: not in the event loop."""
    figures = {key: metric.at(history, as_of) for key, metric in METRICS.items()}
    newest_first = sorted(noted, key=lambda each: each.day, reverse=True)
    return Facts(history, as_of, figures, wheel(history, as_of), newest_first, tuple(to_do), steps)


def story(facts: Facts) -> tuple[Sentence, ...]:
    """Three to six sentences where there is enough on record; one where there is nothing."""
    told: dict[str, Sentence] = {}
    for each in _all(facts):
        if each.rows:
            told.setdefault(each.key, each)
    return tuple(told.values()) or (NOTHING,)


def _all(facts: Facts) -> Iterator[Sentence]:
    changed = _changed(facts)
    if changed:
        yield from (_change(facts, each) for each in changed)
    else:
        yield from _steady(facts)
    yield from _turning(facts)
    yield from _promises(facts)
    yield from _keep_or_stop(facts, changed)
    yield from _start(facts, changed)


def _changed(facts: Facts) -> list[Figure]:
    """Clear changes: those that are good or bad first, and of these the clearest."""
    found = [each for each in facts.figures.values() if each.is_changed and each.rows]
    telling = sorted(found, key=lambda e: (e.metric not in MIXED, _clearness(e)), reverse=True)
    return telling[:CHANGES]


def _clearness(figure: Figure) -> float:
    assert figure.change
    low, high = figure.change.low, figure.change.high
    return abs(low + high) / (high - low) if high > low else 0


def _change(facts: Facts, figure: Figure) -> Sentence:
    now, rose = figure.window, _rose(figure)
    says = (
        f"{_name(figure)} {'rose' if rose else 'fell'} by {_by(figure)}: {words.brief(figure)}, "
        f"{_over(now)}; before that, {_before(figure)}."
    )
    if figure.metric in MIXED:
        says += " It says who was in the room, and is neither good nor bad in itself."
    elif noted := _noted_before(facts, figure):
        says += f" It followed “{_short(noted.words)}” of {_day(noted.day)}: "
        says += "that says when, not why."
    return _of_change(figure, figure.metric, says)


def _steady(facts: Facts) -> Iterator[Sentence]:
    """What is known best, where nothing has clearly changed."""
    best = _best(facts)
    if best is None:
        return
    now = f"{_name(best)}: {words.brief(best)}, {_over(best.window)}"
    if best.change:
        says = f"Nothing has clearly changed. {now}; what differs from before may be chance."
    else:
        says = f"It is too early to speak of changes. {now}."
    yield _of_figure(best, best.metric, says)


def _best(facts: Facts) -> Figure | None:
    """The figure that rests on most, of those that can be compared if there are any."""
    large = [each for each in facts.figures.values() if each.rows and each.size is not Size.FEW]
    return max(large, key=lambda each: (each.change is not None, each.n), default=None)


def _turning(facts: Facts) -> Iterator[Sentence]:
    """Which stage holds the flywheel back; or that it can't be told yet, and what would tell."""
    stage = _weakest(facts) or _lowest(facts)
    if stage is None:
        return
    share = _share(stage)
    measured = f"{stage.main.says}: {likely(share)}"
    if facts.wheel.weakest:
        says = f"{_called(facts, stage)} holds the flywheel back. {_sentence(measured)}."
    else:
        says = (
            "Which stage holds the flywheel back can't be told yet. "
            f"{_called(facts, stage)} is the lowest so far, {measured}. {_would_tell(facts)}"
        )
    yield _of_stage(facts, stage, f"wheel-{stage.key}", says)


def _would_tell(facts: Facts) -> str:
    known = {stage.key for stage in _known(facts)}
    missing = [each.key for each in facts.wheel.stages if each.key not in known]
    record = facts.steps[missing[0]].record if missing and facts.steps else ""
    return f"{facts.wheel.would_tell} {record}".strip()


def _promises(facts: Facts) -> Iterator[Sentence]:
    """Whether hosts keep what they promised: of two, the one that slips more."""
    found = [each for each in (_follow_ups(facts), _asked_for(facts)) if each and each.range]
    if found:
        yield min(found, key=lambda each: each.range.high if each.range else 1)


def _follow_ups(facts: Facts) -> Sentence | None:
    figure = facts.figures["follow-up-minimum"]
    if not isinstance(figure.measure, Share) or figure.size is Size.FEW:
        return None
    says = f"{_promised(figure.measure, 'Follow-ups')} {words.brief(figure)} in time, "
    return _of_figure(figure, figure.metric, f"{says}{_over(figure.window)}.")


def _asked_for(facts: Facts) -> Sentence | None:
    window = last(RECENT, facts.as_of)
    due = [each for each in facts.to_do if each.due in window]
    if len(due) < FEW:
        return None
    share = Share(sum(each.done for each in due), len(due))
    says = f"{_promised(share, 'Actions from retros')} {likely(share)} done"
    still = next((each for each in due if not each.done), None)
    says += f"; the oldest open one is “{_short(still.title)}”." if still else "."
    rows = tuple(each.id for each in sorted(due, key=lambda each: not each.done))
    return Sentence("retro-actions", says, "retro-actions", len(due), window, share.range, rows)


def _promised(share: Share, what: str) -> str:
    if share.range.high < KEPT:
        return f"{what} slip:"
    return f"{what} are kept:" if share.range.low >= KEPT else f"{what} so far:"


def _keep_or_stop(facts: Facts, changed: Iterable[Figure]) -> Iterator[Sentence]:
    for figure in changed:
        noted = _noted_before(facts, figure)
        if noted is None:
            continue
        what, name = f"what you noted on {_day(noted.day)}", _name(figure).lower()
        if _rose(figure):
            says = f"Keep {what}: {name} rose after it."
        else:
            says = f"Stop {what}, or leave it out for four weeks: {name} fell after it."
        key = f"step-{figure.metric}"
        yield _of_change(figure, key, says)
        return


def _start(facts: Facts, changed: Iterable[Figure]) -> Iterator[Sentence]:
    stage = _weakest(facts) or _fallen(facts, changed) or _lowest(facts)
    if not facts.steps:
        return
    if stage is None:
        if best := _best(facts):
            record = facts.steps[facts.wheel.stages[0].key].record
            yield _of_figure(best, "start-record", f"Start this week: write more down. {record}")
        return
    says = f"Start this week: {_lower(facts.steps[stage.key].act)}"
    rows = _rows(facts, stage)
    still = [each for each in facts.to_do if not each.done and each.due <= facts.as_of]
    if near := next((each for each in still if each.night in rows), None):
        says += f" Still open from a retro: “{_short(near.title)}”."
    yield _of_stage(facts, stage, f"start-{stage.key}", says)


def _weakest(facts: Facts) -> Stage | None:
    return next((each for each in facts.wheel.stages if each.key == facts.wheel.weakest), None)


def _fallen(facts: Facts, changed: Iterable[Figure]) -> Stage | None:
    """The stage of the first figure that clearly fell, if that stage is known."""
    known = {stage.key: stage for stage in _known(facts)}
    fallen = [STAGE_OF.get(each.metric, "") for each in changed if not _rose(each)]
    return next((known[key] for key in fallen if key in known), None)


def _lowest(facts: Facts) -> Stage | None:
    return min(_known(facts), key=lambda stage: _share(stage).value, default=None)


def _known(facts: Facts) -> list[Stage]:
    return [s for s in facts.wheel.stages if s.main.share and s.main.share.whole >= FEW]


def _share(stage: Stage) -> Share:
    assert stage.main.share, "only stages that are known are told"
    return stage.main.share


def _of_figure(figure: Figure, key: str, says: str) -> Sentence:
    found = _range(figure)
    return Sentence(key, says, figure.metric, figure.n, figure.window, found, figure.rows)


def _of_change(figure: Figure, key: str, says: str) -> Sentence:
    return Sentence(key, says, figure.metric, figure.n, figure.window, figure.change, figure.rows)


def _of_stage(facts: Facts, stage: Stage, key: str, says: str) -> Sentence:
    share = _share(stage)
    rows = _rows(facts, stage)
    return Sentence(key, says, stage.key, share.whole, stage.main.window, share.range, rows)


def _rows(facts: Facts, stage: Stage) -> tuple[str, ...]:
    """What a stage's indicator looks at."""
    window = stage.main.window
    match stage.key:
        case "trust":
            return facts.figures["returning-builder-rate"].rows
        case "proof" if facts.figures["sponsor-renewal"].rows:
            return facts.figures["sponsor-renewal"].rows
        case "outcomes":
            return tuple(p.id for p in facts.history.projects if window and p.began in window)
        case _:
            return tuple(night.id for night in facts.history.held(window)) if window else ()


def _noted_before(facts: Facts, figure: Figure) -> Noted | None:
    """The newest thing noted from the start of the time before to the middle of this one: what
    came later had no time to be seen, and no metric that is mixed is told with one."""
    if figure.metric in MIXED:
        return None
    start = figure.window.before.start
    middle = figure.window.start + timedelta(days=figure.window.days // 2)
    near = Window(start, middle)
    return next((each for each in facts.noted if each.day in near), None)


def _rose(figure: Figure) -> bool:
    assert figure.change
    return figure.change.low > 0


def _by(figure: Figure) -> str:
    """The size of a clear change, as its interval."""
    assert figure.change
    low, high = sorted((abs(figure.change.low), abs(figure.change.high)))
    if isinstance(figure.measure, PerEvent):
        return f"{low:.1f} to {high:.1f} an event"
    return f"{_rounded(100 * low)} to {_rounded(100 * high)} points"


def _rounded(points: float) -> str:
    return f"{points:.0f}" if points >= 1 else "less than 1"


def _before(figure: Figure) -> str:
    match figure.before:
        case Share(part=part, whole=whole):
            return f"{part} of {whole}"
        case PerEvent(count=count, events=events):
            return f"{count} at {events} events"
        case _:
            raise ValueError("Without a time before there is no change.")


def _range(figure: Figure) -> Range | None:
    match figure.measure:
        case Share() | PerEvent() | Days():
            return figure.measure.range
        case None:
            return None


def likely(share: Share) -> str:
    """A share and its interval; of few the count alone."""
    if share.whole < FEW:
        return f"{share.part} of {share.whole}"
    low, high = 100 * share.range.low, 100 * share.range.high
    return f"{share.part} of {share.whole}, likely {low:.0f} to {high:.0f} %"


def _over(window: Window) -> str:
    return f"in the {window.days} days to {_day(window.end - timedelta(days=1))}"


_day = words.day


def _name(figure: Figure) -> str:
    return METRICS[figure.metric].name


def _called(facts: Facts, stage: Stage) -> str:
    return facts.steps[stage.key].name if facts.steps else stage.key.capitalize()


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _short(text: str) -> str:
    return shorten(text, WORDS)
