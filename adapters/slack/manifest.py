"""The Slack app's manifest, made from the commands: paste it at api.slack.com/apps."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

import yaml

from adapters.slack.limits import (
    CALLBACK,
    COMMAND,
    COMMAND_DESCRIPTION,
    COMMANDS,
    SHORTCUT,
    SHORTCUT_DESCRIPTION,
    SHORTCUTS,
    USAGE_HINT,
)
from adapters.slack.parse import GATEWAY, about_person
from bot.actions import Action, Registry
from bot.markup import shorten

Json = dict[str, Any]

SCOPES = {
    "commands": "to be asked by commands and shortcuts",
    "chat:write": "to answer, and to post where it was invited",
    "im:write": "to write to members who asked for it",
    "users:read": "to know who is an admin, and each member's time zone",
    "channels:read": "to say so when it can't post in a channel",
    "files:write": "to send pictures, calendar entries and exports",
    "team:read": "to know the workspace's name",
    "usergroups:read": "to know who is in a user group that was given a role here",
}
"""Each with its reason. None of them reads messages."""

EVENTS = ("app_home_opened", "tokens_revoked", "app_uninstalled")

RESERVED = {
    "archive", "away", "call", "collapse", "dm", "dnd", "expand", "feed", "feedback", "help",
    "invite", "join", "kick", "leave", "list", "me", "msg", "mute", "open", "part", "pro",
    "remind", "remove", "rename", "search", "shortcuts", "shrug", "star", "status", "topic",
    "unarchive", "who",
}  # fmt: skip
"""Commands that are Slack's own; an app never hears of them."""


def as_typed(name: str) -> str:
    """A command's name as people type it here."""
    return f"{GATEWAY} {name}" if name in RESERVED else name


def manifest(registry: Registry, url: str | None = None) -> Json:
    """All of it. `url` is the request URL for HTTP mode; without one it is Socket Mode."""
    address = {"request_url": url} if url else {}
    return {
        "display_information": {
            "name": "Community OS",
            "description": "Keeps a community's rhythm, its promises and its numbers honest.",
            "background_color": "#1f3a34",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Community OS", "always_online": True},
            "shortcuts": _shortcuts(registry),
            "slash_commands": _commands(registry, url),
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**address, "bot_events": list(EVENTS)},
            "interactivity": {
                "is_enabled": True,
                **address,
                **({"message_menu_options_url": url} if url else {}),
            },
            "org_deploy_enabled": False,
            "socket_mode_enabled": url is None,
            "token_rotation_enabled": False,
        },
    }


def manifest_text(registry: Registry, url: str | None = None) -> str:
    """The manifest as text, each permission with its reason."""
    reasons = "".join(f"#   {scope}: {reason}\n" for scope, reason in SCOPES.items())
    body = yaml.safe_dump(manifest(registry, url), sort_keys=False, allow_unicode=True, width=100)
    return f"# Permissions, and why. None of them reads messages.\n{reasons}{body}"


def _commands(registry: Registry, url: str | None) -> list[Json]:
    by_name = groupby(sorted(registry.commands, key=_top), key=_top)
    found = [_command(name, list(actions)) for name, actions in by_name if name not in RESERVED]
    found.insert(0, _entry(GATEWAY, "Everything I can do, in one command", "help"))
    if len(found) > COMMANDS:
        raise ValueError(f"Slack takes {COMMANDS} commands of an app; these are {len(found)}.")
    return [{**entry, "url": url} if url else entry for entry in found]


def _shortcuts(registry: Registry) -> list[Json]:
    """What stands in the menu of a person stands, here, in that of each message of theirs."""
    found = [
        {
            "name": label,
            "type": "message",
            "callback_id": about_person(action),
            "description": shorten(action.help, SHORTCUT_DESCRIPTION),
        }
        for label, action in registry.on_person.items()
    ]
    if len(found) > SHORTCUTS:
        raise ValueError(f"Slack takes {SHORTCUTS} message shortcuts; these are {len(found)}.")
    for each in found:
        if len(each["name"]) > SHORTCUT or len(each["callback_id"]) > CALLBACK:
            raise ValueError(f"Slack can't take the shortcut {each['name']!r}: it is too long.")
    return found


def _top(action: Action) -> str:
    return action.name.partition(" ")[0]


def _command(name: str, actions: Iterable[Action]) -> Json:
    """One command of Slack's with all its subcommands; the bare one speaks for it."""
    by_sub = {action.name.removeprefix(name).strip(): action for action in actions}
    subs = [sub for sub in by_sub if sub]
    bare = by_sub.get("")
    hints = [bare.usage.removeprefix(f"/{name}").strip()] if bare else []
    helps = bare.help if bare else " ".join(by_sub[sub].help for sub in subs)
    return _entry(name, helps, " | ".join(filter(None, [*hints, *subs])))


def _entry(name: str, description: str, hint: str) -> Json:
    if len(name) > COMMAND:
        raise ValueError(f"/{name}: Slack takes {COMMAND} characters.")
    usage = {"usage_hint": shorten(hint, USAGE_HINT)} if hint else {}
    return {
        "command": f"/{name}",
        "description": shorten(description, COMMAND_DESCRIPTION),
        **usage,
        "should_escape": False,
    }
