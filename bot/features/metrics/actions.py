"""The numbers, for organisers."""

from bot.actions import Feature

feature = Feature("metrics")
