"""The weekly review: three questions once a week, and a ledger that only its writer reads."""

from bot.features.weekly_review.jobs import feature

__all__ = ["feature"]
