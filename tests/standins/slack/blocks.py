"""What Slack accepts as the blocks of a message or a view, and what it says when it doesn't.

Stricter than slack_sdk's models, which look only at model objects: plain dicts, counts, empty text,
repeated ids, unknown keys and missing pictures are all refused here, as Slack refuses them.
"""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.standins.slack.elements import (
    ACCESSORY,
    ACTION,
    ANSWER,
    ID,
    NOTE,
    OPTION_GROUPS,
    OPTIONS,
    SLACK_ID,
    picture,
    plain,
    text,
)
from tests.standins.slack.reading import elements, words
from tests.standins.slack.schema import (
    Json,
    Need,
    Rule,
    Walk,
    anything,
    array,
    boolean,
    enum,
    integer,
    kinds,
    shape,
    string,
    url,
)

BLOCKS_IN_MESSAGE = 50
BLOCKS_IN_VIEW = 100
TEXT = 40_000
"""A longer message text is cut off by Slack."""
BLOCKS_TOTAL = 13_200
"""Characters of JSON in all blocks of a posted message: not documented, measured by others at
13,172 to 13,297 (github.com/slackapi/bolt-js/issues/2509 and 2867). Tables have their own limit."""
TABLE_TOTAL = 10_000
VIEW_BYTES = 250_000

IsImage = Callable[[Json], bool]


# Rich text

STYLE = shape(dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))


def _span(**keys: Rule | Need) -> Rule:
    return shape({"type": Need(anything), "style": STYLE, **keys})


SPAN = kinds(
    {
        "text": _span(text=Need(string(12_000))),
        "link": _span(url=Need(url()), text=string(12_000), unsafe=boolean),
        "emoji": _span(name=Need(string(100)), unicode=string(100), skin_tone=integer(1, 6)),
        "user": _span(user_id=Need(SLACK_ID)),
        "usergroup": _span(usergroup_id=Need(SLACK_ID)),
        "channel": _span(channel_id=Need(SLACK_ID)),
        "broadcast": _span(range=Need(enum("here", "channel", "everyone"))),
        "date": _span(
            timestamp=Need(integer(0, 9_999_999_999)),
            format=Need(string(200)),
            url=url(),
            fallback=string(200),
        ),
    }
)
SPANS = Need(array(SPAN, 1000, 0))
BORDER = integer(0, 1)
SECTION_OF_SPANS = shape({"type": Need(anything), "elements": SPANS})
RICH_PARTS = kinds(
    {
        "rich_text_section": SECTION_OF_SPANS,
        "rich_text_quote": shape({"type": Need(anything), "elements": SPANS, "border": BORDER}),
        "rich_text_preformatted": shape(
            {"type": Need(anything), "elements": SPANS, "border": BORDER}
        ),
        "rich_text_list": shape(
            {
                "type": Need(anything),
                "style": Need(enum("bullet", "ordered")),
                "elements": Need(array(kinds({"rich_text_section": SECTION_OF_SPANS}), 1000)),
                "indent": integer(0, 8),
                "offset": integer(0, 1000),
                "border": BORDER,
            }
        ),
    }
)


# Blocks


def _block(*also: Rule, **keys: Rule | Need) -> Rule:
    return shape({"type": Need(anything), "block_id": ID, **keys}, *also)


def _text_or_fields(block: Any, at: str, walk: Walk) -> None:
    if "text" not in block and "fields" not in block:
        walk.fault("must define either `text` or `fields`", at)


RICH_TEXT = _block(elements=Need(array(RICH_PARTS, 1000)))
CELL = kinds(
    {
        "raw_text": shape({"type": Need(anything), "text": Need(string(3000))}),
        "rich_text": RICH_TEXT,
    }
)
COLUMN = shape({"align": enum("left", "center", "right"), "is_wrapped": boolean})

ANYWHERE: dict[str, Rule] = {
    "section": _block(
        _text_or_fields,
        text=text(3000),
        fields=array(text(2000), 10),
        accessory=ACCESSORY,
        expand=boolean,
    ),
    "divider": _block(),
    "header": _block(text=Need(plain(150))),
    "image": picture(block_id=ID, title=plain(2000)),
    "context": _block(elements=Need(array(NOTE, 10))),
    "actions": _block(elements=Need(array(ACTION, 25))),
    "rich_text": RICH_TEXT,
    "input": _block(
        label=Need(plain(2000)),
        element=Need(ANSWER),
        hint=plain(2000),
        optional=boolean,
        dispatch_action=boolean,
    ),
}
IN_MESSAGES: dict[str, Rule] = {
    "table": _block(rows=Need(array(array(CELL, 20), 100)), column_settings=array(COLUMN, 20, 0)),
    "markdown": _block(text=Need(string(12_000))),
}
BLOCK = {
    "message": kinds(ANYWHERE | IN_MESSAGES),
    "modal": kinds(ANYWHERE),
    "home": kinds(ANYWHERE),
}


