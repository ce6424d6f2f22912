"""The product's contents page: one folder or file for each feature."""

from bot.actions import Feature
from bot.features import (
    changes,
    community_map,
    contributions,
    demos,
    events,
    followups,
    home,
    link,
    outcomes,
    principles,
    privacy,
    program,
    retros,
    roles,
    search,
    settings,
    setup,
    ships,
    sparks,
    speakers,
    sponsors,
    weekly_review,
)
from bot.features import help as help_
from bot.features.pulse.actions import feature as pulse
from bot.features.weekly.actions import feature as weekly

FEATURES: tuple[Feature, ...] = (
    principles.feature,
    search.feature,
    weekly,
    community_map.feature,
    events.feature,
    program.feature,
    demos.feature,
    retros.feature,
    followups.feature,
    sparks.feature,
    ships.feature,
    contributions.feature,
    outcomes.feature,
    pulse,
    speakers.feature,
    sponsors.feature,
    weekly_review.feature,
    privacy.feature,
    link.feature,
    settings.feature,
    home.feature,
    changes.feature,
    setup.feature,
    roles.feature,
    help_.feature,
)
