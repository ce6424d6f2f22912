"""Which principle comes next: none comes back within 52 weeks, and then the oldest first."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.content import Principle
from bot.context import Scene
from bot.errors import UserError
from bot.features.weekly import chain, needs
from bot.features.weekly.needs import Need
from bot.features.weekly.store import PASS, Week, WeeklyPrinciple, current, week, weeks

REST = timedelta(weeks=52)
Ask = Callable[[Scene], Awaitable[list[Need]]]
"""Of whom to hear what is needed: of all who know, or of organisers alone."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A principle's number, or PASS. `why` is empty when there is nothing to explain."""

    number: int
    why: str = ""
    by_hand: bool = False


async def choice_for(scene: Scene, slot: str, ask: Ask = needs.known) -> Choice:
    """What an organiser chose for that week, what it was when it was posted, or what comes next."""
    if chosen := await week(scene, slot):
        return Choice(chosen.number, chosen.why, by_hand=chosen.posted_at is None)
    return await _by_order(scene, slot, ask)


async def _by_order(scene: Scene, slot: str, ask: Ask = needs.known) -> Choice:
    wanted = await ask(scene) if scene.community.prefs.principle_order == "needs" else []
    return pick(scene.content.principles, await weeks(scene), slot, wanted)


async def of_the_week(scene: Scene) -> int | None:
    """The number that was posted last; before the first post, the one that comes next as far as
    that is known without counting, since members ask as often as they like. None without weekly
    posts: that asks nobody."""
    if not chain.is_on(scene):
        return None
    if posted := await current(scene):
        return posted
    due = await chain.next_due(scene)
    choice = await choice_for(scene, chain.slot_of(scene, due), needs.said)
    if choice.number == PASS:
        due = await chain.next_due(scene, after=due)
        choice = await choice_for(scene, chain.slot_of(scene, due), needs.said)
    return choice.number


async def fix(scene: Scene, slot: str) -> WeeklyPrinciple:
    """The week's row, made at the first try to post: every further try says the same."""
    if known := await week(scene, slot):
        return known
    choice = await _by_order(scene, slot)
    row = WeeklyPrinciple(
        community_id=scene.community.id, slot=slot, number=choice.number, why=choice.why
    )
    scene.session.add(row)
    return row


def pick(
    principles: Mapping[int, Principle], told: Sequence[Week], slot: str, wanted: Iterable[Need]
) -> Choice:
    """The first need with a rested principle, one that names it first if there is; without one,
    what was never told, by number; then what was told longest ago."""
    last = _last_told(told, slot)
    rested = [n for n in principles if n not in last or not _near(last[n], slot)]
    order = sorted(rested or principles, key=lambda number: (last.get(number, ""), number))
    for need in wanted:
        if fitting := [number for number in order if need.key in principles[number].moves]:
            nearest = min(fitting, key=lambda number: principles[number].moves.index(need.key))
            return Choice(nearest, need.why)
    return Choice(order[0])


async def refuse_repeats(scene: Scene, number: int, slot: str) -> None:
    """Raises UserError when that principle is another week's, within 52 weeks of this one."""
    others = [each for each in await weeks(scene) if each.slot != slot]
    found = _last_told(others, slot).get(number)
    if found and _near(found, slot):
        when = chain.day(date.fromisoformat(found))
        raise UserError(
            f"{number} is the principle of the week of {when}. "
            "One comes back after 52 weeks at the earliest. Please choose another."
        )


def _last_told(told: Iterable[Week], slot: str) -> dict[int, str]:
    """By number, its latest week: seen, or chosen for a later one. What never arrived is none."""
    kept = [each for each in told if each.number != PASS and (each.seen or each.slot > slot)]
    return {each.number: each.slot for each in sorted(kept, key=lambda each: each.slot)}


def _near(one: str, other: str) -> bool:
    return abs(date.fromisoformat(one) - date.fromisoformat(other)) < REST
