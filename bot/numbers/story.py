"""What the figures tell, in a few short sentences that are made by rule.

Each sentence stands on a figure and can be opened to its rows, and can be read without the others.
A change is told only when its interval excludes 0. What organisers noted as changed is placed in
time, and never as a reason. Where nothing happens any more, or nobody notes who comes, that stands
first, and it is what to start with. The rules for a step are else these:

- *keep* what a clear rise came after, or around;
- *try without* what a clear fall came after, or around;
- where no figure says what to keep or to stop, that is said;
- *start* at the stage that holds the others back, else where something clearly fell, else at the
  lowest of the known stages, without calling it that.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

from bot.markup import shorten
from bot.numbers import words
from bot.numbers.came import SIX, YEAR, Came, came
from bot.numbers.came import says as how_many
from bot.numbers.figures import FEW, Days, Figure, PerEvent, Range, Share, Size
from bot.numbers.flywheel import Stage, Wheel, aside, share_of, wheel
from bot.numbers.metrics import METRICS, RECENT
from bot.numbers.rows import History, Night, Window, last

KEPT = 0.8
"""Four promises in five: above it they are kept, below it they slip."""
QUIET = 42
"""Days without an event, where they are twice the usual gap too: nothing happens any more."""
USUAL = 12
"""Events that tell what gap is usual."""
CHANGES = 2
WORDS = 100
UNNOTED = "no change of yours is on record before what rose or fell"
UNTELLING = "only who was in the room has clearly changed"
SEVEN = "Of a community's seven stages,"
NOTHING = "nothing"
CALENDAR = "calendar"
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
    """What organisers changed, or chose to try or to stop, from a day on."""

    day: date
    words: str
    stopped: bool = False


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
    at_event: bool = False
    """The act has its place at an event, whenever the next one is."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Plain text. `key` finds it again; `rows` are ids; `window` and `range` belong to `metric`.

    `of` are the metrics and stages that it rests on; they are compared with the window before
    where it is told of a change.
    """

    key: str
    says: str
    metric: str = ""
    n: int = 0
    window: Window | None = None
    range: Range | None = None
    rows: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    compared: bool = False


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
    coming: date | None = None
    """The day of the next event."""
    typed: bool = True
    """Whoever reads it can type commands, so that steps name them."""

    @property
    def held(self) -> Sequence[Night]:
        """Before this day, or on it."""
        return [night for night in self.history.nights if night.day <= self.as_of]


def facts(
    history: History,
    as_of: date,
    noted: Iterable[Noted] = (),
    to_do: Iterable[ToDo] = (),
    steps: Mapping[str, Step] | None = None,
    coming: date | None = None,
    *,
    typed: bool = True,
) -> Facts:
    """Work them out. It takes a third of a second at most: not in the event loop."""
    figures = {key: metric.at(history, as_of) for key, metric in METRICS.items()}
    newest_first = sorted(noted, key=lambda each: each.day, reverse=True)
    turns = wheel(history, as_of)
    return Facts(history, as_of, figures, turns, newest_first, tuple(to_do), steps, coming, typed)


def story(facts: Facts) -> tuple[Sentence, ...]:
    """Three to six sentences where there is enough on record; one where there is nothing."""
    told: dict[str, Sentence] = {}
    for each in _all(facts):
        if each.rows:
            told.setdefault(each.key, each)
    return tuple(told.values()) or (Sentence(NOTHING, _nothing(facts)),)


def _nothing(facts: Facts) -> str:
    """And what to do first."""
    close = _with(facts, "/event close")
    if facts.held:
        return (
            "There is too little on record to tell anything yet. Note who comes to your next "
            f"events{close}, and the first figures follow."
        )
    if facts.coming:
        return (
            f"Nothing is on record yet. Your next event is on {_coming(facts)}: note who comes"
            f"{close}, and the first figures follow."
        )
    if not facts.typed:
        return "Nothing is on record yet. The first figures follow the first event."
    return (
        "Nothing is on record yet. Plan your first event with /event create, or bring in the past "
        "with /event import."
    )


def _with(facts: Facts, command: str) -> str:
    return f", with {command}" if facts.typed else ""


def _all(facts: Facts) -> Iterator[Sentence]:
    changed, found = _changed(facts), came(facts.history, facts.as_of)
    unnoted = _unnoted(facts)
    if _is_quiet(facts):
        yield _quiet(facts)
        yield from _came(facts, found)
        yield _again(facts)
        return
    yield from _unplanned(facts)
    if unnoted:
        yield unnoted
    yield from _came(facts, found)
    if changed:
        yield from (_change(facts, each) for each in changed)
    elif not unnoted:
        yield from _steady(facts, found)
    if not unnoted:
        yield from _turning(facts)
    yield from _promises(facts)
    if changed:
        yield _keep_or_stop(facts, changed)
    if unnoted:
        close = _with(facts, "/event close")
        says = f"Start this week: say who came, event by event{close}. It takes a minute each."
        yield replace(unnoted, key="start-noting", says=says)
    else:
        yield from _start(facts, changed)


def _is_quiet(facts: Facts) -> bool:
    if not facts.held:
        return False
    days = [night.day for night in facts.held[-USUAL:]]
    gaps = [(late - early).days for early, late in pairwise(days)]
    return (facts.as_of - days[-1]).days > max(QUIET, 2 * median(gaps) if gaps else 0)


def _quiet(facts: Facts) -> Sentence:
    newest = facts.held[-1].day
    ahead = f"the next one is on {_coming(facts)}" if facts.coming else "none is planned"
    says = (
        f"No event was held in the {(facts.as_of - newest).days} days since "
        f"{_day(newest, facts.as_of)}, and {ahead}."
    )
    return _of_calendar("quiet", says, facts.held[-SIX:])


def _again(facts: Facts) -> Sentence:
    """What to start with where nothing happens any more."""
    says = f"plan the next event, however small{_with(facts, '/event create')}."
    if facts.coming:
        says = f"tell those who came last of the event on {_coming(facts)}."
    return _of_calendar("start-again", f"Start this week: {says}", facts.held[-SIX:])


def _unplanned(facts: Facts) -> Iterator[Sentence]:
    if facts.held and facts.coming is None:
        yield _of_calendar("unplanned", "No next event is planned.", facts.held[-1:])


def _unnoted(facts: Facts) -> Sentence | None:
    """Where of most of the newest events nobody knows who came."""
    held = facts.history.held(last(YEAR, facts.as_of))
    if 2 * len(_without_list(held[-SIX:])) <= len(held[-SIX:]):
        return None
    missing = _without_list(held)
    of = f"{len(missing)} of {len(held)} events" if len(missing) < len(held) else _every(held)
    says = f"At {of} in the last twelve months nobody noted who came."
    return _of_nights("unnoted", says, missing)


def _every(nights: Sequence[Night]) -> str:
    return f"all {len(nights)} events" if len(nights) > 1 else "the one event"


def _without_list(nights: Iterable[Night]) -> list[Night]:
    return [night for night in nights if night.present is None]


def _came(facts: Facts, found: Came | None) -> Iterator[Sentence]:
    """How many came. More is neither good nor bad in itself, so nothing is kept or stopped."""
    if found:
        told = _of_nights("came", how_many(found), found.rows)
        yield replace(told, range=found.change)


def _of_nights(key: str, says: str, nights: Sequence[Night]) -> Sentence:
    window = Window(nights[0].day, nights[-1].day + timedelta(days=1))
    rows = tuple(night.id for night in nights)
    return Sentence(key, says, "", len(nights), window, None, rows, ("events",))


def _of_calendar(key: str, says: str, nights: Sequence[Night]) -> Sentence:
    """It tells when events are, and of nobody who came."""
    return replace(_of_nights(key, says, nights), of=(CALENDAR,))


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
    assert isinstance(figure.measure, Share | PerEvent)
    assert isinstance(figure.before, Share | PerEvent)
    now, days = words.plainly(figure.measure), figure.window.days
    says = (
        f"{_tells(facts, figure, now)}; "
        f"that {'rose' if _rose(figure) else 'fell'} from {words.plainly(figure.before)} "
        f"in the {days} before, likely {_by(figure)}."
    )
    if figure.metric in MIXED:
        says += " It says who was in the room, and is neither good nor bad in itself."
    return _of_change(figure, figure.metric, says)


def _steady(facts: Facts, found: Came | None) -> Iterator[Sentence]:
    """What is known best, where nothing has clearly changed."""
    best = _best(facts)
    if best is None:
        return
    if best.change:
        nothing = "Nothing else" if found and found.is_changed else "Nothing"
        says = f"{nothing} has clearly changed, so no figure says what to keep or to stop."
    else:
        says = "It is too early to speak of changes, so no figure says what to keep or to stop."
    yield _of_figure(best, best.metric, f"{says} {_told(facts, best)}.")


def _told(facts: Facts, figure: Figure) -> str:
    match figure.measure:
        case Share() | PerEvent() as measure:
            return f"{_tells(facts, figure, words.plainly(measure))}{words.likely(measure)}"
        case _:
            return _tells(facts, figure, words.brief(figure))


def _tells(facts: Facts, figure: Figure, value: str) -> str:
    """The figure as a sentence, with the days that its people or events are of."""
    return METRICS[figure.metric].tells.format(value, over=_over(figure.window, facts))


def _best(facts: Facts) -> Figure | None:
    """The figure that rests on most, of those that can be compared if there are any."""
    large = [each for each in facts.figures.values() if each.rows and each.size is not Size.FEW]
    return max(large, key=lambda each: (each.change is not None, each.n), default=None)


def _turning(facts: Facts) -> Iterator[Sentence]:
    """Which stage holds the others back; or that it can't be told yet, and why."""
    stage = _weakest(facts) or _lowest(facts)
    if stage is None:
        return
    both = facts.wheel.lowest or (stage,)
    if facts.wheel.weakest:
        says = f"{SEVEN} {aside(stage)} is your weakest; next comes {aside(both[1])}."
    else:
        says = f"{SEVEN} your weakest can't be told yet: {_why_not(facts, stage)}"
    yield _of_stages(facts, both, f"wheel-{stage.key}", says)


