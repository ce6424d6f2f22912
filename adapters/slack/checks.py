"""What can be wrong on Slack's side, a line each for `community-os doctor`."""

from collections.abc import AsyncIterator

from adapters.slack.api import IN_VAIN, Api
from adapters.slack.manifest import SCOPES
from bot.errors import TryLater, Undeliverable
from bot.platform import Check

BOT = (
    "SLACK_BOT_TOKEN: %s Copy the Bot User OAuth Token (xoxb-…) from the app's page "
    "OAuth & Permissions."
)
APP = (
    "SLACK_APP_TOKEN: %s Make an app-level token (xapp-…) with connections:write on the app's "
    "page Basic Information."
)


async def checks(api: Api, app_token: str | None) -> AsyncIterator[Check]:
    """Token, permissions, and the way by which Slack reaches us."""
    try:
        known = await api.call(api.web.auth_test)
    except (Undeliverable, TryLater) as error:
        yield Check("Slack", False, _told(error, BOT))
        return
    yield Check("Slack", True, f"I am @{known['user']} in {known['team']}")
    yield _permissions(known.headers.get("x-oauth-scopes", ""))
    yield await _way_in(api, app_token)


def _permissions(granted: str) -> Check:
    missing = [scope for scope in SCOPES if scope not in granted.replace(" ", "").split(",")]
    if not missing:
        return Check("Slack permissions", True, "all there")
    lacking = ", ".join(f"{scope} ({SCOPES[scope]})" for scope in missing)
    says = f"Add {lacking} under OAuth & Permissions, then install the app again."
    return Check("Slack permissions", False, says)


async def _way_in(api: Api, app_token: str | None) -> Check:
    if app_token is None:
        says = "HTTP mode: Slack calls /slack/events here, at your public address"
        return Check("Slack connection", True, says)
    try:
        await api.call(api.web.apps_connections_open, app_token=app_token)
    except (Undeliverable, TryLater) as error:
        return Check("Slack connection", False, _told(error, APP))
    return Check("Slack connection", True, "Socket Mode")


def _told(error: Exception, says: str) -> str:
    return says % error if isinstance(error, IN_VAIN) else str(error)
