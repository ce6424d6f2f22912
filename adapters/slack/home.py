"""The App Home tab: what `/home` says."""

from bot.app import App
from bot.context import Call, Place
from bot.people import Caller
from bot.replies import Card, OpenForm, Reply


async def home(app: App, caller: Caller) -> Card:
    outcome = await app.run(Call("home", {}, caller, Place(caller.user, direct=True)))
    assert not isinstance(outcome, OpenForm), "it asks for nothing"
    return outcome.card if isinstance(outcome, Reply) else outcome.reply.card
