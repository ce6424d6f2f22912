"""The community map: eight areas of one person's life, a card for the week, and all together."""

from bot.features.community_map import at_home as _at_home  # noqa: F401  it brings its corner
from bot.features.community_map.actions import feature
from bot.features.community_map.organisers import thinnest
from bot.features.weekly import needs

needs.sources.append(thinnest)

__all__ = ["feature"]
