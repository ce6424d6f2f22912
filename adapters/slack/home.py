"""The App Home tab: what I can do here, with a first thing to press."""

from dataclasses import replace

from bot.app import App
from bot.context import Call, Place
from bot.people import Caller
from bot.replies import Card, OpenForm, Reply, Style


async def home(app: App, caller: Caller) -> Card:
    """The help card as this person would get it, and the principle of the week at hand."""
    week = app.registry.get("principle").button("Principle of the week", Style.MAIN)
    outcome = await app.run(Call("help", {}, caller, Place(caller.user, direct=True)))
    assert not isinstance(outcome, OpenForm), "help asks for nothing"
    card = outcome.card if isinstance(outcome, Reply) else outcome.reply.card
    return replace(card, buttons=(week,))
