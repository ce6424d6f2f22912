"""Follow-ups: the smallest set of messages that hosts send after every event."""

from bot.features.followups.jobs import feature
from bot.features.followups.model import Kept, kept

__all__ = ["Kept", "feature", "kept"]
