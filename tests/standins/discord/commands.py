"""Application commands: what Discord accepts when they are registered.

The rules are those of https://discord.com/developers/docs/interactions/application-commands.
"""

from __future__ import annotations

import re
from typing import Any, Final

from .faults import ApiError, Faults, Path, names
from .state import Json
from .world import World

CHAT_INPUT, USER_MENU, MESSAGE_MENU = 1, 2, 3
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER = range(1, 11)
ATTACHMENT = 11

AT_MOST: Final = {CHAT_INPUT: 100, USER_MENU: 15, MESSAGE_MENU: 15}
NAME: Final = 32
DESCRIPTION: Final = 100
OPTIONS: Final = 25
CHOICES: Final = 25
CHOICE: Final = 100
TOTAL: Final = 8000
TEXT_VALUE: Final = 6000

_NAME: Final = re.compile(r"[-'\w\u0900-\u097f\u0e00-\u0e7f]{1,32}")
"""`\\w` is `\\p{L}\\p{N}_`; the ranges are Devanagari and Thai, whose vowel signs are neither."""
_COMMAND: Final = names(
    "name name_localizations description description_localizations options type nsfw"
    " default_member_permissions dm_permission default_permission integration_types contexts"
)
_OPTION: Final = names(
    "type name name_localizations description description_localizations required choices options"
    " channel_types min_value max_value min_length max_length autocomplete"
)
_LISTED: Final = (STRING, INTEGER, NUMBER)
_PARAMETERS: Final = range(STRING, ATTACHMENT + 1)


