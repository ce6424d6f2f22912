"""The pulse as data: what cards and the report are made of."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.content import Content
from bot.context import Scene
from bot.features.events.store import coming
from bot.features.metrics.history import history
from bot.features.pulse import store
from bot.features.pulse.model import Decision
from bot.numbers.figures import Figure
from bot.numbers.story import Facts, Sentence, Step, facts, story
from bot.schedule import zone_of

SIX = (
    "returning-builder-rate",
    "first-time-to-demo",
    "repeat-speaker-rate",
    "collaboration-sparks",
    "sponsor-renewal",
    "time-to-ship",
)


@dataclass(frozen=True, slots=True)
class Pulse:
    facts: Facts
    sentences: tuple[Sentence, ...]
    recalled: Sequence[Decision] = ()

    @property
    def six(self) -> tuple[Figure, ...]:
        return tuple(self.facts.figures[key] for key in SIX)


async def read(scene: Scene, day: date | None = None, *, typed: bool = True) -> Pulse:
    """As of the beginning of a day: of today, if none is named. `typed`: for readers who can type
    commands."""
    as_of = day or scene.today
    known = await history(scene)
    noted, to_do = await store.noted(scene, as_of), await store.to_do(scene, as_of)
    steps = steps_of(scene.content)
    ahead = await _next_day(scene)
    found = await asyncio.to_thread(facts, known, as_of, noted, to_do, steps, ahead, typed=typed)
    return Pulse(found, story(found), await store.recalled(scene))


async def _next_day(scene: Scene) -> date | None:
    """Of the next event that has not begun."""
    ahead = [each.starts_at for each in await coming(scene) if each.starts_at > scene.now]
    return ahead[0].astimezone(zone_of(scene.community.zone)).date() if ahead else None


def steps_of(content: Content) -> dict[str, Step]:
    return {
        key: Step(each.name, each.act, each.record, each.at_event)
        for key, each in content.stages.items()
    }
