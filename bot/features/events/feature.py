"""The feature that the modules of this folder add to."""

from collections.abc import Awaitable, Callable

from bot.actions import Feature
from bot.context import Scene
from bot.features.events.model import Event

feature = Feature("events")

Told = Callable[[Scene, Event, str], Awaitable[bool]]

told_the_day_before: list[Told] = []
"""Features add a question here: whether they tell a person themselves, with all that the reminder
of the day before says. One message is enough."""
