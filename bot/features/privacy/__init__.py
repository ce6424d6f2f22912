"""Privacy: being asked first, and what is stored about whom."""

from bot.features.privacy.actions import ask_first, feature

__all__ = ["ask_first", "feature"]
