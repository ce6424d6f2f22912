"""Imports for whoever runs the bot, at the command line: the same plan, in plain lines."""

from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from bot.changes import note_by_hand
from bot.context import Scene
from bot.errors import StartError
from bot.features.imports import actions, bringing, cards, store
from bot.features.imports.bringing import About
from bot.features.imports.model import ImportBatch
from bot.features.imports.plan import Plan, TakenBack, rest_did_not_come
from bot.features.imports.telling import told
from bot.imports import Settled, Unreadable
from bot.imports.dates import Order, long_day
from bot.imports.rows import Reading
from bot.markup import text_of

AHEAD = (
    "Dates that are still ahead are listed by /events. I post nothing about them: for that, import "
    "the calendar with /event import in their channel. Once they are over, /home asks hosts who "
    "came."
)
NONE_YET = "Nothing was imported here so far."
STARTS = '--starts "2026-05-15 18:30"'
OPTIONS = {
    "dates": "Add --dates dmy, --dates mdy or --dates ymd.",
    "event": f'Add --event "Its title", and for a new event also {STARTS}.',
    "starts": f"Add {STARTS}.",
}
"""How a question is answered here, by what it is about."""


@contextmanager
def in_options() -> Iterator[None]:
    """A question that chat asks with buttons names the option that answers it."""
    try:
        yield
    except Unreadable as error:
        raise StartError(f"{error.says} {OPTIONS.get(error.field or '', '')}".strip()) from None


def read_files(
    files: list[tuple[str, bytes]], scene: Scene, zone: str, dates: Order | None
) -> list[Reading]:
    with in_options():
        return bringing.read_all(files, Settled(zone, scene.now, dates, scene.community.zone))


async def prepare(
    scene: Scene, readings: list[Reading], zone: str, about: About, *, rest_absent: bool = False
) -> Plan:
    with in_options():
        plan = await bringing.prepare(scene, readings, zone, about)
    if rest_absent:
        rest_did_not_come(plan)
    return plan


def lines(plan: Plan, scene: Scene) -> list[str]:
    """The preview, a sentence a line."""
    found = [f"I read this as: {plan.what}."]
    if plan.is_empty:
        found.append(cards.nothing(plan)[1])
    else:
        found += [f"  + {each}" for each in cards.counted(plan)]
        found += [f"    {each}" for each in (*cards.dates(plan), *plan.how)]
        found += [f"  = {each}" for each in cards.here_already(plan)]
    if rest := cards.rest(plan, "add --rest-absent"):
        found.append(f"  ? {rest}")
    found += [f"  ? {each}" for each in told(plan)]
    if any(each.starts_at > scene.now for each in plan.gatherings.added.values()):
        found.append(AHEAD)
    return found


async def keep(scene: Scene, plan: Plan) -> int:
    """Without a channel: nothing is posted about what comes from here. Returns its number."""
    batch = await store.add(scene, plan, "", None)
    note_by_hand(scene, actions.done(plan, batch))
    return await store.number_of(scene, batch)


async def past(scene: Scene) -> list[str]:
    """All imports, newest first."""
    found = await store.batches(scene)
    if not found:
        return [NONE_YET]
    lines = [f"{number:>4}  {_about(scene, batch)}" for number, batch in found]
    return [*lines, "Take one back with: community-os import --undo NUMBER"]


async def take_back(scene: Scene, told: str) -> tuple[ImportBatch, TakenBack]:
    """Nothing is kept of it before the scene is."""
    batch = await store.batch_of(scene, told)
    return batch, await store.take_back(scene, batch)


def going(scene: Scene, batch: ImportBatch, back: TakenBack) -> list[str]:
    """What taking it back takes along."""
    parts = cards.added(back.gone)
    day = _day(scene, batch)
    found = [f"Taking back what came on {day}, {batch.what}:", *(f"  - {each}" for each in parts)]
    if not parts:
        found.append("  Nothing of it is left to take.")
    if stay := cards.staying(back):
        found.append(f"  = {stay}: something else has come to hang on them, so that stays.")
    return [*found, *(f"  = {each}" for each in cards.besides(back))]


def gone(scene: Scene, batch: ImportBatch, back: TakenBack) -> str:
    card = cards.taken_back(batch, back)
    note_by_hand(scene, card)
    return f"{card.title}. {text_of(card.text)}"


def _about(scene: Scene, batch: ImportBatch) -> str:
    undone = " (taken back)" if batch.undone_at else ""
    return f"{_day(scene, batch)}, {batch.what}: {', '.join(cards.of_batch(batch))}{undone}"


def _day(scene: Scene, batch: ImportBatch) -> str:
    return long_day(batch.made_at.astimezone(ZoneInfo(scene.community.zone)))
