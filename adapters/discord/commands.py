"""The commands as Discord wants them registered, made from the actions. Pure."""

from collections.abc import Iterable
from itertools import groupby

import discord

from adapters.discord.limits import COMMAND, COMMANDS, DESCRIPTION, IN_A_MENU, OPTIONS, insist
from adapters.discord.parse import Json
from bot.actions import Action, FileParam, Param, Registry, Role
from bot.markup import shorten

Type = discord.AppCommandOptionType

TYPES = {
    "text": Type.string,
    "number": Type.integer,
    "yes or no": Type.boolean,
    "choice": Type.string,
}
IN_SERVERS_AND_DMS = [0, 1]
IN_THE_MENU_OF = {
    Role.HOST: discord.Permissions(manage_events=True),
    Role.ORGANISER: discord.Permissions(manage_guild=True),
}
"""Who finds an entry in the menu of a person. Commands are shown to all, and the App checks the
role: Discord would keep a hidden one from whoever is a host by `/role`."""

OURS = {
    "name",
    "type",
    "description",
    "options",
    "choices",
    "value",
    "autocomplete",
    "max_length",
    "contexts",
    "default_member_permissions",
}


def payload(registry: Registry) -> list[Json]:
    """Nothing is required here: what is left out is asked for by the form."""
    actions = sorted(registry.commands, key=_first_word)
    commands = [_command(name, list(group)) for name, group in groupby(actions, _first_word)]
    insist("The list of commands", len(commands), COMMANDS)
    menu = [_in_a_menu(label, action) for label, action in registry.on_person.items()]
    insist("The menu of a person", len(menu), IN_A_MENU)
    return [*commands, *menu]


def same(registered: Iterable[Json], wanted: Iterable[Json]) -> bool:
    """Whether Discord has these very commands, whatever it keeps beside what we send."""
    return _comparable(registered) == _comparable(wanted)


def _command(name: str, actions: list[Action]) -> Json:
    alone = actions[0] if [name] == [each.name for each in actions] else None
    summary = ", ".join(_subname(name, each) for each in actions)
    command: Json = {
        "name": name,
        "type": discord.AppCommandType.chat_input.value,
        "description": alone.help if alone else shorten(f"/{name}: {summary}", DESCRIPTION),
        "options": _options(alone) if alone else _subcommands(name, actions),
        "contexts": IN_SERVERS_AND_DMS,
    }
    insist(f"/{name}", _size(command), COMMAND)
    return command


def _in_a_menu(label: str, action: Action) -> Json:
    """It needs the server, whose member the person is."""
    entry: Json = {"name": label, "type": discord.AppCommandType.user.value, "contexts": [0]}
    if permissions := IN_THE_MENU_OF.get(action.role):
        entry["default_member_permissions"] = str(permissions.value)
    return entry


def _subcommands(name: str, actions: list[Action]) -> list[Json]:
    named = {_subname(name, action): action for action in actions}
    if len(named) < len(actions):
        raise ValueError(f"/{name}: two subcommands have the same name; set another `bare`.")
    insist(f"The subcommands of /{name}", len(named), OPTIONS)
    return [
        {
            "name": subname,
            "type": Type.subcommand.value,
            "description": action.help,
            "options": _options(action),
        }
        for subname, action in named.items()
    ]


def _subname(name: str, action: Action) -> str:
    return action.name.removeprefix(f"{name} ") if action.name != name else action.bare


def _options(action: Action) -> list[Json]:
    """Files first: whoever has one looks for the place to drop it."""
    options = [*map(_file, action.files), *map(_option, action.params)]
    insist(f"The options of /{action.name}", len(options), OPTIONS)
    return options


def _file(param: FileParam) -> Json:
    return {"name": param.name, "type": Type.attachment.value, "description": param.label}


def _option(param: Param) -> Json:
    option: Json = {
        "name": param.name,
        "type": TYPES[param.kind].value,
        "description": param.label,
    }
    if param.kind == "choice":
        option["choices"] = [{"name": choice, "value": choice} for choice in param.choices]
    elif param.suggest:
        option["autocomplete"] = True
    if param.kind == "text":
        option["max_length"] = param.limit
    return option


def _first_word(action: Action) -> str:
    return action.name.partition(" ")[0]


def _size(command: Json) -> int:
    own = sum(len(str(command.get(key, ""))) for key in ("name", "description", "value"))
    inner = [*command.get("options", ()), *command.get("choices", ())]
    return own + sum(map(_size, inner))


def _comparable(commands: Iterable[Json]) -> list[Json]:
    return sorted((_kept(each) for each in commands), key=lambda each: str(each["name"]))


def _kept(command: Json) -> Json:
    kept = {key: value for key, value in command.items() if key in OURS and value}
    for nested in ("options", "choices"):
        if nested in kept:
            kept[nested] = [_kept(each) for each in kept[nested]]
    return kept
