"""The Discord adapter."""

from adapters.discord.client import DiscordPlatform

__all__ = ["DiscordPlatform"]
