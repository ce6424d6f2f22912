"""From outcomes to Slack's payloads. Pure.

Words are drawn as rich text, which Slack shows as it is: nothing that people typed is ever read as
markup or as a mention. Only `text`, the fallback beside the blocks, is Slack's own markup; it is
escaped.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from typing import assert_never

from adapters.slack.limits import BLOCKS, BUTTONS_IN_A_ROW, FALLBACK, INPUT, VIEW_TITLE
from adapters.slack.manifest import as_typed
from adapters.slack.parse import BACK, MARK, Json, Origin, Surface, packed
from bot.actions import Action, Param
from bot.errors import UserError
from bot.markup import Block, Span, parse, shorten, text_of
from bot.replies import (
    OPTION_LABEL,
    Button,
    Card,
    Choice,
    Link,
    OpenForm,
    Option,
    Refusal,
    Reply,
    Style,
)

Reader = Callable[[str], Iterable[Block]]
DATE = "{date_long_pretty} at {time}"
COMMAND = re.compile(r"(?<!\\)`/([a-z][a-z0-9-]*)")
STYLES = {Style.MAIN: "primary", Style.RISKY: "danger"}
YES_OR_NO = (Option("Yes", "yes"), Option("No", "no"))


# Messages


def message(card: Card, picture: str | None = None) -> Json:
    """A card as `text` and `blocks`; `picture` is the id of its uploaded file.

    What has too much style for one message is shown without.
    """
    blocks = list(_blocks(card, picture, parse))
    if len(as_json(blocks)) > BLOCKS:
        blocks = list(_blocks(card, picture, _unstyled))
    return {"text": _fallback(card), "blocks": blocks}


@lru_cache(maxsize=256)
def acknowledged(card: Card, *, public: bool) -> str:
    """The same as JSON, ready for the ack that answers a command."""
    shown = {"response_type": "in_channel" if public else "ephemeral"}
    return as_json({**shown, **message(card)})


def as_json(payload: object) -> str:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def placed(reply: Reply, origin: Origin) -> Json:
    """Where an answer shows: in the place of what was pressed, to the person alone, or to all."""
    public = is_public(reply, origin)
    same = origin.pressed is (Surface.PUBLIC if public else Surface.PRIVATE)
    if reply.update and origin.pressed and (same or origin.place.direct):
        return {"replace_original": True}
    return {"replace_original": False, "response_type": "in_channel" if public else "ephemeral"}


def is_public(reply: Reply, origin: Origin) -> bool:
    """In a person's own conversation with the bot all messages are private, and stay."""
    return origin.place.direct or not reply.private


def home(drawn: Json, *, first: bool = False) -> Json:
    """A message as the Home tab. What a button there leads to takes its place, and leads back."""
    back = {"type": "button", "text": _plain("← Home"), "action_id": BACK}
    way_back = [] if first else [{"type": "actions", "elements": [back]}]
    return {"type": "home", "blocks": [*drawn["blocks"], *way_back]}


# Forms


def modal(action: Action, asks: OpenForm, origin: Origin) -> Json:
    """All that is not known yet: a form of Slack's has room for it."""
    asked = [param for param in action.params if param.name not in asks.known]
    return {
        "type": "modal",
        "callback_id": action.name,
        "private_metadata": packed(asks, origin),
        "title": _plain(shorten(action.heading, VIEW_TITLE)),
        "submit": _plain("Send"),
        "close": _plain("Cancel"),
        "blocks": [
            {"type": "section", "text": _plain(action.help or action.heading)},
            *(_input(param, asks.draft.get(param.name, "")) for param in asked),
        ],
    }


def errors(refusal: Refusal, asked: Sequence[str]) -> Json:
    """Each fault at its field; what belongs to no field of the form, at the first one."""
    shown = {name: says for name, says in refusal.fields.items() if name in asked}
    if not shown or len(shown) < len(refusal.fields):
        shown[asked[0]] = refusal.says
    said = {name: text_of(_said(says)) for name, says in shown.items()}
    return {"response_action": "errors", "errors": said}


