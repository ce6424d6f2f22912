"""Discord's own app on a person's screen: what it offers, and what it won't let a person do.

Pure functions from the bot's definitions and a person's wishes to the `data` of an interaction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from .bits import Permission
from .commands import (
    ATTACHMENT,
    BOOLEAN,
    CHANNEL,
    CHAT_INPUT,
    GROUP,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    ROLE,
    STRING,
    SUBCOMMAND,
    USER,
    USER_MENU,
)
from .components import CHECKBOX, CHECKBOXES, LABEL, RADIO, ROW
from .messages import BUTTON, SELECTS, STRING_SELECT, TEXT_INPUT, File, Message, label, walk
from .state import DM, Channel, Json, Member, Role, User

_CHANNEL_SELECT: Final = 8
_WHO: Final[dict[int, tuple[type, ...]]] = {
    5: (User,),
    6: (Role,),
    7: (User, Role),
    _CHANNEL_SELECT: (Channel,),
}
_OBJECTS: Final[dict[int, Any]] = {
    USER: (User,),
    CHANNEL: (Channel,),
    ROLE: (Role,),
    MENTIONABLE: (User, Role),
    ATTACHMENT: (File,),
}
_NUMBERS: Final[dict[int, tuple[type, ...]]] = {INTEGER: (int,), NUMBER: (int, float)}


class Impossible(AssertionError):
    """Discord's app would not let a person do this; the bot never hears of it."""


class Resolved:
    """The people, roles, channels and files that an interaction names, spelled out for the bot."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.data: dict[str, Json] = {}

    def add(self, thing: User | Role | Channel | File) -> str:
        number = str(thing.id)
        if isinstance(thing, User):
            self.data.setdefault("users", {})[number] = thing.payload()
            member = self.channel.guild and self.channel.guild.members.get(thing.id)
            if member:
                self.data.setdefault("members", {})[number] = member.partial(self.channel)
        elif isinstance(thing, Role):
            self.data.setdefault("roles", {})[number] = thing.payload()
        elif isinstance(thing, File):
            attached = self.channel.world.cdn.payload(thing)
            self.data.setdefault("attachments", {})[number] = attached
        else:
            body = thing.payload() | {"permissions": str(Permission.ALL)}
            self.data.setdefault("channels", {})[number] = body
        return number

    def into(self, data: Json) -> Json:
        return data | {"resolved": self.data} if self.data else data


# Commands


def command_data(
    channel: Channel, member: Member | None, name: str, values: Mapping[str, Any], typing: str = ""
) -> Json:
    """What is sent for `/name`; while `typing` names an option, for completing that one."""
    command, words = _find(channel, member, name)
    level: list[Json] = command.get("options", [])
    options: list[Json] = []
    outer = options
    for word in words:
        node = next((o for o in level if o["name"] == word and o["type"] in (1, 2)), None)
        if node is None:
            raise Impossible(f"/{name}: there is no {word!r}.")
        inner: list[Json] = []
        outer.append({"name": word, "type": node["type"], "options": inner})
        outer, level = inner, node.get("options", [])
    if any(option["type"] in (SUBCOMMAND, GROUP) for option in level):
        raise Impossible(f"/{name} needs one of {[o['name'] for o in level]} after it.")
    resolved = Resolved(channel)
    outer += _fill(name, level, values, resolved, typing)
    data = {"id": command["id"], "name": command["name"], "type": CHAT_INPUT, "options": options}
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    return resolved.into(data)


def person_menu_data(channel: Channel, member: Member | None, name: str, target: User) -> Json:
    """What is sent for an entry in somebody's menu."""
    offered = [each for each in _registered(channel) if each["type"] == USER_MENU]
    for command in offered:
        if command["name"] == name:
            _check_offered(command, channel, member)
            resolved = Resolved(channel)
            about = {"id": command["id"], "name": name, "type": USER_MENU}
            return resolved.into(about | {"target_id": resolved.add(target)})
    raise Impossible(f"No menu has {name!r}; there are {sorted(c['name'] for c in offered)}.")


def _registered(channel: Channel) -> list[Json]:
    commands = channel.world.commands
    here = commands.get(channel.guild.id if channel.guild else -1, ())
    return [*here, *commands.get(None, ())]


