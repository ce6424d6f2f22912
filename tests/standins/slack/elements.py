"""Block Kit's composition objects and elements, with their limits.

The limits are those of docs.slack.dev and of slack_sdk 3.47. Elements that Community OS has no use
for (workflow buttons, feedback and icon buttons, file inputs) are left out and so refused.
"""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from tests.standins.slack.schema import (
    Need,
    Rule,
    Walk,
    anything,
    array,
    boolean,
    either,
    enum,
    integer,
    kinds,
    shape,
    string,
    url,
)

ID = string(255)
SLACK_ID = string(20, pattern=r"^[A-Z][A-Z0-9]+$")
DATE = string(10, pattern=r"^\d{4}-\d{2}-\d{2}$", hint="must be a date in the form YYYY-MM-DD")
TIME = string(5, pattern=r"^\d{2}:\d{2}$", hint="must be a time in the form HH:mm")
NUMBER = string(40, pattern=r"^-?\d+(\.\d+)?$", hint="must be a number")


# Text


def _plain(most: int, least: int = 1) -> Rule:
    return shape({"type": Need(anything), "text": Need(string(most, least)), "emoji": boolean})


def _mrkdwn(most: int) -> Rule:
    return shape({"type": Need(anything), "text": Need(string(most)), "verbatim": boolean})


def plain(most: int) -> Rule:
    """A `plain_text` object."""
    return kinds({"plain_text": _plain(most)})


def text(most: int) -> Rule:
    """A `plain_text` or `mrkdwn` object."""
    return kinds({"plain_text": _plain(most), "mrkdwn": _mrkdwn(most)})


# Composition objects

CONFIRM = shape(
    {
        "title": Need(plain(100)),
        "text": Need(text(300)),
        "confirm": Need(plain(30)),
        "deny": Need(plain(30)),
        "style": enum("primary", "danger"),
    }
)


def _option(label: Rule, **more: Rule) -> Rule:
    value = Need(string(150))
    return shape({"text": Need(label), "value": value, "description": plain(75), **more})


OPTION = _option(plain(75))
MARKED_OPTION = _option(text(75))
OPTIONS = array(OPTION, 100)
OPTION_GROUPS = array(shape({"label": Need(plain(75)), "options": Need(OPTIONS)}), 100)


def choices(element: dict[str, Any]) -> list[dict[str, Any]]:
    """The options of an element, grouped or not."""
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def _initial_is_offered(element: Any, at: str, walk: Walk) -> None:
    offered = [option["value"] for option in choices(element)]
    single = [element["initial_option"]] if "initial_option" in element else []
    for option in [*single, *element.get("initial_options", [])]:
        if option["value"] not in offered:
            walk.fault(f"initial option is not among the options: {option['value']}", at)


# Pictures


def _picture_exists(image: Any, at: str, walk: Walk) -> None:
    if "slack_file" in image and not walk.is_image(image["slack_file"]):
        walk.fault("invalid slack file", f"{at}/slack_file")
    if "image_url" in image and not _public(image["image_url"]):
        walk.fault("downloading image failed", f"{at}/image_url")


