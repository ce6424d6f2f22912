"""The 52 principles and the twelve chapters: read, walk along their threads, share, copy."""

from bot.features.principles.actions import chapter, feature, of_the_week, principle
from bot.features.principles.pages import title

__all__ = ["chapter", "feature", "of_the_week", "principle", "title"]
