"""Finding the page that fits a need."""

from bot.features.search.actions import feature

__all__ = ["feature"]
