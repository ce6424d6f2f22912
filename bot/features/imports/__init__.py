"""Years of history from other tools, shown before they are kept, and taken back as a whole."""

from bot.features.imports import actions, review
from bot.features.imports.feature import feature

__all__ = ["actions", "feature", "review"]
