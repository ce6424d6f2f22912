"""Replies and forms as Discord's JSON. Pure: it needs no connection and keeps no state.

What is drawn survives a restart by itself, because every custom id carries its press.
https://discord.com/developers/docs/components/reference
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from typing import assert_never

from discord import ButtonStyle, ComponentType, TextStyle

from adapters.discord import limits
from adapters.discord.limits import insist
from adapters.discord.parse import CustomId, Json, said
from bot.actions import Action, Param
from bot.markup import Block, Span, parse, shorten
from bot.replies import (
    Button,
    Card,
    Choice,
    Field,
    File,
    Link,
    OpenForm,
    Option,
    Press,
    Reply,
    Style,
)

STYLES = {
    Style.PLAIN: ButtonStyle.secondary,
    Style.MAIN: ButtonStyle.primary,
    Style.RISKY: ButtonStyle.danger,
}
ACTIVE = re.compile(r"[\\`*_~|<@\[]|:(?=/|\w+:)")
"""What Discord reads as markup, a mention, a web address or an emoji, wherever it stands."""

LEADING = re.compile(r"^(\s*\d*)(?=[#>.+-])", re.MULTILINE)
"""Where a line begins like a heading, a quote or an item of a list."""

OFFER = Card("One more step", "There is a form to fill in.")


@dataclass(frozen=True, slots=True)
class Message:
    """The body of one message, whether it is sent, edited or an answer, and its files."""

    body: Json
    files: tuple[File, ...] = ()


def message(reply: Reply, space: str = "") -> Message:
    """`space`: the server it belongs to, where none will be around a button when it is pressed."""
    card = reply.card
    files = (card.picture.file, *reply.files) if card.picture else reply.files
    body = _body(card, _rows(card.buttons, card.choice, space))
    body["attachments"] = [{"id": n, "filename": file.name} for n, file in enumerate(files)]
    if card.picture:
        body["attachments"][0]["description"] = card.picture.alt
    return Message(body, files)


def offer(asks: OpenForm, space: str = "") -> Message:
    """A button that opens the form, for when Discord can't open it by itself any more."""
    custom_id = _carried(asks, space).encoded()
    return Message(_body(OFFER, [_row([_press("Open the form", Style.MAIN, custom_id)])]))


def form(asks: OpenForm, action: Action, space: str = "") -> Json:
    carried = _carried(asks, space)
    params = action.asked(carried.press.values)
    lost = set(asks.known) - set(carried.press.values) - {param.name for param in params}
    if lost:
        raise ValueError(f"The form of {action.name!r} has no room for {', '.join(sorted(lost))}.")
    filled = {**asks.known, **asks.draft}
    return {
        "title": shorten(action.heading, limits.FORM_TITLE),
        "custom_id": carried.encoded(),
        "components": [_asked(param, filled.get(param.name, "")) for param in params],
    }


def suggestions(options: Iterable[Option], *, integer: bool) -> list[Json]:
    return [
        {"name": option.label, "value": int(option.value) if integer else option.value}
        for option in options
    ]


@lru_cache(maxsize=1024)
def markdown(markup: str) -> str:
    """Our markup in Discord's dialect. What people typed stays the characters that they typed."""
    blocks = parse(markup)
    drawn = [_block(block) for block in blocks]
    gaps = ["", *(_gap(before, after) for before, after in pairwise(blocks))]
    return "".join(gap + text for gap, text in zip(gaps, drawn, strict=False))


def _body(card: Card, rows: list[Json]) -> Json:
    return {"embeds": [_embed(card)], "components": rows, "allowed_mentions": {"parse": []}}


def _embed(card: Card) -> Json:
    title, text = _heading(card.title), markdown(card.text)
    fields = [_embed_field(field) for field in card.fields]
    size = len(title) + len(text) + sum(len(each["name"] + each["value"]) for each in fields)
    insist(f"The text of {card.title!r}", len(text), limits.EMBED_TEXT)
    insist(f"The whole of {card.title!r}", size, limits.EMBED)
    embed: Json = {"title": title, "fields": fields}
    if text:
        embed["description"] = text
    if card.picture:
        embed["image"] = {"url": f"attachment://{card.picture.file.name}"}
    return embed


def _embed_field(field: Field) -> Json:
    value = markdown(field.value)
    insist(f"The field {field.name!r}", len(value), limits.EMBED_FIELD)
    return {"name": _heading(field.name), "value": value}


