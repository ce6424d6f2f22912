"""Set-up: six steps from a new community to its first principle."""

from bot.features.setup.actions import feature

__all__ = ["feature"]