def _find(channel: Channel, member: Member | None, name: str) -> tuple[Json, list[str]]:
    first, *words = name.removeprefix("/").split()
    offered = _registered(channel)
    for command in offered:
        if command["name"] == first and command["type"] == CHAT_INPUT:
            _check_offered(command, channel, member)
            return command, words
    raise Impossible(f"There is no /{first}; there are {sorted(c['name'] for c in offered)}.")


def _check_offered(command: Json, channel: Channel, member: Member | None) -> None:
    contexts = command["contexts"]
    if channel.kind == DM:
        offered = 1 in contexts if contexts is not None else command["dm_permission"]
        if not offered:
            raise Impossible(f"/{command['name']} is not offered in direct messages.")
        return
    if contexts is not None and 0 not in contexts:
        raise Impossible(f"/{command['name']} is offered in direct messages only.")
    wanted = command["default_member_permissions"]
    if wanted is None or member is None:
        return
    has = member.permissions(channel)
    if has & int(wanted) != int(wanted) or (wanted == "0" and not has & Permission.ADMINISTRATOR):
        raise Impossible(f"/{command['name']} is hidden from {member.user}.")


def _fill(
    name: str, options: list[Json], values: Mapping[str, Any], resolved: Resolved, typing: str
) -> list[Json]:
    known = {option["name"] for option in options}
    if unknown := {*values, *filter(None, [typing])} - known:
        raise Impossible(f"/{name} has no {sorted(unknown)}; it has {sorted(known)}.")
    filled = []
    for option in options:
        key, kind = option["name"], option["type"]
        if key == typing:
            if not option.get("autocomplete"):
                raise Impossible(f"/{name}: nothing is offered while typing {key}.")
            filled.append({"name": key, "type": kind, "value": str(values[key]), "focused": True})
        elif key in values:
            value = _value(f"/{name} {key}", option, values[key], resolved)
            filled.append({"name": key, "type": kind, "value": value})
        elif option.get("required") and not typing:
            raise Impossible(f"/{name} needs {key}.")
    return filled


def _value(what: str, option: Json, value: Any, resolved: Resolved) -> Any:
    kind = option["type"]
    if choices := option.get("choices"):
        for choice in choices:
            if value in (choice["name"], choice["value"]):
                return choice["value"]
        raise Impossible(f"{what}: choose from {[choice['name'] for choice in choices]}.")
    if kind in _OBJECTS:
        if not isinstance(value, _OBJECTS[kind]):
            raise Impossible(f"{what}: {value!r} is of the wrong kind.")
        return resolved.add(value)
    if kind == STRING:
        return _text(what, str(value), option.get("min_length", 0), option.get("max_length", 6000))
    if kind == BOOLEAN and isinstance(value, bool):
        return value
    if kind not in _NUMBERS or isinstance(value, bool) or not isinstance(value, _NUMBERS[kind]):
        raise Impossible(f"{what}: {value!r} can't be entered here.")
    least, most = option.get("min_value", -(2**53)), option.get("max_value", 2**53)
    if not least <= value <= most:
        raise Impossible(f"{what}: {value} is not between {least} and {most}.")
    return value


def _text(what: str, value: str, least: int, most: int) -> str:
    if not least <= len(value) <= most:
        raise Impossible(f"{what}: {len(value)} characters; from {least} to {most} are allowed.")
    return value


# Buttons and menus


def button_data(message: Message, text: str) -> Json:
    for part in walk(message.components):
        if part["type"] == BUTTON and label(part) == text:
            if part.get("disabled"):
                raise Impossible(f"The button {text!r} is disabled.")
            if "custom_id" not in part:
                raise Impossible(f"The button {text!r} is a link; the bot never hears of it.")
            return {"custom_id": part["custom_id"], "component_type": BUTTON, "id": part["id"]}
    raise Impossible(f"There is no button {text!r} here; there are {message.buttons}.")


def menu_data(message: Message, picks: tuple[Any, ...], menu: str | None) -> Json:
    """`menu`: the placeholder or custom id, where a message has several menus."""
    tried = []
    for part in message.selects:
        if menu is not None and menu not in (part.get("placeholder"), part["custom_id"]):
            continue
        resolved = Resolved(message.channel)
        try:
            values = _picked(part, picks, resolved)
        except Impossible as reason:
            tried.append(str(reason))
            continue
        data = {"custom_id": part["custom_id"], "component_type": part["type"], "id": part["id"]}
        return resolved.into(data | {"values": values})
    raise Impossible(" ".join(tried) or "There is no such menu on this message.")


