"""Speakers: a rolling pipeline of people who may stand in front, tied to no date."""

from bot.features.speakers.jobs import feature

__all__ = ["feature"]