def _why_not(facts: Facts, stage: Stage) -> str:
    """Of stages of which some are not known, it says what to look at meanwhile."""
    why_not = words.within(facts.wheel.why_not)
    if facts.wheel.lowest:
        return why_not
    known = {each.key for each in facts.wheel.known}
    missing = next(each.key for each in facts.wheel.stages if each.key not in known)
    return f"{why_not}{_record(facts, missing)} Until then look at {aside(stage)}."


def _promises(facts: Facts) -> Iterator[Sentence]:
    """Whether hosts keep what they promised, once that is clear: of two, what slips more."""
    found = [each for each in (_follow_ups(facts), _asked_for(facts)) if each and each.range]
    if found:
        yield min(found, key=lambda each: each.range.high if each.range else 1)


def _follow_ups(facts: Facts) -> Sentence | None:
    figure = facts.figures["follow-up-minimum"]
    if not isinstance(figure.measure, Share) or not (kept := _kept(figure.measure)):
        return None
    says = f"Follow-up messages after events {kept}. {_told(facts, figure)}."
    return _of_figure(figure, figure.metric, says)


def _asked_for(facts: Facts) -> Sentence | None:
    window = last(RECENT, facts.as_of)
    due = [each for each in facts.to_do if each.due in window]
    if len(due) < FEW:
        return None
    share = Share(sum(each.done for each in due), len(due))
    if not (kept := _kept(share)):
        return None
    says = f"Tasks set after events {kept}: {words.plainly(share)} are done{words.likely(share)}"
    still = next((each for each in due if not each.done), None)
    says += f"; the oldest open one is “{_short(still.title)}”." if still else "."
    rows = tuple(each.id for each in sorted(due, key=lambda each: not each.done))
    of = ("retro-actions",)
    return Sentence("retro-actions", says, of[0], len(due), window, share.range, rows, of)


