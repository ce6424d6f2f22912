"""Whom on the board somebody means."""

from collections.abc import Sequence
from typing import Annotated

from bot.actions import Suggest
from bot.context import Context, Scene
from bot.errors import UserError
from bot.features.speakers import cards, store
from bot.features.speakers.cards import View
from bot.features.speakers.store import Line
from bot.markup import plain
from bot.people import MENTION, people_called
from bot.replies import OPTIONS, Option

One = Annotated[str, "Which person"]


async def anybody_like(ctx: Context, text: str) -> tuple[Option, ...]:
    return tuple(cards.people((await store.like(ctx, text))[:OPTIONS]))


Whom = Annotated[str, "Who: part of a name or topic", Suggest(anybody_like)]


async def meant(ctx: Context, words: str, field: str) -> Sequence[Line]:
    """One at least, best first. Raises UserError, at the field."""
    if MENTION.fullmatch(words.strip()):
        people = await people_called(ctx.session, ctx.space, words)
        known = [await store.of_person(ctx, person.id) for person, _ in people]
        found = [await store.line_of(ctx, each) for each in known if each]
    else:
        found = [*await store.like(ctx, words)]
    if found:
        return found
    raise UserError(
        f"Nobody like “{plain(words, 40)}” is on the board. `/speaker add` puts them there.", field
    )


def view(scene: Scene) -> View:
    return View(scene.now, scene.community.zone)
