"""Who and where: auth, team, users, conversations and user groups."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from tests.standins.slack.model import Channel, Group, User
from tests.standins.slack.reading import Json
from tests.standins.slack.web_api import Call, SlackError, method

READ_CHANNELS = "channels:read groups:read im:read mpim:read"


@method("auth.test", tier=4)
def auth_test(call: Call) -> Json:
    workspace = call.workspace
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": workspace.bot.name,
        "team_id": workspace.id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", scope="connections:write", tier=1)
def connections_open(call: Call) -> Json:
    ticket = str(uuid4())
    call.state.tickets.add(ticket)
    origin = call.state.origin.replace("http://", "ws://")
    return {"url": f"{origin}/link/?ticket={ticket}&app_id={call.state.app_id}"}


@method("team.info", scope="team:read", tier=3, args="team domain")
def team_info(call: Call) -> Json:
    team = call.workspace
    return {"team": {"id": team.id, "name": team.name, "domain": team.domain, "icon": {}}}


# Users


@method("users.info", scope="users:read", tier=4, args="user include_locale")
def users_info(call: Call) -> Json:
    return {"user": _user(call.user(call.need("user")))}


@method("users.list", scope="users:read", tier=2, args="include_locale")
def users_list(call: Call) -> Json:
    page, cursor = _page(call, [_user(user) for user in call.workspace.users.values()])
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def _user(user: User) -> Json:
    name = user.name.lower().replace(" ", ".")
    body: Json = {
        "id": user.id,
        "team_id": user.workspace.id,
        "name": name,
        "real_name": user.name,
        "deleted": user.deleted,
        "is_bot": user.bot,
        "is_app_user": False,
        "updated": 1700000000,
        "profile": {"display_name": name, "real_name": user.name, "team": user.workspace.id},
    }
    if user.deleted:
        return body
    offset = datetime.now(UTC).astimezone(ZoneInfo(user.tz)).utcoffset()
    return body | {
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": user.admin or user.owner,
        "is_owner": user.owner,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
    }


# Conversations


@method(
    "conversations.open",
    scope="im:write mpim:write",
    tier=3,
    args="users channel return_im prevent_creation",
)
def conversations_open(call: Call) -> Json:
    if not call.args.get("users"):
        raise SlackError("users_list_not_supplied")
    user = call.user(call.need("users"))
    if user.bot:
        raise SlackError("cannot_dm_bot")
    if user.deleted:
        raise SlackError("user_disabled")
    known = {"no_op": True, "already_open": True} if user.dm else {}
    return {**known, "channel": {"id": call.state.dm_of(user).id}}


@method(
    "conversations.info",
    scope=READ_CHANNELS,
    tier=3,
    args="channel include_locale include_num_members",
)
def conversations_info(call: Call) -> Json:
    channel = call.channel(call.need("channel"))
    call.require(_scope_to_read(channel))
    more = {"num_members": len(channel.members)} if call.flag("include_num_members") else {}
    return {"channel": _channel(channel) | more}


@method("conversations.list", scope=READ_CHANNELS, tier=2, args="types exclude_archived")
def conversations_list(call: Call) -> Json:
    types = (call.args.get("types") or "public_channel").split(",")
    found = []
    for channel in call.workspace.channels.values():
        kind = (
            "im" if channel.person else "private_channel" if channel.private else "public_channel"
        )
        hidden = channel.private and call.workspace.bot.id not in channel.members
        skipped = hidden or (channel.archived and call.flag("exclude_archived"))
        if kind in types and not skipped:
            call.require(_scope_to_read(channel))
            found.append(_channel(channel))
    page, cursor = _page(call, found)
    return {"channels": page, "response_metadata": {"next_cursor": cursor}}


def _scope_to_read(channel: Channel) -> str:
    if channel.person:
        return "im:read"
    return "groups:read" if channel.private else "channels:read"


def _channel(channel: Channel) -> Json:
    body: Json = {
        "id": channel.id,
        "created": 1700000000,
        "is_archived": channel.archived,
        "is_channel": not channel.private and not channel.person,
        "is_group": channel.private,
        "is_im": bool(channel.person),
        "is_mpim": False,
        "is_private": channel.private or bool(channel.person),
        "context_team_id": channel.workspace.id,
    }
    if channel.person:
        return body | {"user": channel.person.id}
    member = channel.workspace.bot.id in channel.members
    named = {"name": channel.name, "name_normalized": channel.name, "is_member": member}
    return body | named | {"topic": {"value": ""}, "purpose": {"value": ""}}


# User groups


@method(
    "usergroups.list",
    scope="usergroups:read",
    tier=2,
    args="include_users include_count include_disabled",
)
def usergroups_list(call: Call) -> Json:
    users = call.flag("include_users")
    return {"usergroups": [_group(call, group, users=users) for group in _groups(call)]}


@method("usergroups.users.list", scope="usergroups:read", tier=2, args="usergroup include_disabled")
def usergroups_users_list(call: Call) -> Json:
    wanted = call.need("usergroup")
    for group in _groups(call):
        if group.id == wanted:
            return {"users": list(group.users)}
    raise SlackError("no_such_subteam")


def _groups(call: Call) -> list[Group]:
    disabled = call.flag("include_disabled")
    return [group for group in call.workspace.groups if disabled or not group.disabled]


def _group(call: Call, group: Group, *, users: bool) -> Json:
    body: Json = {"id": group.id, "team_id": call.workspace.id, "is_usergroup": True}
    body |= {"name": group.name, "handle": group.handle, "date_delete": 1700000000 * group.disabled}
    return body | {"users": list(group.users)} if users else body


def _page(call: Call, items: list[Any]) -> tuple[list[Any], str]:
    """One page and the cursor of the next; the cursor is where it starts."""
    start, size = int(call.args.get("cursor") or 0), int(call.args.get("limit") or 1000)
    end = start + size
    return items[start:end], str(end) if end < len(items) else ""
