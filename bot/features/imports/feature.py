"""The feature that the modules of this folder add to."""

from bot.actions import Feature

feature = Feature("imports")
