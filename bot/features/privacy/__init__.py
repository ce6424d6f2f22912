"""Privacy: being asked first, what is kept about whom, and taking it away."""

from bot.features.privacy.actions import ask_first, feature

__all__ = ["ask_first", "feature"]
