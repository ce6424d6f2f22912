"""Budget confidence: what a plan may bring, as ranges that are kept and scored."""

from bot.features.forecasts import assuming, leaders, planning, scores, store
from bot.features.forecasts.feature import feature
from bot.features.pulse import report

__all__ = ["assuming", "feature", "planning", "scores"]

feature.forget(store.forget_old)
report.forecasts.append(leaders.current)
