"""Pydantic's errors as sentences that a writer can act on."""

from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.content.faults import Fault
from bot.content.kinds import Heading
from bot.content.pages import Outline
from bot.content.reading import Document, Loc

_SAYS = {
    "missing": "is missing: add it.",
    "extra_forbidden": "is not a key here: remove it, or correct its spelling.",
    "rule": "{says}.",
    "string_type": "must be text: quote what YAML takes for a number, a date or yes and no.",
    "int_type": "must be a whole number.",
    "tuple_type": "must be a list.",
    "model_type": "must hold keys and values.",
    "literal_error": "must be {expected}.",
    "string_too_short": "is empty: fill it in.",
    "string_too_long": "has {size} characters: write at most {max_length}.",
    "too_short": "has too few entries ({size}): give at least {min_length}.",
    "too_long": "has too many entries ({size}): give at most {max_length}.",
}


def errors_of(error: ValidationError) -> Iterator[ErrorDetails]:
    """Without the echo of an entry's fault: pydantic then counts the list as too short."""
    for one in error.errors():
        if one["type"] != "too_short" or len(one["input"]) < one["ctx"]["min_length"]:
            yield one


def complaint(document: Document, error: ErrorDetails, loc: Loc, outline: Outline) -> Fault:
    """The fault at `loc`, named by its heading if it is in a section, by its keys if not."""
    heading = outline.get(str(loc[0])) if loc else None
    kind, given = error["type"], error["input"]
    if isinstance(given, str) and kind in ("too_short", "too_long"):
        kind = f"string_{kind}"
    if heading and kind == "tuple_type":
        says = f"must be one {heading.form} list, with nothing before or after it."
    else:
        size = len(given) if isinstance(given, str | tuple) else 0
        context = {**error.get("ctx", {}), "size": size, "msg": error["msg"]}
        says = _SAYS.get(kind, "cannot be read: {msg}.").format_map(context)
    return Fault(document.path, document.line(loc), f"{_name(loc, heading)} {says}")


def _name(loc: Loc, heading: Heading | None) -> str:
    counted = [part + 1 if isinstance(part, int) else part for part in loc]
    if heading is None:
        return f"`{'.'.join(map(str, counted))}`" if loc else "The file"
    return f'"{heading.title}"' + "".join(f", entry {part}," for part in counted[1:])
