"""What the bot asks of a server: each permission by name, with the reason."""

from collections.abc import Mapping
from types import MappingProxyType

import discord

POSTING = ("view_channel", "send_messages", "embed_links", "attach_files")
"""What a channel has to allow before I can post there."""

PERMISSIONS: Mapping[str, str] = MappingProxyType(
    {
        "view_channel": "find the channels I am told to post in",
        "send_messages": "post events, reminders and answers meant for everyone",
        "embed_links": "show cards, not bare text",
        "attach_files": "send charts, calendar entries and exports",
        "read_message_history": "edit and thread my own earlier messages",
        "create_public_threads": "open one thread for each event",
        "send_messages_in_threads": "answer in that thread",
        "create_events": "put events into the server's calendar",
    }
)

SCOPES: Mapping[str, str] = MappingProxyType(
    {
        "bot": "join your server as a member that can post",
        "applications.commands": "bring the commands",
    }
)

INTENTS: Mapping[str, str] = MappingProxyType(
    {
        "guilds": "know the server's name, channels and roles",
        "guild_scheduled_events": "keep up with the server's calendar",
    }
)


def permissions() -> discord.Permissions:
    asked = discord.Permissions.none()
    for name in PERMISSIONS:
        setattr(asked, name, True)
    return asked


def intents() -> discord.Intents:
    asked = discord.Intents.none()
    for name in INTENTS:
        setattr(asked, name, True)
    return asked


def missing(held: discord.Permissions, needed: tuple[str, ...] = tuple(PERMISSIONS)) -> str:
    """The permissions that are not held, as Discord's settings call them; "" if none is missing."""
    return ", ".join(_spelled(name) for name in needed if not getattr(held, name))


def link(application: str) -> str:
    return discord.utils.oauth_url(application, permissions=permissions(), scopes=tuple(SCOPES))


def invite_text(application: str | None = None) -> str:
    """The invite link, and why it asks for what it asks."""
    hint = [] if application else ["The id is on the developer portal, page General Information."]
    return "\n".join(
        [
            "Invite me to your server with this link:",
            f"  {link(application or 'YOUR_APPLICATION_ID')}",
            *hint,
            "",
            "Scopes",
            *(f"  {name}: {why}" for name, why in SCOPES.items()),
            "",
            f"Permissions ({permissions().value})",
            *(f"  {_spelled(name)}: {why}" for name, why in PERMISSIONS.items()),
            "",
            "Intents (neither has to be switched on in the portal)",
            *(f"  {name}: {why}" for name, why in INTENTS.items()),
            "",
            "I read no messages, and I never ask for Administrator.",
        ]
    )


def _spelled(name: str) -> str:
    return name.replace("_", " ").title().replace(" In ", " in ")
