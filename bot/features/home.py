"""`/home`: what is yours here, at a glance; for hosts and organisers also what needs them."""

from collections.abc import Iterable

from bot.actions import Feature
from bot.context import Context
from bot.features.help import help_
from bot.features.principles.actions import principle
from bot.replies import BUTTONS, CARD, FIELDS, Card, Part, Reply, Style

feature = Feature("home")

TEXT = "Your own corner: only you see it. I read no messages."
MARGIN = 300
"""Characters kept for the title, the text, and what is told besides."""


@feature.command("home")
async def home(ctx: Context) -> Reply:
    """See what is yours here: your next event, what waits for you, your privacy."""
    role = await ctx.role()
    shown = [await each.show(ctx) for each in ctx.registry.corners if each.role <= role]
    parts = list(_fitting(part for part in shown if part))
    buttons = (
        principle.button("Principle of the week", Style.MAIN),
        *(button for part in parts for button in part.buttons),
        help_.button("What I can do"),
    )
    return Reply(Card("Home", TEXT, tuple(part.field for part in parts), buttons), update=True)


def _fitting(parts: Iterable[Part]) -> Iterable[Part]:
    """As many as one card holds; each feature's own command shows the rest."""
    room, fields, buttons = CARD - MARGIN, FIELDS - 1, BUTTONS - 2
    for part in parts:
        room -= len(part.field.name) + len(part.field.value)
        fields -= 1
        buttons -= len(part.buttons)
        if room < 0 or fields < 0 or buttons < 0:
            return
        yield part
