"""The programme: what the format is and why, what it rewards, what it rejects, what we changed."""

from bot.features.program.actions import feature

__all__ = ["feature"]