def _kept(share: Share) -> str:
    """Empty where it could be either."""
    if share.whole < FEW:
        return ""
    if share.range.high < KEPT:
        return "slip"
    return "are kept" if share.range.low >= KEPT else ""


def _keep_or_stop(facts: Facts, changed: Sequence[Figure]) -> Sentence:
    told = {each.metric: noted for each in changed if (noted := noted_before(facts, each))}
    steps = [_step(facts, each, told[each.metric]) for each in changed if each.metric in told]
    rose = {_rose(each) for each in changed if each.metric in told}
    of = [each for each in changed if each.metric in told] or changed
    if not told:
        telling = any(each.metric not in MIXED for each in changed)
        steps = [f"No figure says what to keep or to stop: {UNNOTED if telling else UNTELLING}."]
    elif rose == {True}:
        steps.append("No figure says what to stop.")
    rows = tuple(dict.fromkeys(row for each in of for row in each.rows))
    step = _of_change(of[0], f"step-{of[0].metric}", " ".join(steps))
    return replace(step, rows=rows, of=tuple(each.metric for each in of))


def _step(facts: Facts, figure: Figure, noted: Sequence[Noted]) -> str:
    """Named is the newest of what was noted; of others it says that they are there."""
    newest = noted[0]
    what = f"“{_short(newest.words)}” of {_day(newest.day, facts.as_of)}"
    if len(noted) > 1:
        what += f", the newest of {len(noted)} changes of yours"
    moved = f"“{words.within(METRICS[figure.metric].label)}”"
    when = f"{_placed(figure, noted)} {'it' if len(noted) == 1 else 'them'}"
    if _rose(figure):
        return f"Keep {what}: {moved} rose {when}, which is no proof."
    away = "Take back for four weeks" if newest.stopped else "Try four weeks without"
    return f"{away} {what}: {moved} fell {when}, which is no proof."


def _placed(figure: Figure, noted: Sequence[Noted]) -> str:
    """After, where all that it is compared with was over by then."""
    over = figure.window.start + timedelta(days=METRICS[figure.metric].mature)
    return "after" if all(each.day >= over for each in noted) else "around"


