"""Block Kit read the way a person reads it: its words, its buttons, and whom it would ping."""

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|<!(channel|here|everyone)(?:\|[^>]*)?>")
_GROUP = re.compile(r"<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>")
_FOLDED = ("options", "option_groups")
_OPEN = ("checkboxes", "radio_buttons")
_BARE = re.compile(r"(?<![\w<!])@(channel|here|everyone)\b")


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every element a person can act on, with the block it stands in."""
    for block in blocks:
        if "element" in block:
            yield block, block["element"]
        if "accessory" in block:
            yield block, block["accessory"]
        if block["type"] == "actions":
            for element in block["elements"]:
                yield block, element


def words(node: Any) -> Iterator[str]:
    """All text that is drawn, in the order of the payload: an image counts by its alt text, and a
    menu is closed."""
    if isinstance(node, list):
        for item in node:
            yield from words(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in ("text", "alt_text") and isinstance(value, str):
                yield value
            elif key != "confirm" and not (key in _FOLDED and node.get("type") not in _OPEN):
                yield from words(value)


def pings(text: str, blocks: list[Json], *, link_names: bool = False) -> list[str]:
    """User ids, group ids and `channel`, `here` or `everyone` that Slack would notify.

    The fallback text counts although blocks hide it: Slack builds the notification from it.
    Bare names ping only with `link_names` or `parse: full`.
    """
    found = [ping for part in [text, *_marked_up(blocks)] for ping in _mentions(part)]
    found += _rich_mentions(blocks)
    if link_names:
        found += [name for part in [text, *_marked_up(blocks)] for name in _BARE.findall(part)]
    return list(dict.fromkeys(found))


def loose_mentions(blocks: list[Json]) -> list[str]:
    """Bare @channel, @here and @everyone in mrkdwn that isn't `verbatim`.

    Slack documents that "certain mentions will be automatically parsed" there, not which: a
    message that repeats what a person typed is safe only when this is empty too.
    """
    return [
        name
        for node in _text_objects(blocks)
        if node["type"] == "mrkdwn" and not node.get("verbatim")
        for name in _BARE.findall(node["text"])
    ]


def _mentions(text: str) -> list[str]:
    return [user or broadcast for user, broadcast in _MENTION.findall(text)] + _GROUP.findall(text)


def _marked_up(blocks: list[Json]) -> list[str]:
    return [n["text"] for n in _text_objects(blocks) if n["type"] in ("mrkdwn", "markdown")]


def _text_objects(node: Any) -> Iterator[Json]:
    for item in _nodes(node):
        if isinstance(item.get("text"), str) and "type" in item:
            yield item


def _rich_mentions(blocks: list[Json]) -> list[str]:
    named = {"user": "user_id", "usergroup": "usergroup_id", "broadcast": "range"}
    return [
        node[named[node["type"]]]
        for node in _nodes(blocks)
        if node.get("type") in named and named[node["type"]] in node
    ]


def _nodes(node: Any) -> Iterator[Json]:
    if isinstance(node, list):
        for item in node:
            yield from _nodes(item)
    elif isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _nodes(value)
