"""What people do on Discord, as Calls. Pure: interaction data in, plain values out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import discord

from adapters.discord.limits import CUSTOM_ID, insist
from bot.actions import Attachment, Registry, Role
from bot.context import Call, Place, Via
from bot.people import Caller, mention
from bot.replies import OpenForm, Press

Json = dict[str, Any]
Data = Mapping[str, Any]

CARRIED = re.compile(
    r"(?P<press>[^*!#]*)(?:\*(?P<pick>\w+))?(?:!(?P<form>\w+))?(?:#(?P<space>\d+))?"
)
SUBCOMMAND = discord.AppCommandOptionType.subcommand.value
INTEGER = discord.AppCommandOptionType.integer.value
ATTACHMENT = discord.AppCommandOptionType.attachment.value
USER_MENU = discord.AppCommandType.user.value


@dataclass(frozen=True, slots=True)
class CustomId:
    """What a button, select or form carries on Discord, and brings back after any restart.

    `principle.read?number=37`; a select adds the argument that is picked, `*day`; a form, and a
    button that only opens it, the submission's id, `!0f3c`; where there is no server around the
    message, its id follows, `#81384788765712384`.
    """

    press: Press
    pick: str = ""
    form: str = ""
    space: str = ""

    def __post_init__(self) -> None:
        insist(f"The custom id of {self.press.action!r}", len(self.encoded()), CUSTOM_ID)

    def encoded(self) -> str:
        marked = (("*", self.pick), ("!", self.form), ("#", self.space))
        return self.press.encoded() + "".join(mark + value for mark, value in marked if value)

    @classmethod
    def decode(cls, encoded: str) -> "CustomId":
        found = CARRIED.match(encoded)
        assert found, "every part may be absent"
        parts = found.groupdict("")
        return cls(Press.decode(parts["press"]), parts["pick"], parts["form"], parts["space"])


@dataclass(frozen=True, slots=True)
class Typing:
    """The option that somebody is typing in."""

    name: str
    text: str
    integer: bool


def call(
    kind: discord.InteractionType, data: Data, registry: Registry, caller: Caller, place: Place
) -> Call:
    match kind:
        case discord.InteractionType.component:
            return _press(data, caller, place)
        case discord.InteractionType.modal_submit:
            return _form(data, caller, place)
        case _:
            return _command(data, registry, caller, place)


def _command(data: Data, registry: Registry, caller: Caller, place: Place) -> Call:
    """A command as it was sent or, for suggestions, as far as it is typed."""
    if data["type"] == USER_MENU:
        return _on_person(data, registry, caller, place)
    name, options = data["name"], data.get("options", [])
    if options and options[0]["type"] == SUBCOMMAND:
        name, options = _subcommand(name, options[0], registry), options[0].get("options", [])
    written = {e["name"]: said(e["value"]) for e in options if e["type"] != ATTACHMENT}
    return Call(name, written, caller, place, files=_attached(data, options))


def _attached(data: Data, options: Iterable[Data]) -> dict[str, Attachment]:
    """The files themselves stay with Discord, at addresses that it signs for about a day. While
    somebody still types, it names them and does not tell where they are."""
    there = data.get("resolved", {}).get("attachments", {})
    given = {e["name"]: there.get(e["value"]) for e in options if e["type"] == ATTACHMENT}
    return {name: Attachment(it["url"], it["size"]) for name, it in given.items() if it}


def _on_person(data: Data, registry: Registry, caller: Caller, place: Place) -> Call:
    """From the menu of a person, who is the first argument."""
    action = registry.on_person[data["name"]]
    whom = data["target_id"]
    user, resolved = data["resolved"]["users"][whom], data["resolved"].get("members", {})
    nick = resolved.get(whom, {}).get("nick")
    name = nick or user.get("global_name") or user["username"]
    return Call(action.name, {action.params[0].name: mention(whom, name)}, caller, place)


def _subcommand(parent: str, option: Data, registry: Registry) -> str:
    """The action's name; one that Discord can't show beside its subcommands goes by `bare`."""
    bare = registry.actions.get(parent)
    return parent if bare and bare.bare == option["name"] else f"{parent} {option['name']}"


def offered(kind: discord.InteractionType, data: Data, registry: Registry) -> OpenForm | None:
    """The form that this button opens, if that is all it does."""
    if kind is not discord.InteractionType.component:
        return None
    carried = CustomId.decode(data["custom_id"])
    if not carried.form or carried.press.action not in registry.actions:
        return None
    return OpenForm(carried.press.action, carried.form, carried.press.values)


def typing(data: Data) -> Typing:
    options = data["options"]
    if options[0]["type"] == SUBCOMMAND:
        options = options[0]["options"]
    focused = next(each for each in options if each.get("focused"))
    return Typing(focused["name"], said(focused["value"]), focused["type"] == INTEGER)


def _press(data: Data, caller: Caller, place: Place) -> Call:
    """A button, or a select whose value becomes one more argument."""
    carried = CustomId.decode(data["custom_id"])
    args = carried.press.values
    if carried.pick:
        args[carried.pick] = data["values"][0]
    return Call(carried.press.action, args, caller, place, Via.PRESS)


def _form(data: Data, caller: Caller, place: Place) -> Call:
    carried = CustomId.decode(data["custom_id"])
    filled = dict(_filled(label["component"]) for label in data["components"])
    return Call(
        carried.press.action, filled, caller, place, Via.FORM, carried.press.values, carried.form
    )


def _filled(component: Data) -> tuple[str, str]:
    picked = component.get("values") or [""]
    return component["custom_id"], component.get("value", picked[0])


def space(data: Data) -> int | None:
    """The server that a button or form in direct messages belongs to, where it tells."""
    carried = CustomId.decode(data.get("custom_id", ""))
    return int(carried.space) if carried.space else None


def said(value: object) -> str:
    """A typed option or a default, as a person would have written it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def groups(member: discord.Member) -> frozenset[str]:
    """Their roles on the server, without the one that everyone has."""
    return frozenset(str(each.id) for each in member.roles if not each.is_default())


def role(permissions: discord.Permissions) -> Role:
    if permissions.administrator or permissions.manage_guild:
        return Role.ORGANISER
    return Role.HOST if permissions.manage_events else Role.MEMBER
