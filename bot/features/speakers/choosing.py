"""Whom on the board somebody means."""

from typing import Annotated

from bot.actions import Suggest
from bot.context import Context, Scene
from bot.errors import UserError
from bot.features.speakers import cards, store
from bot.features.speakers.cards import View
from bot.markup import plain
from bot.replies import OPTIONS, Option

One = Annotated[str, "Which person"]


async def anybody_like(ctx: Context, text: str) -> tuple[Option, ...]:
    return tuple(cards.people((await store.like(ctx, text))[:OPTIONS]))


Whom = Annotated[str, "Who: part of a name or topic", Suggest(anybody_like)]


def nobody_called(words: str, field: str = "words") -> UserError:
    return UserError(
        f"Nobody like “{plain(words, 40)}” is on the board. `/speaker add` puts them there.", field
    )


def view(scene: Scene) -> View:
    return View(scene.now, scene.community.zone)