def options(found: Collection[Option], typed: str) -> Json:
    """What the core suggests; where it knows nothing like it, what was typed."""
    own = typed.strip()
    fits = 0 < len(own) <= OPTION_LABEL
    return {"options": [_option(each) for each in found or ([Option(own, own)] if fits else [])]}


def _input(param: Param, draft: str) -> Json:
    return {
        "type": "input",
        "block_id": param.name,
        "label": _plain(param.label),
        "optional": not param.required,
        "element": {"action_id": param.name, **_element(param, draft)},
    }


def _element(param: Param, draft: str) -> Json:
    match param.kind:
        case _ if param.suggest and len(draft) <= OPTION_LABEL:
            initial = {"initial_option": _option(Option(draft, draft))} if draft else {}
            return {"type": "external_select", "min_query_length": 0, **initial}
        case "choice":
            choices = [Option(choice, choice) for choice in param.choices]
            return _pick("static_select", choices, _canonical(param, draft))
        case "yes or no":
            return _pick("radio_buttons", YES_OR_NO, _canonical(param, draft))
        case "number":
            return _text_input(draft, INPUT)
        case "text":
            return _text_input(draft, param.limit) | ({"multiline": True} if param.lines else {})
        case _:
            assert_never(param.kind)


def _text_input(draft: str, limit: int) -> Json:
    initial = {"initial_value": shorten(draft, limit)} if draft else {}
    return {"type": "plain_text_input", "max_length": limit, **initial}


def _pick(kind: str, choices: Iterable[Option], picked: str) -> Json:
    drawn = [_option(choice) for choice in choices]
    initial = next((choice for choice in drawn if choice["value"] == picked), None)
    return {"type": kind, "options": drawn} | ({"initial_option": initial} if initial else {})


def _canonical(param: Param, draft: str) -> str:
    """A draft as one of the options; nothing if it is none of them."""
    try:
        value = param.read(draft) if draft else ""
    except UserError:
        return ""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


# Blocks


def _blocks(card: Card, picture: str | None, read: Reader) -> Iterator[Json]:
    yield {"type": "header", "text": _plain(card.title)}
    if card.text:
        yield _rich_text(read(_said(card.text)))
    for field in card.fields:
        name = Block((Span(field.name, strong=True),))
        yield _rich_text((name, *read(_said(field.value))), between="\n")
    if card.picture:
        yield _picture(card.picture.alt, picture)
    yield from _rows(card.buttons)
    if card.choice:
        yield {"type": "actions", "elements": [_menu(card.choice)]}


def _picture(alt: str, picture: str | None) -> Json:
    """Without the file, what the picture says."""
    if picture is None:
        return _rich_text((Block((Span(f"Picture: {alt}", emphasis=True),)),))
    return {"type": "image", "slack_file": {"id": picture}, "alt_text": alt}


def _rows(buttons: Sequence[Button | Link]) -> Iterator[Json]:
    drawn = [_button(button, number) for number, button in enumerate(buttons)]
    for start in range(0, len(drawn), BUTTONS_IN_A_ROW):
        yield {"type": "actions", "elements": drawn[start : start + BUTTONS_IN_A_ROW]}


def _button(button: Button | Link, number: int) -> Json:
    drawn: Json = {"type": "button", "text": _plain(button.label)}
    match button:
        case Button(style=Style.PLAIN):
            return {**drawn, "action_id": button.press.encoded()}
        case Button():
            style = {"style": STYLES[button.style]}
            return {**drawn, "action_id": button.press.encoded(), **style}
        case Link():
            return {**drawn, "action_id": f"{MARK}{number}", "url": button.url}
        case _:
            assert_never(button)


