"""The fields of a view or message: found by their labels, filled in, and checked as Slack's client
checks them before anything is sent."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.standins.slack.elements import choices
from tests.standins.slack.reading import Json, elements

ANSWERS: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
"""Element type: the key of its answer in `state.values`, and the key that pre-fills it."""

REQUIRED = "Please complete this required field."
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_URL = re.compile(r"^https?://\S+$")


@dataclass(frozen=True)
class Field:
    """One element that holds an answer, and the block it stands in."""

    block: Json
    element: Json

    @property
    def kind(self) -> str:
        return str(self.element["type"])

    @property
    def key(self) -> str:
        return ANSWERS[self.kind][0]

    @property
    def many(self) -> bool:
        return self.key.endswith("s")

    @property
    def external(self) -> bool:
        return "external" in self.kind

    @property
    def required(self) -> bool:
        return self.block["type"] == "input" and not self.block.get("optional", False)

    @property
    def sends(self) -> bool:
        """Whether a change is sent at once: always, but for an input that doesn't dispatch."""
        return self.block["type"] != "input" or bool(self.block.get("dispatch_action"))

    @property
    def label(self) -> str:
        """The words beside the field: an input's label, else its section's, else what it says."""
        spoken = (
            self.block.get("label") or self.block.get("text") or self.element.get("placeholder")
        )
        return str(spoken["text"]) if spoken else str(self.element["action_id"])

    @property
    def options(self) -> list[Json]:
        return choices(self.element)

    def called(self, name: str) -> bool:
        names = (self.block["block_id"], self.element["action_id"], self.label)
        return _fold(name) in {_fold(known) for known in names}

    def blank(self) -> Json:
        """The answer before the person has touched the field."""
        key, initial = ANSWERS[self.kind]
        return {"type": self.kind, key: self.element.get(initial, [] if self.many else None)}

    def answer(self, value: Any, offered: list[Json]) -> Json:
        """The answer that `value` makes: option texts where there are options, else the value."""
        if self.key.startswith("selected_option"):
            picked = [pick(offered, text, self.label) for text in _many(value)]
            made: Any = picked if self.many else (picked[0] if picked else None)
        elif self.many:
            made = [_plain(item) for item in _many(value)]
        elif self.key == "value":
            made = None if value is None else str(value)
        else:
            made = _plain(value)
        return {"type": self.kind, self.key: made}

    def shown(self, answer: Json) -> str:
        """An answer as the person reads it."""
        chosen = [item for item in _many(answer[self.key]) if item is not None]
        return ", ".join(c["text"]["text"] if isinstance(c, dict) else str(c) for c in chosen)

    def fault(self, answer: Json) -> str | None:
        """What Slack's client says in red; None when the answer may be sent."""
        value = answer[self.key]
        if value in (None, "", []):
            return REQUIRED if self.required else None
        limits = self.element
        if self.key == "value":
            return _typed_fault(self.kind, str(value), limits)
        if self.many and len(value) > limits.get("max_selected_items", len(value)):
            return f"You can only select up to {limits['max_selected_items']} items."
        return None


def fields(blocks: list[Json]) -> list[Field]:
    return [Field(block, element) for block, element in elements(blocks) if _answers(element)]


def find(blocks: list[Json], name: str) -> Field:
    """The field with this label, block id or action id; case and underscores don't matter."""
    known = fields(blocks)
    found = [field for field in known if field.called(name)]
    if len(found) == 1:
        return found[0]
    labels = ", ".join(repr(field.label) for field in known) or "none"
    raise AssertionError(f"{len(found)} fields are called {name!r}; there are: {labels}")


def pick(offered: Iterable[Json], text: str, where: str) -> Json:
    """The option that reads `text`."""
    offered = list(offered)
    for option in offered:
        if option["text"]["text"] == text:
            return option
    texts = ", ".join(repr(option["text"]["text"]) for option in offered) or "nothing"
    raise AssertionError(f"{where!r} doesn't offer {text!r}; it offers: {texts}")


def start(blocks: list[Json], before: dict[str, Json] | None = None) -> dict[str, Json]:
    """`state.values` of a fresh view. What was typed `before` stays where both ids are the same."""
    values: dict[str, Json] = {}
    for field in fields(blocks):
        block_id, action_id = field.block["block_id"], field.element["action_id"]
        kept = (before or {}).get(block_id, {}).get(action_id)
        same = kept is not None and kept["type"] == field.kind
        values.setdefault(block_id, {})[action_id] = kept if same else field.blank()
    return values


def faults(blocks: list[Json], values: dict[str, Json]) -> dict[str, str]:
    """What the client refuses to send, by block id."""
    found = {}
    for field in fields(blocks):
        answer = values[field.block["block_id"]][field.element["action_id"]]
        if fault := field.fault(answer):
            found[field.block["block_id"]] = fault
    return found


def read(blocks: list[Json], values: dict[str, Json]) -> dict[str, str]:
    """What stands in each field, by its label; options as they read, several one after another."""
    return {
        field.label: field.shown(values[field.block["block_id"]][field.element["action_id"]])
        for field in fields(blocks)
    }


def by_label(blocks: list[Json], said: dict[str, str]) -> dict[str, str]:
    """What is said at blocks, said at the labels of their fields."""
    labels = {field.block["block_id"]: field.label for field in fields(blocks)}
    return {labels.get(block_id, block_id): words for block_id, words in said.items()}


def _answers(element: Json) -> bool:
    return element["type"] in ANSWERS


def _typed_fault(kind: str, value: str, limits: Json) -> str | None:
    if kind == "number_input":
        return _number_fault(value, limits)
    if kind == "email_text_input" and not _EMAIL.match(value):
        return "Enter a valid email address."
    if kind == "url_text_input" and not _URL.match(value):
        return "Enter a valid URL."
    least, most = limits.get("min_length", 0), limits.get("max_length", 3000)
    if len(value) < least:
        return f"Must be at least {least} characters."
    return f"Must be no more than {most} characters." if len(value) > most else None


def _number_fault(value: str, limits: Json) -> str | None:
    form = r"-?\d+(\.\d+)?" if limits["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(form, value):
        return "Enter a valid number."
    if float(value) < float(limits.get("min_value", "-inf")):
        return f"Must be at least {limits['min_value']}."
    if float(value) > float(limits.get("max_value", "inf")):
        return f"Must be no more than {limits['max_value']}."
    return None


def _fold(name: str) -> str:
    return " ".join(name.replace("_", " ").casefold().split())


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple, set)) else [value]


def _plain(value: Any) -> Any:
    """A value as Slack sends it: people and channels by their ids."""
    return getattr(value, "id", value)
