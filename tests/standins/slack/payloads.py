"""The payloads that Slack sends to apps, in the shapes of its interaction and event references."""

import copy
import time
from typing import Any

from tests.standins.slack.model import APP_ID, Channel, Message, User, View, Workspace
from tests.standins.slack.reading import Json
from tests.standins.slack.state import State


def command(state: State, user: User, channel: Channel, name: str, text: str) -> Json:
    """A slash command: flat, and form-encoded over HTTP."""
    return {
        "token": state.verification_token,
        "team_id": user.workspace.id,
        "team_domain": user.workspace.domain,
        "channel_id": channel.id,
        "channel_name": "privategroup" if channel.private else channel.name,
        "user_id": user.id,
        "user_name": handle(user),
        "command": name,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": state.new_response_url(user, channel).url,
        "trigger_id": state.new_trigger(user).id,
    }


def block_action(state: State, user: User, place: Message | View, action: Json) -> Json:
    """A button pressed or a menu changed, in a message or in a view."""
    action = {**action, "action_ts": state.new_ts()}
    body = _interaction(state, user, "block_actions") | _place(user, place)
    if isinstance(place, View):
        body["trigger_id"] = state.new_trigger(user, place).id
    else:
        body["trigger_id"] = state.new_trigger(user).id
        body["response_url"] = state.new_response_url(user, place.channel, place).url
        body["state"] = {"values": copy.deepcopy(place.drafts.get(user.id, {}))}
    return body | {"actions": [action]}


def suggestion(
    state: State, user: User, place: Message | View, block: Json, element: Json, query: str
) -> Json:
    """A person types into an external select."""
    ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
    return (
        _interaction(state, user, "block_suggestion") | _place(user, place) | ids | {"value": query}
    )


def submission(state: State, view: View, response_urls: list[Json]) -> Json:
    """A modal sent off."""
    return _interaction(state, view.user, "view_submission") | {
        "trigger_id": state.new_trigger(view.user, view).id,
        "view": view.payload(),
        "response_urls": response_urls,
    }


def closing(state: State, view: View, *, cleared: bool) -> Json:
    """A modal closed by its person; sent when it asked for it."""
    body = _interaction(state, view.user, "view_closed")
    return body | {"view": view.payload(), "is_cleared": cleared}


def shortcut(state: State, user: User, callback_id: str, message: Message | None) -> Json:
    """A global shortcut, or one from the menu of a message."""
    kind = "message_action" if message else "shortcut"
    body = _interaction(state, user, kind) | {
        "callback_id": callback_id,
        "trigger_id": state.new_trigger(user).id,
        "action_ts": state.new_ts(),
    }
    if message is None:
        del body["api_app_id"]
        return body
    return body | {
        "channel": _channel(message.channel),
        "message": message.payload(),
        "message_ts": message.ts,
        "response_url": state.new_response_url(user, message.channel, message).url,
    }


def event(state: State, workspace: Workspace, event: Json) -> Json:
    """An event in its wrapper. The `event_id` is what an app must answer once."""
    bot = {"enterprise_id": None, "team_id": workspace.id, "user_id": workspace.bot.id}
    return {
        "token": state.verification_token,
        "team_id": workspace.id,
        "context_team_id": workspace.id,
        "context_enterprise_id": None,
        "api_app_id": APP_ID,
        "event": {**event, "event_ts": state.new_ts()},
        "type": "event_callback",
        "event_id": state.new_id("Ev"),
        "event_time": int(time.time()),
        "authorizations": [bot | {"is_bot": True, "is_enterprise_install": False}],
        "is_ext_shared_channel": False,
        "event_context": state.new_id("4-"),
    }


def home_opened(state: State, user: User) -> Json:
    """The `app_home_opened` event; it carries the view that is shown, if there is one."""
    dm = state.dm_of(user)
    body: Json = {"type": "app_home_opened", "user": user.id, "channel": dm.id, "tab": "home"}
    return body | ({"view": user.home.payload()} if user.home else {})


def handle(user: User) -> str:
    return user.name.lower().replace(" ", ".")


def _interaction(state: State, user: User, kind: str) -> Json:
    workspace, name = user.workspace, handle(user)
    return {
        "type": kind,
        "user": {"id": user.id, "username": name, "name": name, "team_id": workspace.id},
        "api_app_id": APP_ID,
        "token": state.verification_token,
        "team": {"id": workspace.id, "domain": workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _place(user: User, place: Message | View) -> Json:
    """Where something happened. An ephemeral message isn't stored, so its body isn't sent."""
    if isinstance(place, View):
        container: Any = {"type": "view", "view_id": place.id}
        return {"container": container, "view": place.payload()}
    container = {"type": "message", "message_ts": place.ts, "channel_id": place.channel.id}
    container["is_ephemeral"] = place.only_for is not None
    where = {"container": container, "channel": _channel(place.channel)}
    return where if place.only_for else where | {"message": place.payload()}


def _channel(channel: Channel) -> Json:
    return {"id": channel.id, "name": "privategroup" if channel.private else channel.name}
