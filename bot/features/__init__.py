"""The product's contents page: one folder or file for each feature."""

from bot.actions import Feature
from bot.features import (
    demos,
    events,
    followups,
    principles,
    privacy,
    program,
    retros,
    search,
    settings,
)
from bot.features import help as help_
from bot.features.weekly.actions import feature as weekly

FEATURES: tuple[Feature, ...] = (
    principles.feature,
    search.feature,
    weekly,
    events.feature,
    program.feature,
    demos.feature,
    retros.feature,
    followups.feature,
    privacy.feature,
    settings.feature,
    help_.feature,
)
