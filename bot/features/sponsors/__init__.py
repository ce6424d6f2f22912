"""Sponsors: terms with their value, and a word before one runs out."""

from bot.features.sponsors.jobs import feature

__all__ = ["feature"]
