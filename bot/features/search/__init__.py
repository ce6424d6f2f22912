"""Finding the page that fits a need."""

from bot.features.search.actions import care_for, feature

__all__ = ["care_for", "feature"]
