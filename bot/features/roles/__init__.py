"""`/role`: who is host or organiser beside the platform's own roles."""

from bot.features.roles.actions import feature, role_

__all__ = ["feature", "role_"]
