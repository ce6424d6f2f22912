"""One page for leadership: the story, the figures, the wheel, the programme, and their limits.

It stands alone: no network, no script, and no list of members. All text by people is escaped.
"""

from base64 import b64encode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files

from bot.context import Scene
from bot.features.metrics.cards import definition
from bot.features.program.store import changes
from bot.features.pulse import picture, store
from bot.features.pulse.cards import became, verb
from bot.features.pulse.reading import SIX, Pulse, read
from bot.numbers import words
from bot.numbers.figures import ENOUGH, FEW, Figure, Size, size_of
from bot.numbers.flywheel import Stage, aside
from bot.numbers.metrics import METRICS
from bot.numbers.rows import DEMO, Night, Window, last

LISTED = 40
LIMITS = (
    "A range allows for chance alone. Where events differ by more, it is wider than is shown.",
    f"Below {FEW} people or events only the count is shown. Quote what rests on {ENOUGH} or more.",
    f"A change is told from {ENOUGH} on, now and before, and only when its range leaves out zero.",
    "The range of a change allows for how much events differ.",
    "Of twenty figures that did not change, about one will still seem to.",
    "What was changed is placed in time. That something came after it does not say why.",
    "The first visit on record need not be the first. Who came before records begin is unknown.",
    "Where nobody noted who came, it is unknown, and not counted as nobody.",
    "Nothing here is a score of a person.",
)


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    value: str
    over: str
    known: bool
    quoted: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """In per cent."""

    low: float
    wide: float
    at: float


@dataclass(frozen=True, slots=True)
class Turn:
    name: str
    says: str
    value: str
    weakest: bool
    range: Bar | None


@dataclass(frozen=True, slots=True)
class Evening:
    day: str
    title: str
    came: str
    new: str
    demos: int


@dataclass(frozen=True, slots=True)
class Dated:
    day: str
    words: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a plan may bring of one kind; what was hoped for, and what one costs, may be empty."""

    name: str
    range: str
    hoped: str
    price: str
    rests_on: str


@dataclass(frozen=True, slots=True)
class Expected:
    """A forecast that was issued, and whose days are not over."""

    days: str
    plan: str
    notes: tuple[str, ...]
    outlooks: tuple[Outlook, ...]


Source = Callable[[Scene], Awaitable[Sequence[Expected]]]
forecasts: list[Source] = []
"""Who knows forecasts that were issued adds itself here."""


@dataclass(frozen=True, slots=True)
class Definition:
    name: str
    says: str


async def report(scene: Scene, days: int) -> str:
    """The page, as of today, with the events, changes and decisions of the last days."""
    found = await read(scene, typed=False)
    window = last(days, found.facts.as_of)
    return page(
        scene.community.name,
        found,
        window,
        [Dated(words.day(e.day), e.words) for e in await changes(scene, window.start)],
        [
            Dated(words.day(each.day), f"{verb(each)}: {each.words} ({became(each)})")
            for each in await store.decisions(scene)
            if each.day >= window.start
        ],
        [each for source in forecasts for each in await source(scene)],
    )


def page(
    community: str,
    found: Pulse,
    window: Window,
    changed: list[Dated],
    decided: list[Dated],
    expected: Sequence[Expected] = (),
) -> str:
    facts = found.facts
    drawn = picture.attendance(facts)
    nights = facts.history.held(window)
    since = facts.history.since
    from mako.template import Template  # only whoever writes a page needs it

    template = Template(  # noqa: S702  every value is escaped: default_filters
        files(__package__).joinpath("report.html").read_text(encoding="utf-8"),
        default_filters=["h"],
        strict_undefined=True,
    )
    made: str = template.render(
        community=community,
        as_of=words.day(facts.as_of),
        since=words.day(since) if since else "",
        left_out=words.left_out(facts.history.left_out),
        sure=words.SURE,
        story=[each.says for each in found.sentences],
        figures=[_line(each) for each in found.six],
        turning=_turning(found),
        stages=[_turn(found, each) for each in facts.wheel.stages],
        picture=b64encode(drawn.file.data).decode() if drawn else "",
        alt=drawn.alt if drawn else "",
        days=window.days,
        events=[_evening(found, each) for each in reversed(nights[-LISTED:])],
        more=max(0, len(nights) - LISTED),
        changes=changed,
        decisions=decided,
        expected=expected,
        definitions=[_definition(key) for key in SIX],
        limits=LIMITS,
    )
    return made


def _line(figure: Figure) -> Line:
    return Line(
        METRICS[figure.metric].label,
        _value(figure),
        words.when(figure.window),
        figure.measure is not None,
        figure.size is Size.ENOUGH,
    )


def _value(figure: Figure) -> str:
    """As `/metric` lists it, or why there is none yet, and when there will be."""
    if figure.measure:
        return f"{words.begun(words.brief(figure))}."
    return f"{figure.why_not} It can be told {METRICS[figure.metric].comes}"


def _turning(found: Pulse) -> str:
    wheel = found.facts.wheel
    if wheel.weakest:
        lowest, following = (aside(each) for each in wheel.lowest)
        return f"{words.begun(lowest)} is weakest: its range lies below that of {following}."
    return f"Which one is weakest can't be told yet. {wheel.why_not}"


def _turn(found: Pulse, stage: Stage) -> Turn:
    share = stage.main.share
    weakest = stage.key == found.facts.wheel.weakest
    name = _stage_name(found, stage.key)
    if share is None:
        return Turn(name, stage.main.says, words.UNKNOWN, weakest, None)
    if size_of(share.whole) is Size.FEW:
        return Turn(name, stage.main.says, words.in_short(share), weakest, None)
    low, high = 100 * share.range.low, 100 * share.range.high
    bar = Bar(round(low, 1), round(high - low, 1), round(100 * share.value, 1))
    return Turn(name, stage.main.says, words.in_short(share), weakest, bar)


def _stage_name(found: Pulse, key: str) -> str:
    steps = found.facts.steps
    return steps[key].name if steps else key.capitalize()


def _evening(found: Pulse, night: Night) -> Evening:
    demos = [each for each in found.facts.history.builds if each.kind == DEMO]
    unknown = night.present is None
    return Evening(
        words.day(night.day),
        night.title,
        "not noted" if unknown else str(night.present),
        "" if unknown else str(night.newcomers),
        sum(each.night == night.id for each in demos),
    )


def _definition(key: str) -> Definition:
    metric = METRICS[key]
    return Definition(
        f"{metric.label}: {words.within(metric.name)}",
        f"{definition(metric)} {metric.care} Version {metric.version}.",
    )
