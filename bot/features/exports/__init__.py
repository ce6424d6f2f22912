"""What a community has on record, as files that any spreadsheet opens and an import takes back."""

from bot.features.exports.actions import feature

__all__ = ["feature"]
