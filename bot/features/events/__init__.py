"""Events: planned, announced, answered, attended, closed."""

from bot.features.events import answers, at_home, attendance, jobs, mirror, planning
from bot.features.events.calendar_file import feed_for
from bot.features.events.feature import feature

__all__ = ["answers", "at_home", "attendance", "feature", "feed_for", "jobs", "mirror", "planning"]
