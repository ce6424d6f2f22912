"""Every setting in one place: seen, proved, changed, and taken back."""

from bot.features.settings.actions import change, feature
from bot.features.settings.table import setting_called

__all__ = ["change", "feature", "setting_called"]
