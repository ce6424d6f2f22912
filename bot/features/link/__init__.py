"""One person, or one community, on two platforms."""

from bot.features.link.actions import feature

__all__ = ["feature"]
