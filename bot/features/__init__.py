"""The product's contents page: one folder or file for each feature."""

from bot.actions import Feature
from bot.features import (
    events,
    followups,
    principles,
    privacy,
    retros,
    search,
    settings,
    weekly_review,
)
from bot.features import help as help_
from bot.features.weekly.actions import feature as weekly

FEATURES: tuple[Feature, ...] = (
    principles.feature,
    search.feature,
    weekly,
    events.feature,
    retros.feature,
    followups.feature,
    weekly_review.feature,
    privacy.feature,
    settings.feature,
    help_.feature,
)
