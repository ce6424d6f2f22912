"""Ships: what people build, from its first demo or spark until it is out, or let go."""

from bot.features.ships.jobs import feature
from bot.features.ships.store import begin, forget

__all__ = ["begin", "feature", "forget"]
