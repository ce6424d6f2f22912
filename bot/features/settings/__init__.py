"""Every setting in one place: seen, proved, changed, and taken back."""

from bot.features.settings.actions import change, feature, filled, page, put
from bot.features.settings.table import Setting, setting_called

__all__ = ["Setting", "change", "feature", "filled", "page", "put", "setting_called"]
