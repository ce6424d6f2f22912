"""What the pipeline says by itself: the live board, and a word on the day of a next step."""

from datetime import timedelta

from bot.context import Scene
from bot.features.speakers import cards, pipeline, store
from bot.features.speakers.board import board_card
from bot.features.speakers.choosing import view
from bot.features.speakers.feature import feature
from bot.features.speakers.model import DECLINED, SpeakerNote
from bot.features.speakers.person import done, plan, show
from bot.people import channel_at, directly, hosts_of
from bot.platform import Letter
from bot.replies import Card, Reply, Style

__all__ = ["feature"]

FORTNIGHT = timedelta(weeks=2)
FOR_YEARS = timedelta(days=3650)
"""The board's message is edited for as long as it stands."""


@feature.delivery("speakers.board", grace=FORTNIGHT, keep=FOR_YEARS)
async def post(scene: Scene, board: str) -> Letter | None:
    found = await store.live_board(scene)
    to = await channel_at(scene.session, found.spot) if found and found.key == board else None
    return Letter(to, Reply(await board_card(scene), private=False)) if to else None


@feature.delivery("speakers.refresh", grace=FORTNIGHT)
async def refresh(scene: Scene) -> Letter | None:
    found = await store.live_board(scene)
    return await _edit(scene, found.key, await board_card(scene)) if found else None


@feature.delivery("speakers.left", grace=FORTNIGHT)
async def left(scene: Scene, board: str) -> Letter | None:
    return await _edit(scene, board, cards.left_board())


@feature.delivery("speakers.step", grace=FORTNIGHT)
async def step(scene: Scene, step: str) -> Letter | None:
    """To whoever looks after them, or to all hosts if nobody does. Once."""
    found = await scene.session.get(SpeakerNote, step)
    if found is None or found.settled_at:
        return None
    candidate = await store.candidate_of(scene, found.candidate_id)
    if candidate.stage == DECLINED:
        return None
    owner = candidate.owner_id
    to = await directly(scene.session, owner) if owner else None
    buttons = (
        done.button("Step done", Style.MAIN, step=found.id),
        plan.button("Another day or step", who=candidate.id),
        show.button("Open", who=candidate.id),
    )
    card = cards.reminder(await store.line_of(scene, candidate), view(scene), buttons)
    return Letter(to or await hosts_of(scene.session, scene.community), Reply(card, private=False))


@feature.farewell
async def leave(scene: Scene, person: str) -> None:
    await pipeline.let_go_of(scene, person)


async def _edit(scene: Scene, key: str, card: Card) -> Letter | None:
    row = await scene.outbox.find(key)
    return Letter(row.sent, Reply(card, private=False)) if row and row.sent else None
