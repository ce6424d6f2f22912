"""What people type, as an action and its arguments: `principle 37`, `principle number:37`.

Positional words fill the parameters in order; the last text parameter takes all that is left, so
that nobody has to quote a sentence. `name:value` and `name="two words"` name one outright.
"""

import re
from collections.abc import Iterable

from rapidfuzz import fuzz, process

from bot.actions import Action, Param, Registry
from bot.errors import UnknownCommand, UserError
from bot.markup import plain

QUOTES = str.maketrans("“”„«»", '"' * 5)
WORD = re.compile(r'"([^"]*)"|(\S+)')
NAMED = re.compile(r'([a-z][a-z0-9_]*)[:=](?:"([^"]*)"|(\S*))', re.IGNORECASE)


def typed(registry: Registry, line: str) -> tuple[Action, dict[str, str]]:
    """Read one line without its slash. Raises UserError with what to type instead."""
    action, rest = _split(registry, line)
    return action, arguments(action, "" if rest == action.bare else rest)


def find_command(registry: Registry, name: str) -> Action:
    """The command of that name. Raises UnknownCommand with the nearest one."""
    return _split(registry, name)[0]


def _split(registry: Registry, line: str) -> tuple[Action, str]:
    words = line.split(maxsplit=2)
    two = " ".join(words[:2]).lower()
    one = words[0].lower() if words else ""
    commands = registry.typed
    if action := commands.get(two):
        return action, words[2] if len(words) > 2 else ""
    below = [name for name in commands if name.startswith(f"{one} ")]
    rest = line.strip()[len(one) :].strip()
    if action := commands.get(one):
        if rest != action.bare and _is_slip(rest, one, below):
            raise UnknownCommand(_which(one, rest, below))
        return action, rest
    raise UnknownCommand(_which(one, rest, below) if below else _did_you_mean(one, commands))


def arguments(action: Action, text: str) -> dict[str, str]:
    """The arguments in what was typed after the command's name."""
    args: dict[str, str] = {}
    rest = text.translate(QUOTES).strip()
    while rest:
        named = NAMED.match(rest)
        param = action.param(named[1].lower()) if named else None
        if named and param:
            args[param.name] = named[2] if named[2] is not None else named[3]
            rest = rest[named.end() :].lstrip()
            continue
        param = next((each for each in action.params if each.name not in args), None)
        if param is None:
            raise UserError(f"I did not expect “{plain(rest, 40)}”. {action.how}")
        args[param.name], rest = _take(action, param, rest)
    return args


def _take(action: Action, param: Param, rest: str) -> tuple[str, str]:
    if param.kind == "text" and param is action.params[-1]:
        quoted = re.fullmatch(r'"([^"]*)"', rest)
        return (quoted[1] if quoted else rest), ""
    word = WORD.match(rest)
    assert word, "there is a word, since the text is stripped and not empty"
    value = word[1] if word[1] is not None else word[2]
    return value, rest[word.end() :].lstrip()


def _is_slip(rest: str, one: str, below: Iterable[str]) -> bool:
    """Whether the next word is a subcommand's name, nearly."""
    known = [name.removeprefix(f"{one} ") for name in below]
    return bool(process.extractOne(_first(rest), known, scorer=fuzz.ratio, score_cutoff=75))


def _which(one: str, rest: str, below: Iterable[str]) -> str:
    listed = ", ".join(f"`/{name}`" for name in below)
    unknown = f"`/{one}` has no “{plain(_first(rest), 30)}”." if rest else f"`/{one}` what?"
    return f"{unknown} There are {listed}."


def _first(rest: str) -> str:
    return rest.partition(" ")[0].lower()


def _did_you_mean(one: str, names: Iterable[str]) -> str:
    if not one:
        return "Type a command, for example `/principle`. `/help` lists them all."
    near = process.extractOne(one, list(names), score_cutoff=60)
    guess = f" Did you mean `/{near[0]}`?" if near else ""
    return f"I don't know “/{plain(one, 30)}”.{guess} `/help` lists what I can do."