# The whole


def message_faults(blocks: Any, is_image: IsImage) -> list[str]:
    """What Slack would say about the blocks of a message; empty when it would take them."""
    walk = Walk("message", is_image)
    array(BLOCK["message"], BLOCKS_IN_MESSAGE, 0)(blocks, "/blocks", walk)
    if not walk.faults:
        _ids_are_unique(blocks, "/blocks", walk)
        _one_small_table(blocks, walk)
    return walk.faults


def too_long(blocks: list[Json]) -> bool:
    """Whether posted blocks are, together, longer than Slack takes."""
    counted = [block for block in blocks if block["type"] != "table"]
    return len(json.dumps(counted, ensure_ascii=False, separators=(",", ":"))) > BLOCKS_TOTAL


def view_faults(view: Any, is_image: IsImage, *, home: bool = False) -> list[str]:
    """What Slack would say about a modal, or about a home tab."""
    surface = "home" if home else "modal"
    walk = Walk(surface, is_image)
    (HOME if home else MODAL)(view, "/view", walk)
    if not walk.faults:
        _ids_are_unique(view["blocks"], "/view/blocks", walk)
    return walk.faults


def options_faults(answer: Any) -> list[str]:
    """What Slack would say about the answer to a `block_suggestion`."""
    walk = Walk("options", lambda _: False)
    if not isinstance(answer, dict) or not (answer.keys() & {"options", "option_groups"}):
        return ["must define either `options` or `option_groups`"]
    for key, value in answer.items():
        rule = {"options": OPTIONS, "option_groups": OPTION_GROUPS}.get(key)
        if rule is None:
            walk.fault(f"invalid additional property: {key}", "")
        elif value != []:
            rule(value, f"/{key}", walk)
    return walk.faults


def with_ids(blocks: list[Json], new_id: Callable[[str], str]) -> list[Json]:
    """The blocks with the ids that Slack makes up for blocks and elements that have none."""
    return [_with_ids(block, new_id) for block in blocks]


def _with_ids(block: Json, new_id: Callable[[str], str]) -> Json:
    def identified(element: Json) -> Json:
        if element["type"] in ("image", "plain_text", "mrkdwn") or "action_id" in element:
            return element
        return {**element, "action_id": new_id("a")}

    made = {"block_id": new_id("b"), **block}
    for key in made.keys() & {"element", "accessory"}:
        made[key] = identified(made[key])
    if block["type"] == "actions":
        made["elements"] = [identified(element) for element in block["elements"]]
    return made


def _ids_are_unique(blocks: list[Json], at: str, walk: Walk) -> None:
    for block_id, count in Counter(b["block_id"] for b in blocks if "block_id" in b).items():
        if count > 1:
            walk.fault(f'`block_id` "{block_id}" already exists', at)
    for index, block in enumerate(blocks):
        ids = Counter(e["action_id"] for _, e in elements([block]) if "action_id" in e)
        for action_id, count in ids.items():
            if count > 1:
                where = f"{at}/{index}/elements"
                walk.fault(f'`action_id` "{action_id}" already exists in this block', where)
    if sum(bool(e.get("focus_on_load")) for _, e in elements(blocks)) > 1:
        walk.fault("only one element may have `focus_on_load`", at)


def _one_small_table(blocks: list[Json], walk: Walk) -> None:
    tables = [block for block in blocks if block["type"] == "table"]
    if len(tables) > 1:
        walk.fault("only one table is allowed in a message", "/blocks")
    if sum(len(word) for table in tables for word in words(table)) > TABLE_TOTAL:
        walk.fault(f"must be less than {TABLE_TOTAL + 1} characters in all cells", "/blocks")


def _submit_for_inputs(view: Any, at: str, walk: Walk) -> None:
    for index, block in enumerate(view["blocks"]):
        if block["type"] == "input" and "submit" not in view:
            walk.fault("must define `submit` to use `input` block", f"{at}/blocks/{index}/input")


VIEW: dict[str, Rule | Need] = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
MODAL = shape(
    {
        **VIEW,
        "type": Need(enum("modal")),
        "title": Need(plain(24)),
        "blocks": Need(array(BLOCK["modal"], BLOCKS_IN_VIEW)),
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
    },
    _submit_for_inputs,
)
HOME = shape(
    {**VIEW, "type": Need(enum("home")), "blocks": Need(array(BLOCK["home"], BLOCKS_IN_VIEW))}
)