def _picked(part: Json, picks: tuple[Any, ...] | list[Any], resolved: Resolved) -> list[str]:
    """The values of what was picked from a menu, a radio group or checkboxes."""
    if part.get("disabled"):
        raise Impossible("The menu is disabled.")
    kind, most = part["type"], len(part.get("options") or ()) or 25
    least = part.get("min_values", 1)
    most = part.get("max_values", most if kind == CHECKBOXES else 1)
    if not least <= len(picks) <= most:
        raise Impossible(f"Pick from {least} to {most}, not {len(picks)}.")
    if kind in _WHO:
        if not all(isinstance(pick, _WHO[kind]) for pick in picks):
            raise Impossible(f"{list(picks)} can't be picked from this menu.")
        return [resolved.add(pick) for pick in picks]
    offered = {option["label"]: option["value"] for option in part["options"]}
    offered |= {option["value"]: option["value"] for option in part["options"]}
    if missing := [pick for pick in picks if pick not in offered]:
        raise Impossible(f"{missing} is not offered; there is {[*_labels(part)]}.")
    return [offered[pick] for pick in picks]


def _labels(part: Json) -> list[str]:
    return [option["label"] for option in part["options"]]


# Forms


def form_fields(form: Json) -> dict[str, Json]:
    """The form's questions: what stands above each, and the component that takes the answer."""
    fields = {}
    for part in form["components"]:
        if part["type"] == LABEL:
            fields[part["label"]] = part["component"]
        elif part["type"] == ROW:
            fields[part["components"][0]["label"]] = part["components"][0]
    return fields


def form_data(form: Json, answers: Mapping[str, Any], channel: Channel) -> Json:
    """What is sent when the form is submitted. An answer is named by the question's custom id, or
    by its label in lower case with `_` for whatever is neither letter nor digit."""
    left, resolved = dict(answers), Resolved(channel)
    filled: dict[str, Json] = {}
    for question, part in form_fields(form).items():
        keys = [part["custom_id"], question, _slug(question)]
        given = next((left.pop(key) for key in keys if key in left), None)
        filled[part["custom_id"]] = {
            "type": part["type"],
            "id": part["id"],
            "custom_id": part["custom_id"],
            **_answer(question, part, given, resolved),
        }
    if left:
        names = [_slug(question) for question in form_fields(form)]
        raise Impossible(f"The form doesn't ask for {sorted(left)}; it asks for {names}.")
    parts = []
    for part in form["components"]:
        body = {"type": part["type"], "id": part["id"]}
        if part["type"] == LABEL:
            body["component"] = filled[part["component"]["custom_id"]]
        elif part["type"] == ROW:
            body["components"] = [filled[part["components"][0]["custom_id"]]]
        parts.append(body)
    return resolved.into({"custom_id": form["custom_id"], "components": parts})


def _slug(question: str) -> str:
    return re.sub(r"\W+", "_", question.casefold()).strip("_")


def _answer(question: str, part: Json, given: Any, resolved: Resolved) -> Json:
    kind, needed = part["type"], part.get("required", True)
    if kind == CHECKBOX:
        return {"value": bool(part.get("default") if given is None else given)}
    if kind == TEXT_INPUT:
        value = str(part.get("value") or "" if given is None else given)
        if not value and not needed:
            return {"value": ""}
        least = max(part.get("min_length", 0), 1 if needed else 0)
        return {"value": _text(f"{question!r}", value, least, part.get("max_length", 4000))}
    if kind not in SELECTS | {RADIO, CHECKBOXES}:
        raise Impossible(f"{question!r}: the stand-in can't answer a component of type {kind}.")
    picks = _preset(part) if given is None else given if isinstance(given, list) else [given]
    values = [] if not picks and not needed else _picked(part, picks, resolved)
    return {"value": next(iter(values), None)} if kind == RADIO else {"values": values}


def _preset(part: Json) -> list[str]:
    if part["type"] not in (STRING_SELECT, RADIO, CHECKBOXES):
        return []
    return [option["value"] for option in part["options"] if option.get("default")]
