"""Asking once whether we may write to somebody, with the first thing that is kept for them."""

from bot.context import Context, Scene
from bot.replies import Button, Field, Press, Reply, Style

AGREE = "privacy agree"
NOT_NOW = "privacy not-now"


def answers(
    yes: str = "Yes, write to me", then: str = "", about: str = ""
) -> tuple[Button, Button]:
    """The buttons under the question; a yes goes on with the action `then`, `about` an id."""
    args = tuple((name, value) for name, value in (("then", then), ("about", about)) if value)
    return (
        Button(yes, Press(AGREE, args), Style.MAIN),
        Button("Not now", Press(NOT_NOW)),
    )


def asked_with(ctx: Context, reply: Reply) -> Reply:
    """The reply with the question, if they were never asked and there is room; else next time."""
    person = ctx.kept
    if person is None or person.asked_at or person.agreed_at or not _can_ask(ctx):
        return reply
    asks = ctx.content.privacy.asks
    question = Field(asks.title, f"{asks.says}\n\n{asks.later}")
    size = len(question.name) + len(question.value)
    if not reply.has_room(size, buttons=len(answers())):
        return reply
    person.asked_at = ctx.now
    return reply.along(question, buttons=answers())


def _can_ask(scene: Scene) -> bool:
    return AGREE in scene.registry.actions
