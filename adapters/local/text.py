"""Messages and forms as lines of text and as JSON. Pure."""

import re
import textwrap
from collections.abc import Iterator
from typing import Any

from adapters.local.files import Files
from adapters.local.workspace import BOT, Form, Message
from bot.actions import Param
from bot.markup import text_of
from bot.replies import Card, File

WIDTH = 78
LIST_MARK = re.compile(r"•|\d+\.")


def message_lines(message: Message, files: Files, *, numbers: bool = False) -> Iterator[str]:
    """A message as people would see it; `numbers` puts a number before each button."""
    yield f"{where(message)} · {BOT}{note(message)}"
    yield f"┌ {message.card.title}"
    for line in _body(message.card, numbers=numbers):
        yield f"│ {line}".rstrip()
    for file in message.files:
        yield f"│ [file: {file.name}]"
    yield from (f"│ [open: {files.keep(file).name}]" for file in attached(message))
    yield "└"


def form_lines(form: Form) -> Iterator[str]:
    yield f"A form is open: {form.title}"
    for param in form.params:
        filled = form.asks.draft.get(param.name)
        optional = "" if param.required else " (optional)"
        yield f"  {param.name}: {param.label}{optional}" + (f" = {filled}" if filled else "")
        if param.name in form.wrong:
            yield f"    ! {text_of(form.wrong[param.name])}"


def attached(message: Message) -> tuple[File, ...]:
    """What can be opened: its picture first."""
    picture = message.card.picture
    return (picture.file, *message.files) if picture else message.files


def message_json(message: Message, files: Files) -> dict[str, Any]:
    card = message.card
    choices = [option.label for option in card.choice.options] if card.choice else []
    return {
        "at": message.at.isoformat(),
        "to": where(message),
        "from": BOT,
        "private": message.private,
        "title": card.title,
        "text": text_of(card.text),
        "fields": [{"name": each.name, "value": text_of(each.value)} for each in card.fields],
        "buttons": [button.label for button in card.buttons] + choices,
        "picture": card.picture.alt if card.picture else None,
        **({"open": str(files.keep(card.picture.file))} if card.picture else {}),
        **({"files": [str(files.keep(each)) for each in message.files]} if message.files else {}),
    }


def form_json(form: Form, at: str, member: str) -> dict[str, Any]:
    return {
        "at": at,
        "to": f"@{member}",
        "from": BOT,
        "private": True,
        "title": f"Form: {form.asks.action}",
        "text": " ".join(text_of(each) for each in form.wrong.values()),
        "fields": [{"name": each.name, "value": field_value(form, each)} for each in form.params],
        "buttons": ["Send"],
        "picture": None,
    }


def field_value(form: Form, param: Param) -> str:
    return form.asks.draft.get(param.name, "")


def where(message: Message) -> str:
    return f"@{message.reader}" if message.place.direct else message.place.id


def note(message: Message) -> str:
    who = f" (only {message.reader} sees this)" if message.private else ""
    return who + (" (edited)" if message.edited else "")


def _body(card: Card, *, numbers: bool) -> Iterator[str]:
    if card.text:
        yield from _wrapped(text_of(card.text))
    for field in card.fields:
        yield ""
        yield field.name if field.name.endswith(("?", ".")) else f"{field.name}:"
        yield from (f"  {line}" for line in _wrapped(text_of(field.value)))
    if card.picture:
        yield ""
        yield from _wrapped(f"[picture: {card.picture.alt}]")
    if card.buttons:
        yield ""
        labels = [
            f"[{number} {button.label}]" if numbers else f"[{button.label}]"
            for number, button in enumerate(card.buttons, start=1)
        ]
        yield from _rows(labels)
    if card.choice:
        first = len(card.buttons) + 1
        yield f"{card.choice.label}:"
        for number, option in enumerate(card.choice.options, start=first):
            hint = f" ({option.hint})" if option.hint else ""
            yield f"  {f'{number} ' if numbers else '- '}{option.label}{hint}"


def _wrapped(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield from textwrap.wrap(line, WIDTH, subsequent_indent=_indent(line)) or [""]


def _indent(line: str) -> str:
    mark = line.partition(" ")[0]
    return " " * (len(mark) + 1) if LIST_MARK.fullmatch(mark) else ""


def _rows(labels: list[str]) -> Iterator[str]:
    """Buttons side by side, never broken inside a label."""
    row = ""
    for label in labels:
        if row and len(row) + 1 + len(label) > WIDTH:
            yield row
            row = ""
        row = f"{row} {label}".lstrip()
    yield row