def _menu(choice: Choice) -> Json:
    return {
        "type": "static_select",
        "action_id": f"{choice.press.encoded()}{MARK}{choice.name}",
        "placeholder": _plain(choice.label),
        "options": [_option(option) for option in choice.options],
    }


def _option(option: Option) -> Json:
    hint = {"description": _plain(option.hint)} if option.hint else {}
    return {"text": _plain(option.label), "value": option.value, **hint}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


# Words


def _unstyled(markup: str) -> tuple[Block, ...]:
    return (Block((Span(text_of(markup)),)),)


def _said(markup: str) -> str:
    """Commands as they are typed on Slack, which keeps some names for itself."""
    return COMMAND.sub(lambda found: f"`/{as_typed(found[1])}", markup)


def _fallback(card: Card) -> str:
    """For notifications and screen readers, in Slack's own markup."""
    fields = (f"{field.name}: {text_of(_said(field.value))}" for field in card.fields)
    words = "\n".join(filter(None, [card.title, text_of(_said(card.text)), *fields]))
    escaped = shorten(words, FALLBACK).replace("&", "&amp;")
    return escaped.replace("<", "&lt;").replace(">", "&gt;")


def _rich_text(blocks: Iterable[Block], between: str = "\n\n") -> Json:
    """`between` stands between two paragraphs."""
    return {"type": "rich_text", "elements": list(_parts(_whole(blocks), between))}


def _whole(blocks: Iterable[Block]) -> list[Block]:
    """A further paragraph of a list's item belongs to that item."""
    whole: list[Block] = []
    for block in blocks:
        if block.kind == "item" and not block.mark and whole:
            spans = (*whole[-1].spans, Span("\n"), *block.spans)
            whole[-1] = replace(whole[-1], spans=spans)
        else:
            whole.append(block)
    return whole


def _parts(blocks: Iterable[Block], between: str) -> Iterator[Json]:
    for kind, run in groupby(blocks, _kind):
        match kind:
            case "paragraph":
                yield _section(_joined(run, between))
            case "quote":
                yield {**_section(_joined(run, "\n")), "type": "rich_text_quote"}
            case "copy":
                yield {**_section(_joined(run, "\n\n")), "type": "rich_text_preformatted"}
            case _:
                yield _list(kind, list(run))


def _kind(block: Block) -> str:
    if block.kind != "item":
        return block.kind
    return "bullet" if block.mark == "•" else "ordered"


def _list(style: str, items: Sequence[Block]) -> Json:
    first = int(items[0].mark.rstrip(".")) if style == "ordered" else 1
    offset = {"offset": first - 1} if first > 1 else {}
    sections = [_section(item.spans) for item in items]
    return {"type": "rich_text_list", "style": style, "elements": sections, **offset}


def _section(spans: Iterable[Span]) -> Json:
    """Neighbours of one style become one element."""
    runs = groupby(spans, key=lambda span: replace(span, text=""))
    elements = [_span(style, "".join(span.text for span in run)) for style, run in runs]
    return {"type": "rich_text_section", "elements": elements}


def _joined(blocks: Iterable[Block], between: str) -> Iterator[Span]:
    for number, block in enumerate(blocks):
        if number:
            yield Span(between)
        yield from block.spans


def _span(style: Span, text: str) -> Json:
    flags = {"bold": style.strong, "italic": style.emphasis, "code": style.code}
    on = {name: True for name, is_on in flags.items() if is_on}
    styled = {"style": on} if on else {}
    if style.time is not None:
        fallback = {"format": DATE, "fallback": text}
        return {"type": "date", "timestamp": style.time, **fallback, **styled}
    if style.channel:
        platform, id_ = style.channel
        if platform == "slack":
            return {"type": "channel", "channel_id": id_, **styled}
        return {"type": "text", "text": replace(style, text=text).abroad, **styled}
    if style.link:
        return {"type": "link", "url": style.link, "text": text, **styled}
    return {"type": "text", "text": text, **styled}
