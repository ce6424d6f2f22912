"""The numbers about the community, how sure each is, and the wheel that they turn."""

from bot.features.metrics.actions import feature
from bot.features.metrics.history import history
from bot.features.metrics.turning import weakest
from bot.features.weekly import needs

needs.sources.append(weakest)

__all__ = ["feature", "history"]
