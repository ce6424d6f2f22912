"""The seven stages, each as a share of its chances, and which of them holds the wheel back.

Each stage has one indicator that is a share, so that stages can be laid side by side: of those who
could, how many did. A stage is named only when it stands apart: its whole interval lies below those
of all others, and all rest on enough.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from humanize import natural_list

from bot.numbers import words
from bot.numbers.begins import Needs
from bot.numbers.figures import FEW, PerEvent, Share
from bot.numbers.metrics import METRICS, apart, night_before
from bot.numbers.rows import DEMO, HEARD, SPARKED, Build, History, Window, last

HALF_YEAR = 180
SHIPS_WITHIN = 90
YEAR = 365
NEW = "events that somebody new came to"
KINDS = {
    "champion": ("champion who speaks for you", "champions who speak for you"),
    "hire": ("hire that began here", "hires that began here"),
}
DEMOS = Needs(("demos",))
EVENTS_WITH_DEMOS = Needs(("events", "demos"))
EVENTS_WITH_SPARKS = Needs(("events", "sparks"))
PROJECTS = Needs(("projects",))
LISTS = Needs(("lists",))
NEWEST = "each counted for the newest event before it"


@dataclass(frozen=True, slots=True)
class Indicator:
    """What a stage is judged by: `share` is None where nobody had the chance."""

    says: str
    share: Share | None
    before: Share | None = None
    window: Window | None = None
    comes: str = ""
    """When it can be told first."""


@dataclass(frozen=True, slots=True)
class Stage:
    """`key` is a stage of content/flywheel.yaml. `besides` are counts that colour the picture."""

    key: str
    main: Indicator
    besides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wheel:
    """`weakest` is None while the data can't tell: `why_not` says why. `lowest` are the two stages
    that were compared, none while some are not known."""

    as_of: date
    stages: tuple[Stage, ...]
    weakest: str | None
    why_not: str = ""
    lowest: tuple[Stage, ...] = ()

    @property
    def known(self) -> tuple[Stage, ...]:
        return known(self.stages)


Count = Callable[[History, Window], Share | None]


def wheel(history: History, as_of: date) -> Wheel:
    stages = (
        _trust(history, as_of),
        _safety(history, as_of),
        _sharing(history, as_of),
        _feedback(history, as_of),
        _collaboration(history, as_of),
        _outcomes(history, as_of),
        _proof(history, as_of),
    )
    return turned(as_of, stages)


def turned(as_of: date, stages: tuple[Stage, ...]) -> Wheel:
    """Names the stage that stands apart from all others, or says why none does."""
    told = known(stages)
    if missing := [stage for stage in stages if stage not in told]:
        why_not = (
            f"Too little is on record yet about {natural_list([each.key for each in missing])}."
        )
        return Wheel(as_of, stages, None, why_not)
    lowest = min(told, key=lambda stage: share_of(stage).value)
    others = (stage for stage in told if stage is not lowest)
    nearest = min(others, key=lambda stage: (share_of(stage).range.low, share_of(stage).value))
    if share_of(lowest).range.high < share_of(nearest).range.low:
        return Wheel(as_of, stages, lowest.key, lowest=(lowest, nearest))
    close = f"{aside(lowest)} and {aside(nearest)} are too close to tell apart."
    return Wheel(as_of, stages, None, words.begun(close), (lowest, nearest))


def known(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    """Those that rest on enough to be told."""
    return tuple(each for each in stages if each.main.share and each.main.share.whole >= FEW)


def share_of(stage: Stage) -> Share:
    assert stage.main.share, "only stages that are known are told"
    return stage.main.share


def aside(stage: Stage) -> str:
    """A stage with its figure, within a sentence."""
    return f"{stage.key} ({stage.main.says}: {words.unbraced(share_of(stage))})"


def _trust(history: History, as_of: date) -> Stage:
    metric = METRICS["returning-builder-rate"]
    figure = metric.at(history, as_of)
    now = figure.measure if isinstance(figure.measure, Share) else None
    then = figure.before if isinstance(figure.before, Share) else None
    main = Indicator(words.within(metric.label), now, then, figure.window, metric.comes)
    return Stage("trust", main)


def _safety(history: History, as_of: date) -> Stage:
    def unfinished(history: History, window: Window) -> Share | None:
        return _of_demos(history, window, lambda demo: demo.unfinished)

    new = METRICS["new-speaker-share"].at(history, as_of).measure
    besides: tuple[str, ...] = ()
    if isinstance(new, Share):
        besides = (f"{new.part} of {new.whole} demos and talks were by first-timers",)
    main = _indicator(
        "demos shown unfinished", "after the first demo.", unfinished, history, as_of, DEMOS
    )
    return Stage("safety", main, besides)


def _sharing(history: History, as_of: date) -> Stage:
    def with_demos(history: History, window: Window) -> Share | None:
        shown = {build.night for build in history.builds if build.kind == DEMO}
        nights = history.held(window)
        return _share(sum(night.id in shown for night in nights), len(nights))

    main = _indicator(
        "events with a demo",
        "after the first event with a demo.",
        with_demos,
        history,
        as_of,
        EVENTS_WITH_DEMOS,
    )
    if main.share is None or main.window is None:
        return Stage("sharing", main)
    demos = sum(each.kind == DEMO and each.day in main.window for each in history.builds)
    return Stage("sharing", main, (_at(demos, "demo", main.share.whole),))


def _feedback(history: History, as_of: date) -> Stage:
    def heard(history: History, window: Window) -> Share | None:
        return _of_demos(history, window, lambda demo: demo.heard)

    says = "demos with feedback within 48 hours"
    return Stage(
        "feedback",
        _indicator(says, "two days after the first demo.", heard, history, as_of - HEARD, DEMOS),
    )


def _collaboration(history: History, as_of: date) -> Stage:
    def followed(history: History, window: Window) -> Share | None:
        nights = history.held(window)
        sparked = {night.id for s in history.sparks if (night := night_before(history, s))}
        return _share(sum(night.id in sparked for night in nights), len(nights))

    says = "events after which people began joint work within 30 days"
    ready = as_of - timedelta(days=SPARKED)
    sparks = METRICS["collaboration-sparks"].at(history, as_of).measure
    besides: tuple[str, ...] = ()
    if isinstance(sparks, PerEvent):
        besides = (f"{words.several(sparks.count, 'group')} after these events, {NEWEST}",)
    main = _indicator(
        says, METRICS["collaboration-sparks"].comes, followed, history, ready, EVENTS_WITH_SPARKS
    )
    return Stage("collaboration", main, besides)


def _outcomes(history: History, as_of: date) -> Stage:
    def shipped(history: History, window: Window) -> Share | None:
        begun = [each for each in history.projects if each.began in window]
        limit = timedelta(days=SHIPS_WITHIN)
        done = [each for each in begun if each.shipped and each.shipped <= each.began + limit]
        return _share(len(done), len(begun))

    window = last(HALF_YEAR, as_of)
    counted = [
        f"{count} {one if count == 1 else more}"
        for kind, (one, more) in KINDS.items()
        if (count := _of_kind(history, kind, window))
    ]
    says = "things begun that were finished within 90 days"
    ready = as_of - timedelta(days=SHIPS_WITHIN)
    main = _indicator(
        says, "90 days after somebody has begun something.", shipped, history, ready, PROJECTS, YEAR
    )
    return Stage("outcomes", main, (", ".join(counted),) if counted else ())


def _proof(history: History, as_of: date) -> Stage:
    """By its sponsors; a community that has none is judged by whether somebody new comes."""
    new = METRICS["newcomers-per-event"].at(history, as_of).measure
    besides = (_at(new.count, "newcomer", new.events),) if isinstance(new, PerEvent) else ()
    if all(term.one_off for term in history.terms):
        return Stage(
            "proof",
            _indicator(
                NEW,
                "after the second event with a list of who came.",
                _somebody_new,
                history,
                as_of,
                LISTS,
            ),
            besides,
        )
    figure = METRICS["sponsor-renewal"].at(history, as_of)
    now = figure.measure if isinstance(figure.measure, Share) else None
    then = figure.before if isinstance(figure.before, Share) else None
    return Stage(
        "proof",
        Indicator(
            "sponsor agreements that were renewed",
            now,
            then,
            figure.window,
            METRICS["sponsor-renewal"].comes,
        ),
        besides,
    )


def _somebody_new(history: History, window: Window) -> Share | None:
    """The first list on record is left out: everybody is new to it."""
    nights = [
        night
        for night in history.held(window)
        if night.present is not None and night is not history.first_list
    ]
    return _share(sum(night.newcomers > 0 for night in nights), len(nights))


def _indicator(
    says: str,
    comes: str,
    count: Count,
    history: History,
    as_of: date,
    needs: Needs,
    days: int = HALF_YEAR,
) -> Indicator:
    """As far as records reach."""
    window = last(days, as_of)
    since = needs.since(history)
    if since is None or since >= window.end:
        return Indicator(says, None, None, window, comes)
    known = needs.reach(history, window.before, as_of)
    before = count(history, window.before) if known else None
    looked_at = window.since(since)
    return Indicator(says, count(history, looked_at), before, looked_at, comes)


def _of_demos(
    history: History, window: Window, is_part: Callable[[Build], bool | None]
) -> Share | None:
    """Of those of which it is known. Demos of one evening may be alike."""
    shown = [each for each in history.builds if each.kind == DEMO and each.day in window]
    known = [each for each in shown if is_part(each) is not None]
    part = [each for each in known if is_part(each)]
    by = apart(part, known, lambda each: each.night or each.day)
    return Share(len(part), len(known), by) if known else None


def _share(part: int, whole: int) -> Share | None:
    return Share(part, whole) if whole else None


def _of_kind(history: History, kind: str, window: Window) -> int:
    return sum(each.kind == kind and each.day in window for each in history.outcomes)


def _at(count: int, what: str, nights: int) -> str:
    return f"{words.several(count, what)} at {words.several(nights, 'event')}"
