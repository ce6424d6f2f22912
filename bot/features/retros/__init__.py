"""Retros: what people think two days later, and what hosts do about it."""

from bot.features.retros.jobs import feature
from bot.features.retros.model import Response, response

__all__ = ["Response", "feature", "response"]