def _public(address: str) -> bool:
    """Slack fetches the picture itself, so a host of ours alone can't work."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".localhost", ".internal"))


SLACK_FILE = shape(
    {"id": string(40, pattern="^[F][A-Z0-9]{8,}$"), "url": url()}, either("id", "url")
)
PICTURE: dict[str, Rule | Need] = {
    "type": Need(anything),
    "alt_text": Need(string(2000)),
    "image_url": url(),
    "slack_file": SLACK_FILE,
}


def picture(**more: Rule) -> Rule:
    """An image, as an element or, with a title, as a block."""
    return shape({**PICTURE, **more}, either("image_url", "slack_file"), _picture_exists)


# Elements


def _element(*also: Rule, **keys: Rule | Need) -> Rule:
    return shape({"type": Need(anything), "action_id": ID, **keys}, *also)


def _input(*also: Rule, **keys: Rule | Need) -> Rule:
    more: dict[str, Rule | Need] = {"focus_on_load": boolean, "placeholder": plain(150)}
    return _element(*also, **more, **keys)


def _menu(*also: Rule, **keys: Rule | Need) -> Rule:
    return _input(*also, confirm=CONFIRM, **keys)


def _ticks(**keys: Rule | Need) -> Rule:
    options = Need(array(MARKED_OPTION, 10))
    more: dict[str, Rule | Need] = {"confirm": CONFIRM, "focus_on_load": boolean}
    return _element(_initial_is_offered, options=options, **more, **keys)


def _lengths_agree(element: Any, at: str, walk: Walk) -> None:
    if element.get("min_length", 0) > element.get("max_length", 3000):
        walk.fault("min_length must not be greater than max_length", at)


MANY = integer(1, 1000)
STATIC: dict[str, Rule | Need] = {"options": OPTIONS, "option_groups": OPTION_GROUPS}
FILTER = shape(
    {
        "include": array(enum("im", "mpim", "private", "public"), 4),
        "exclude_bot_users": boolean,
        "exclude_external_shared_channels": boolean,
    }
)
DISPATCH = shape({"trigger_actions_on": array(enum("on_enter_pressed", "on_character_entered"), 2)})
GROUPS_OR_OPTIONS = either("options", "option_groups")

BUTTON = _element(
    text=Need(plain(75)),
    url=url(),
    value=string(2000),
    style=enum("primary", "danger"),
    confirm=CONFIRM,
    accessibility_label=string(75),
)
OVERFLOW = _element(options=Need(array(_option(plain(75), url=url()), 5)), confirm=CONFIRM)

MENUS: dict[str, Rule] = {
    "static_select": _menu(GROUPS_OR_OPTIONS, _initial_is_offered, **STATIC, initial_option=OPTION),
    "external_select": _menu(min_query_length=integer(0, 1000), initial_option=OPTION),
    "users_select": _menu(initial_user=SLACK_ID),
    "channels_select": _menu(initial_channel=SLACK_ID, response_url_enabled=boolean),
    "conversations_select": _menu(
        initial_conversation=SLACK_ID,
        default_to_current_conversation=boolean,
        response_url_enabled=boolean,
        filter=FILTER,
    ),
}
MULTI_MENUS: dict[str, Rule] = {
    "multi_static_select": _menu(
        GROUPS_OR_OPTIONS,
        _initial_is_offered,
        **STATIC,
        initial_options=OPTIONS,
        max_selected_items=MANY,
    ),
    "multi_external_select": _menu(
        min_query_length=integer(0, 1000), initial_options=OPTIONS, max_selected_items=MANY
    ),
    "multi_users_select": _menu(initial_users=array(SLACK_ID, 100), max_selected_items=MANY),
    "multi_channels_select": _menu(initial_channels=array(SLACK_ID, 100), max_selected_items=MANY),
    "multi_conversations_select": _menu(
        initial_conversations=array(SLACK_ID, 100),
        default_to_current_conversation=boolean,
        max_selected_items=MANY,
        filter=FILTER,
    ),
}
TICKS: dict[str, Rule] = {
    "checkboxes": _ticks(initial_options=array(MARKED_OPTION, 10)),
    "radio_buttons": _ticks(initial_option=MARKED_OPTION),
}
PICKERS: dict[str, Rule] = {
    "datepicker": _menu(initial_date=DATE),
    "timepicker": _menu(initial_time=TIME, timezone=string(100)),
}
MOMENT: dict[str, Rule] = {
    "datetimepicker": _element(
        initial_date_time=integer(1_000_000_000, 9_999_999_999),
        confirm=CONFIRM,
        focus_on_load=boolean,
    )
}
TYPED: dict[str, Rule] = {
    "plain_text_input": _input(
        _lengths_agree,
        initial_value=string(3000, 0),
        multiline=boolean,
        min_length=integer(0, 3000),
        max_length=integer(1, 3000),
        dispatch_action_config=DISPATCH,
    ),
    "email_text_input": _input(initial_value=string(3000, 0), dispatch_action_config=DISPATCH),
    "url_text_input": _input(initial_value=string(3000, 0), dispatch_action_config=DISPATCH),
    "number_input": _input(
        is_decimal_allowed=Need(boolean),
        initial_value=NUMBER,
        min_value=NUMBER,
        max_value=NUMBER,
        dispatch_action_config=DISPATCH,
    ),
}

ACCESSORY = kinds(
    {"button": BUTTON, "overflow": OVERFLOW, "image": picture()}
    | MENUS | MULTI_MENUS | TICKS | PICKERS
)  # fmt: skip
ACTION = kinds({"button": BUTTON, "overflow": OVERFLOW} | MENUS | TICKS | PICKERS | MOMENT)
ANSWER = kinds(MENUS | MULTI_MENUS | TICKS | PICKERS | MOMENT | TYPED)
NOTE = kinds({"plain_text": _plain(3000), "mrkdwn": _mrkdwn(3000), "image": picture()})