def _heading(text: str) -> str:
    """A title or a field's name, inert. Only one that is nearly all symbols is cut for it."""
    inert = _inert(text)
    if len(inert) <= limits.EMBED_TITLE:
        return inert
    return _inert(shorten(text, limits.EMBED_TITLE // 2))


@lru_cache(maxsize=1024)
def _rows(buttons: tuple[Button | Link, ...], choice: Choice | None, space: str) -> list[Json]:
    """Five buttons a row; a select has one to itself. They hold ids only, and recur a lot."""
    drawn = [_button(button, space) for button in buttons]
    rows = [_row(drawn[at : at + limits.ROW]) for at in range(0, len(drawn), limits.ROW)]
    return [*rows, _row([_select(choice, space)])] if choice else rows


def _row(components: list[Json]) -> Json:
    return {"type": ComponentType.action_row.value, "components": components}


def _button(button: Button | Link, space: str) -> Json:
    match button:
        case Link(label, url):
            style = ButtonStyle.link.value
            return {"type": ComponentType.button.value, "style": style, "label": label, "url": url}
        case Button(label, press, style):
            return _press(label, style, CustomId(press, space=space).encoded())
        case _:
            assert_never(button)


def _press(label: str, style: Style, custom_id: str) -> Json:
    return {
        "type": ComponentType.button.value,
        "style": STYLES[style].value,
        "label": label,
        "custom_id": custom_id,
    }


def _select(choice: Choice, space: str) -> Json:
    return {
        "type": ComponentType.string_select.value,
        "custom_id": CustomId(choice.press, pick=choice.name, space=space).encoded(),
        "placeholder": choice.label,
        "options": [_option(option) for option in choice.options],
    }


def _option(option: Option) -> Json:
    drawn = {"label": option.label, "value": option.value}
    return {**drawn, "description": option.hint} if option.hint else drawn


def _carried(asks: OpenForm, space: str) -> CustomId:
    """A form's id with what is known already; what is too long for it is asked again, filled in."""
    known = dict(asks.known)
    while True:
        try:
            return CustomId(Press(asks.action, tuple(known.items())), form=asks.id, space=space)
        except ValueError:
            if not known:
                raise
            del known[max(known, key=lambda name: len(known[name]))]


def _asked(param: Param, value: str) -> Json:
    return {
        "type": ComponentType.label.value,
        "label": param.label,
        "component": {
            "custom_id": param.name,
            "required": param.required,
            **_input(param, value),
        },
    }


def _input(param: Param, value: str) -> Json:
    match param.kind:
        case "text" | "number":
            style = TextStyle.long if param.lines else TextStyle.short
            written: Json = {"value": value} if value else {}
            return {
                "type": ComponentType.text_input.value,
                "style": style.value,
                "max_length": param.limit,
                **written,
            }
        case "choice":
            return _pick(param, value, {choice: choice for choice in param.choices})
        case "yes or no":
            return _pick(param, value, {"yes": "Yes", "no": "No"})
        case _:
            assert_never(param.kind)


def _pick(param: Param, value: str, labels: dict[str, str]) -> Json:
    chosen = value or said(param.default)
    return {
        "type": ComponentType.string_select.value,
        "min_values": int(param.required),
        "options": [
            {"label": label, "value": value, "default": value == chosen}
            for value, label in labels.items()
        ],
    }


def _gap(before: Block, after: Block) -> str:
    together = before.kind == after.kind != "paragraph"
    return "\n" if together else "\n\n"


def _block(block: Block) -> str:
    match block.kind:
        case "copy":
            guarded = block.text.replace("```", "`\u200b``")
            return f"```\n{guarded}\n```"
        case "quote":
            return "\n".join(f"> {line}" for line in _line(block).split("\n"))
        case "item":
            mark = "-" if block.mark == "•" else block.mark
            return f"{mark} {_line(block)}".replace("\n", "\n  ")
        case "paragraph":
            return _line(block)
        case _:
            assert_never(block.kind)


def _line(block: Block) -> str:
    """Spans of one weight are drawn as one run: two runs that touch would lose their marks."""
    runs = groupby(block.spans, key=lambda span: (span.strong, span.emphasis))
    drawn = (_run(list(spans), strong, emphasis) for (strong, emphasis), spans in runs)
    return LEADING.sub(r"\1\\", "".join(drawn))


def _run(spans: list[Span], strong: bool, emphasis: bool) -> str:
    mark = "**" * strong + "*" * emphasis
    return f"{mark}{''.join(map(_span, spans))}{mark}"


def _span(span: Span) -> str:
    if span.time is not None:
        return f"<t:{span.time}:F>"
    if span.channel:
        platform, id_ = span.channel
        return f"<#{id_}>" if platform == "discord" else _inert(span.abroad)
    text = _code(span.text) if span.code else _inert(span.text)
    return f"[{text}](<{span.link}>)" if span.link else text


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _inert(text: str) -> str:
    return ACTIVE.sub(r"\\\g<0>", text)