def register(world: World, bodies: Any, guild_id: int | None) -> list[Json]:
    """Replace all commands of one scope by these; what stays keeps its id."""
    if not isinstance(bodies, list):
        raise ApiError(400, 50035, "Invalid Form Body", {"_errors": [{"code": "LIST_TYPE"}]})
    faults = Faults()
    taken: set[tuple[int, str]] = set()
    for index, body in enumerate(bodies):
        _check_command(faults, body, (index,))
        key = (body.get("type", CHAT_INPUT), body.get("name"))
        if key in taken:
            words = "Application command names must be unique"
            faults.add((index, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", words)
        taken.add(key)
    faults.refuse()
    for kind, most in AT_MOST.items():
        if sum(1 for body in bodies if body.get("type", CHAT_INPUT) == kind) > most:
            raise ApiError(400, 30032, f"Maximum number of application commands reached ({most})")
    old = {(c["type"], c["name"]): c for c in world.commands.get(guild_id, ())}
    world.commands[guild_id] = [_registered(world, body, old, guild_id) for body in bodies]
    return world.commands[guild_id]


def _registered(
    world: World, body: Json, old: dict[tuple[int, str], Json], guild_id: int | None
) -> Json:
    kind = body.get("type", CHAT_INPUT)
    known = old.get((kind, body["name"]))
    wanted = body.get("default_member_permissions")
    command = {
        "description": "",
        "name_localizations": None,
        "description_localizations": None,
        "dm_permission": True,
        "contexts": None,
        "integration_types": [0],
        "nsfw": False,
        "options": [],
        **{key: value for key, value in body.items() if value is not None},
        "id": known["id"] if known else str(world.new_id()),
        "type": kind,
        "application_id": str(world.bot.id),
        "version": str(world.new_id()),
        "default_member_permissions": None if wanted is None else str(wanted),
    }
    return command if guild_id is None else command | {"guild_id": str(guild_id)}


def _check_command(faults: Faults, body: Json, at: Path) -> None:
    faults.keys(body, _COMMAND, at)
    kind = body.get("type", CHAT_INPUT)
    if kind not in AT_MOST:
        faults.add((*at, "type"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3}.")
    elif kind != CHAT_INPUT:
        faults.text(body, "name", at, NAME, least=1, need=True)
        for key in ("description", "options"):
            if body.get(key):
                words = "Context menu commands have none"
                faults.add((*at, key), "APPLICATION_COMMAND_CONTEXT_MENU_FIELD", words)
    else:
        _check_words(faults, body, at)
        _check_options(faults, body, at, {SUBCOMMAND, GROUP, *_PARAMETERS})
        if (size := _size(body)) > TOTAL:
            words = f"Command exceeds maximum size ({TOTAL}): {size}"
            faults.add(at, "APPLICATION_COMMAND_TOO_LARGE", words)
    wanted = body.get("default_member_permissions")
    if wanted is not None and not str(wanted).isdecimal():
        faults.add((*at, "default_member_permissions"), "NUMBER_TYPE_COERCE", "Not a bit set.")


def _check_words(faults: Faults, body: Json, at: Path) -> None:
    """Name and description, in every language."""
    faults.text(body, "description", at, DESCRIPTION, least=1, need=True)
    for locale, words in (body.get("description_localizations") or {}).items():
        faults.length(len(words), (*at, "description_localizations", locale), 1, DESCRIPTION)
    _check_name(faults, body.get("name"), (*at, "name"))
    for locale, name in (body.get("name_localizations") or {}).items():
        _check_name(faults, name, (*at, "name_localizations", locale))


def _check_name(faults: Faults, name: Any, at: Path) -> None:
    if not isinstance(name, str) or not name:
        faults.add(at, "BASE_TYPE_REQUIRED", "This field is required")
    elif not _NAME.fullmatch(name) or name != name.lower():
        words = "Command name is invalid: 1 to 32 lowercase letters, digits, - _ '"
        faults.add(at, "APPLICATION_COMMAND_INVALID_NAME", words)


def _check_options(faults: Faults, body: Json, at: Path, allowed: set[int]) -> None:
    options = faults.items(body, "options", at, OPTIONS)
    names: set[str] = set()
    optional = False
    nested = [option.get("type") in (SUBCOMMAND, GROUP) for option in options]
    if any(nested) and not all(nested):
        words = "Subcommands and groups can't stand beside parameters"
        faults.add((*at, "options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", words)
    for index, option in enumerate(options):
        there = (*at, "options", index)
        _check_option(faults, option, there, allowed)
        if option.get("name") in names:
            words = "Option names must be unique"
            faults.add((*there, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", words)
        names.add(option.get("name"))
        if option.get("required") and optional:
            words = "Required options must be placed before non-required options"
            faults.add(there, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", words)
        optional |= not option.get("required")


def _check_option(faults: Faults, option: Json, at: Path, allowed: set[int]) -> None:
    faults.keys(option, _OPTION, at)
    _check_words(faults, option, at)
    kind = option.get("type")
    if kind not in allowed:
        words = f"An option of type {kind} is not allowed here"
        faults.add((*at, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", words)
    elif kind == GROUP:
        _check_options(faults, option, at, {SUBCOMMAND})
    elif kind == SUBCOMMAND:
        _check_options(faults, option, at, set(_PARAMETERS))
    else:
        _check_parameter(faults, option, kind, at)


def _check_parameter(faults: Faults, option: Json, kind: int, at: Path) -> None:
    for key in ("choices", "autocomplete"):
        if option.get(key) and kind not in _LISTED:
            words = "Only text and numbers have this"
            faults.add((*at, key), "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", words)
    if option.get("choices") and option.get("autocomplete"):
        words = "An option has either choices or autocomplete"
        faults.add((*at, "autocomplete"), "APPLICATION_COMMAND_AUTOCOMPLETE_INVALID", words)
    for key in ("min_length", "max_length"):
        if key in option and kind != STRING:
            faults.add(
                (*at, key), "APPLICATION_COMMAND_OPTIONS_LENGTH_INVALID", "Only text has this"
            )
    if "min_length" in option or "max_length" in option:
        faults.number(option, "min_length", at, 0, TEXT_VALUE)
        faults.number(option, "max_length", at, 1, TEXT_VALUE)
    check_choices(faults, option, at, kind)


def check_choices(faults: Faults, body: Json, at: Path, kind: int) -> None:
    """The choices of an option, or the answer to someone who types into it."""
    for index, choice in enumerate(faults.items(body, "choices", at, CHOICES)):
        there = (*at, "choices", index)
        faults.keys(choice, ("name", "name_localizations", "value"), there)
        faults.text(choice, "name", there, CHOICE, least=1, need=True)
        value = choice.get("value")
        if kind == STRING:
            faults.text(choice, "value", there, CHOICE, least=1, need=True)
        elif isinstance(value, bool) or not isinstance(
            value, int if kind == INTEGER else int | float
        ):
            words = f'Value "{value}" is not of the option\'s type.'
            faults.add((*there, "value"), "NUMBER_TYPE_COERCE", words)


def _size(body: Json) -> int:
    """The characters of name, description and values: of each the longest translation."""

    def longest(key: str) -> int:
        texts = [body.get(key) or "", *(body.get(f"{key}_localizations") or {}).values()]
        return max(map(len, texts))

    size = longest("name") + longest("description")
    size += sum(_size(option) for option in body.get("options") or ())
    for choice in body.get("choices") or ():
        size += len(choice["name"]) if isinstance(choice.get("name"), str) else 0
        size += len(choice["value"]) if isinstance(choice.get("value"), str) else 0
    return size
