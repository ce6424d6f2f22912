"""Demos: signed up under a contract, seated, shown, and heard about afterwards."""

from bot.features.demos import feedback, hosts, jobs, mine, order, sign_up, wording
from bot.features.demos.feature import feature
from bot.features.demos.model import heard_in_time

__all__ = [
    "feature",
    "feedback",
    "heard_in_time",
    "hosts",
    "jobs",
    "mine",
    "order",
    "sign_up",
    "wording",
]
