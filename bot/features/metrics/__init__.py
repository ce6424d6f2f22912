"""The numbers about the community, and how sure each of them is."""

from bot.features.metrics.actions import feature
from bot.features.metrics.history import history

__all__ = ["feature", "history"]
