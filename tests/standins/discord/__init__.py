"""A strict local stand-in for Discord, to which a stock discord.py connects.

async with Discord() as discord:
    guild = discord.guild("Gathering")
    ada = discord.user("Ada")
    ...                                  # start a bot on discord.api and discord.gateway_url
    card = await ada.command(guild.channel("general"), "principle", number=37)
    card = await ada.press(card, "Coaching questions")
    assert "What would you try first?" in card.text
"""

from .bits import Intent, Permission
from .events import ScheduledEvent
from .faults import ApiError
from .interactions import Choice, Interaction
from .messages import File, Message, Pings
from .people import Modal, NotAnswered, Person
from .screen import Impossible
from .server import TOKEN, Discord
from .state import Channel, Guild, Role
from .traffic import Fault, Rate, Request

__all__ = [
    "TOKEN",
    "ApiError",
    "Channel",
    "Choice",
    "Discord",
    "Fault",
    "File",
    "Guild",
    "Impossible",
    "Intent",
    "Interaction",
    "Message",
    "Modal",
    "NotAnswered",
    "Permission",
    "Person",
    "Pings",
    "Rate",
    "Request",
    "Role",
    "ScheduledEvent",
]
