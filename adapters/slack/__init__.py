"""Community OS on Slack."""

from adapters.slack.client import SlackPlatform

__all__ = ["SlackPlatform"]
