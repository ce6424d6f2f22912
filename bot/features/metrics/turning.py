"""`/flywheel`: the seven stages as a wheel, and the one that holds it back if that can be told."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot import charts
from bot.actions import Role
from bot.charts import Sector
from bot.content import Content, Principle
from bot.context import Context, Scene, Via
from bot.features.metrics.actions import feature, metric
from bot.features.metrics.history import history
from bot.features.principles import principle, title
from bot.features.weekly.needs import Need
from bot.markup import shorten
from bot.numbers import words
from bot.numbers.figures import Size, size_of
from bot.numbers.flywheel import Stage, Wheel, aside, wheel
from bot.replies import ALT_TEXT, Button, Card, Field, File, Picture, Reply

WEAKEST = "weakest"
NOTHING = "nothing yet"
UNTOLD = "weakest:\ncan't be\ntold yet"
EMPTY = "Nothing is on record yet. Each stage says when it can be told."
MOST_NAMED = 2


@feature.command("flywheel", role=Role.ORGANISER)
async def flywheel(ctx: Context) -> Reply:
    """See the seven stages that carry each other, and which one holds the rest back."""
    await charts.ready()
    found = wheel_of(ctx.content, await _turned(ctx))
    reads = [principle.button(f"Read {title(each)}", number=each.number) for each in found.fits]
    drawn = await charts.drawn(lambda: picture(found))
    buttons = (*reads, metric.button("All numbers"))
    return Reply(card(found, drawn, buttons), update=ctx.call.via is Via.PRESS)


async def weakest(scene: Scene) -> Need | None:
    """For the principle of the week: none while it can't be told."""
    key = (await _turned(scene)).weakest
    if key is None:
        return None
    name = scene.content.stages[key].name
    return Need(key, f"Of all that carries this community, our numbers are lowest here: {name}.")


@dataclass(frozen=True, slots=True)
class Turning:
    """A wheel with the words for its stages and the principles that fit the weakest."""

    wheel: Wheel
    names: Mapping[str, str]
    fits: Sequence[Principle]


def wheel_of(content: Content, found: Wheel) -> Turning:
    names = {key: stage.name for key, stage in content.stages.items()}
    fits = content.moving(found.weakest) if found.weakest else []
    return Turning(found, names, fits[:MOST_NAMED])


def card(found: Turning, drawn: Picture, buttons: tuple[Button, ...]) -> Card:
    fields = tuple(Field(_heading(found, stage), _said(stage)) for stage in found.wheel.stages)
    return Card("The flywheel", _opening(found), fields, buttons, picture=drawn)


def picture(found: Turning) -> Picture:
    hub = f"{WEAKEST}:\n{found.names[found.wheel.weakest]}" if found.wheel.weakest else UNTOLD
    png = charts.wheel(tuple(_sectors(found)), hub)
    return Picture(File("flywheel.png", png, "image/png"), shorten(_alt(found), ALT_TEXT))


def _opening(found: Turning) -> str:
    turns = "Seven stages that carry a community, each the next one, clockwise."
    if not any(stage.main.share for stage in found.wheel.stages):
        return f"{turns} {EMPTY}"
    turns += f" “Likely” is a range that is {words.SURE}."
    if found.wheel.weakest is None:
        return f"{turns}\n\nWhich one is weakest can't be told yet. {found.wheel.why_not}"
    lowest, following = (aside(each) for each in found.wheel.lowest)
    apart = f"**{words.begun(lowest)}** is weakest: its range lies below all others"
    named = " and ".join(title(each) for each in found.fits)
    fits = f" What fits: {named}." if named else ""
    return f"{turns}\n\n{apart}, the nearest being {following}.{fits}"


def _heading(found: Turning, stage: Stage) -> str:
    mark = f" ◆ {WEAKEST}" if stage.key == found.wheel.weakest else ""
    return f"{found.names[stage.key]}{mark}"


def _said(stage: Stage) -> str:
    main = stage.main
    if main.share is None:
        first = f"{words.begun(main.says)}: {NOTHING}. It can be told {main.comes}"
    else:
        said = words.measured(main.share, size_of(main.share.whole))
        change = words.moved(main.share, main.before)
        first = f"{words.begun(main.says)}: {said}. {change}".strip()
    besides = [f"{words.begun(each)}." for each in stage.besides]
    return " ".join([first, *besides])


def _sectors(found: Turning) -> Iterable[Sector]:
    """Of few the count alone: no fill that would look like a share."""
    for stage in found.wheel.stages:
        name, share = found.names[stage.key], stage.main.share
        mark = WEAKEST if stage.key == found.wheel.weakest else ""
        if share is None:
            yield Sector(name, NOTHING)
        elif size_of(share.whole) is Size.FEW:
            yield Sector(name, f"{share.part} of {share.whole}")
        else:
            sure = share.range
            value = f"{share.part} of {share.whole}"
            yield Sector(name, value, share.value, sure.low, sure.high, mark)


def _alt(found: Turning) -> str:
    said = [f"{_heading(found, stage)}: {_short(stage)}." for stage in found.wheel.stages]
    end = "" if found.wheel.weakest else " Which stage is weakest can't be told yet."
    return f"The flywheel, a ring of seven stages. {' '.join(said)}{end}"


def _short(stage: Stage) -> str:
    share = stage.main.share
    if share is None:
        return NOTHING
    return f"{stage.main.says}, {words.in_short(share)}"


async def _turned(scene: Scene) -> Wheel:
    past = await history(scene)
    return await asyncio.to_thread(wheel, past, scene.today)
