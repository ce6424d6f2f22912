"""Sparks: people began to build something together, and each of them says so."""

from bot.features.sparks.jobs import feature

__all__ = ["feature"]
