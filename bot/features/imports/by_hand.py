"""Imports for whoever runs the bot, at the command line: the same plan, in plain lines."""

from bot.context import Scene
from bot.features.imports import bringing, cards, store
from bot.features.imports.actions import take_back
from bot.features.imports.bringing import About
from bot.features.imports.model import ImportBatch
from bot.features.imports.plan import Plan, rest_did_not_come, told
from bot.imports import Settled
from bot.imports.dates import Order
from bot.imports.rows import Reading
from bot.markup import text_of

AHEAD = (
    "Dates that are still ahead are listed by /events. I post nothing about them: for that, import "
    "the calendar with /event import in their channel."
)


def read_files(
    files: list[tuple[str, bytes]], scene: Scene, zone: str, dates: Order | None
) -> list[Reading]:
    return bringing.read_all(files, Settled(zone, scene.now, dates))


async def prepare(
    scene: Scene, readings: list[Reading], zone: str, about: About, *, rest_absent: bool = False
) -> Plan:
    plan = await bringing.prepare(scene, readings, zone, about)
    if rest_absent:
        rest_did_not_come(plan)
    return plan


def lines(plan: Plan, scene: Scene) -> list[str]:
    """The preview, a sentence a line."""
    found = [f"I read this as: {plan.what}."]
    if plan.is_empty:
        found.append(cards.NOTHING_NEW)
    found += [f"  + {each}" for each in cards.counted(plan)]
    if absent := sum(not each.present for each in plan.seen.values()):
        found.append(f"  + {absent:,} of the check-ins say: not there")
    if rest := cards.rest(plan, "add --rest-absent"):
        found.append(f"  ? {rest}")
    found += [f"  ? {each}" for each in told(plan)]
    if any(each.starts_at > scene.now for each in plan.gatherings.added.values()):
        found.append(AHEAD)
    return found


async def keep(scene: Scene, plan: Plan) -> ImportBatch:
    """Without a channel: nothing is posted about what comes from here."""
    return await store.add(scene, plan, "", None)


async def undo(scene: Scene, batch: str) -> str:
    card = await take_back(scene, await store.batch_of(scene, batch))
    return f"{card.title}. {text_of(card.text)}"