def _start(facts: Facts, changed: Iterable[Figure]) -> Iterator[Sentence]:
    """Where there are events and no figure yet, it says what makes one."""
    stage = _weakest(facts) or _fallen(facts, changed) or _lowest(facts)
    if not facts.steps:
        return
    if stage is None:
        if best := _best(facts):
            says = f"Start this week: write more down.{_record(facts, facts.wheel.stages[0].key)}"
            yield _of_figure(best, "start-record", says)
        elif facts.held:
            yield _of_nights("start-record", _nothing(facts), facts.held[-SIX:])
        return
    step = facts.steps[stage.key]
    says = f"{_begin(facts, step)}, for {stage.key}: {words.within(step.act)}"
    rows = _rows(facts, stage)
    still = [each for each in facts.to_do if not each.done and each.due <= facts.as_of]
    if near := next((each for each in still if each.night in rows), None):
        says += f" Still to do from a look back: “{_short(near.title)}”."
    yield _of_stages(facts, (stage,), f"start-{stage.key}", says)


def _record(facts: Facts, stage: str) -> str:
    """How to have more of a stage on record: with commands."""
    return f" {facts.steps[stage].record}" if facts.steps and facts.typed else ""


def _begin(facts: Facts, step: Step) -> str:
    if not step.at_event:
        return "Start this week"
    if facts.coming is None:
        return f"Start this week: plan the next event{_with(facts, '/event create')}. There"
    return f"Start at the next event, on {_coming(facts)}"


def _coming(facts: Facts) -> str:
    assert facts.coming
    return f"{facts.coming:%a} {_day(facts.coming, facts.as_of)}"


def _weakest(facts: Facts) -> Stage | None:
    return next((each for each in facts.wheel.stages if each.key == facts.wheel.weakest), None)


def _fallen(facts: Facts, changed: Iterable[Figure]) -> Stage | None:
    """The stage of the first figure that clearly fell, if that stage is known."""
    known = {stage.key: stage for stage in facts.wheel.known}
    fallen = [STAGE_OF.get(each.metric, "") for each in changed if not _rose(each)]
    return next((known[key] for key in fallen if key in known), None)


def _lowest(facts: Facts) -> Stage | None:
    return min(facts.wheel.known, key=lambda stage: share_of(stage).value, default=None)


def _of_figure(figure: Figure, key: str, says: str) -> Sentence:
    found = _range(figure)
    of = (figure.metric,)
    return Sentence(key, says, of[0], figure.n, figure.window, found, figure.rows, of)


def _of_change(figure: Figure, key: str, says: str) -> Sentence:
    return replace(_of_figure(figure, key, says), range=figure.change, compared=True)


def _of_stages(facts: Facts, stages: Sequence[Stage], key: str, says: str) -> Sentence:
    """It belongs to the first, and opens to the rows of all."""
    share, window = share_of(stages[0]), stages[0].main.window
    rows = tuple(dict.fromkeys(row for each in stages for row in _rows(facts, each)))
    of = tuple(each.key for each in stages)
    return Sentence(key, says, of[0], share.whole, window, share.range, rows, of)


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


def noted_before(facts: Facts, figure: Figure) -> Sequence[Noted]:
    """What was noted from the start of the time before to the middle of this one, the newest
    first: what came later had no time to be seen, and no metric that is mixed is told with one."""
    if figure.metric in MIXED:
        return ()
    start = figure.window.before.start
    middle = figure.window.start + timedelta(days=figure.window.days // 2)
    near = Window(start, middle)
    return [each for each in facts.noted if each.day in near]


def _rose(figure: Figure) -> bool:
    assert figure.change
    return figure.change.low > 0


def _by(figure: Figure) -> str:
    """The size of a clear change, as its interval."""
    assert figure.change
    low, high = sorted((abs(figure.change.low), abs(figure.change.high)))
    if isinstance(figure.measure, PerEvent):
        return f"by {low:.1f} to {high:.1f} an event"
    return f"by {_rounded(100 * low)} to {_rounded(100 * high)} points"


def _rounded(points: float) -> str:
    return f"{points:.0f}" if points >= 1 else "less than 1"


def _range(figure: Figure) -> Range | None:
    match figure.measure:
        case Share() | PerEvent() | Days():
            return figure.measure.range
        case None:
            return None


def _over(window: Window, facts: Facts) -> str:
    return f"in the {window.days} days to {_day(window.last, facts.as_of)}"


def _day(day: date, as_of: date) -> str:
    """With its year where that is another one."""
    return f"{day.day} {day:%B}" if day.year == as_of.year else words.day(day)


def _short(text: str) -> str:
    return shorten(text, WORDS)
