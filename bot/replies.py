"""What handlers answer with: frozen data, checked when built, drawn by the adapters.

Titles, labels and hints are plain text; `text` and field values are markup (see `bot.markup`).
The limits are the tighter of Discord's and Slack's, so that what can be built can be shown on both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from bot.markup import one_line

TITLE = 150
TEXT = 3000
FIELDS = 10
FIELD_NAME = 150
FIELD_VALUE = 1000
CARD = 5500
BUTTONS = 20
BUTTON_LABEL = 75
OPTIONS = 25
OPTION_LABEL = 75
FORM_TITLE = 24
FORM_FIELDS = 5
FORM_LABEL = 45
FORM_HINT = 100
FORM_TEXT = 3000
ALT_TEXT = 1000
THREAD = 100
PRESS = 72
"""Characters in an encoded press; Discord allows 100 and the adapters add what a DM needs."""


class Style(StrEnum):
    PLAIN = "plain"
    MAIN = "main"
    RISKY = "risky"


@dataclass(frozen=True, slots=True)
class Press:
    """An action and the ids it is about: all that a button carries. Never state, never a role."""

    action: str
    args: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        _fits("A button's action and ids", self.encoded(), PRESS)

    def encoded(self) -> str:
        return _encoded(self.action, self.args)

    @classmethod
    def decode(cls, encoded: str) -> "Press":
        name, _, query = encoded.partition("?")
        return cls(name.replace(".", " "), tuple(parse_qsl(query)))

    @property
    def values(self) -> dict[str, str]:
        return dict(self.args)


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    press: Press
    style: Style = Style.PLAIN

    def __post_init__(self) -> None:
        _fits("A button's label", self.label, BUTTON_LABEL, least=1)


@dataclass(frozen=True, slots=True)
class Link:
    """A button that opens a web page and tells us nothing."""

    label: str
    url: str

    def __post_init__(self) -> None:
        _fits("A button's label", self.label, BUTTON_LABEL, least=1)
        if not self.url.startswith(("https://", "http://")):
            raise ValueError(f"A link opens a web address, not {self.url!r}.")


@dataclass(frozen=True, slots=True)
class Option:
    label: str
    value: str
    hint: str = ""

    def __post_init__(self) -> None:
        _fits("An option's label", self.label, OPTION_LABEL, least=1)
        _fits("An option's value", self.value, OPTION_LABEL, least=1)
        _fits("An option's hint", self.hint, OPTION_LABEL)


@dataclass(frozen=True, slots=True)
class Choice:
    """A select: what is picked goes to `press` as the argument `name`."""

    label: str
    press: Press
    name: str
    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        _fits("A select's label", self.label, BUTTON_LABEL, least=1)
        _counts("A select's options", self.options, OPTIONS, least=1)
        _distinct("A select's values", [option.value for option in self.options])


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    value: str

    def __post_init__(self) -> None:
        _fits("A field's name", self.name, FIELD_NAME, least=1)
        _fits("A field's value", self.value, FIELD_VALUE, least=1)


@dataclass(frozen=True, slots=True)
class File:
    """Bytes to send along, such as a calendar entry or an export."""

    name: str
    data: bytes = field(repr=False)
    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG and the words that say what it says."""

    file: File
    alt: str

    def __post_init__(self) -> None:
        _fits("A picture's alt text", self.alt, ALT_TEXT, least=1)


@dataclass(frozen=True, slots=True)
class Card:
    title: str
    text: str = ""
    fields: tuple[Field, ...] = ()
    buttons: tuple[Button | Link, ...] = ()
    choice: Choice | None = None
    picture: Picture | None = None

    def __post_init__(self) -> None:
        _fits("A card's title", self.title, TITLE, least=1)
        _fits("A card's text", self.text, TEXT)
        _counts("A card's fields", self.fields, FIELDS)
        _counts("A card's buttons", self.buttons, BUTTONS)
        whole = len(self.title) + len(self.text)
        whole += sum(len(each.name) + len(each.value) for each in self.fields)
        if whole > CARD:
            raise ValueError(f"A card has {whole} characters in all; at most {CARD}.")
        presses = [each.press.encoded() for each in self.buttons if isinstance(each, Button)]
        _distinct("A card's buttons", presses)


@dataclass(frozen=True, slots=True)
class Part:
    """One feature's share of somebody's home page."""

    field: Field
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """One message. `private`: only the person who acted sees it.

    `update`: take the place of the message that the button stands on. A private reply to a button
    on a message that others see too is sent as a new private message instead. `thread` names a
    thread to open under a public message, where the platform has named threads. `midway`: a step of
    several that take each other's place, such as a question: what is to be told along waits for the
    last, and so does what is listed as a change.
    """

    card: Card
    private: bool = True
    update: bool = False
    files: tuple[File, ...] = ()
    thread: str = ""
    midway: bool = False

    def __post_init__(self) -> None:
        _fits("A thread's name", self.thread, THREAD)

    def has_room(self, characters: int, *, fields: int = 1, buttons: int = 0) -> bool:
        """Whether something can be told along: in private, on a card that stays and is not full."""
        card = self.card
        size = len(card.title) + len(card.text)
        size += sum(len(each.name) + len(each.value) for each in card.fields)
        return (
            self.private
            and not self.midway
            and len(card.fields) + fields <= FIELDS
            and len(card.buttons) + buttons <= BUTTONS
            and size + characters <= CARD
        )

    def along(self, *fields: Field, buttons: tuple[Button, ...] = ()) -> "Reply":
        """The same, with something told along."""
        card = self.card
        card = replace(card, fields=(*card.fields, *fields), buttons=(*card.buttons, *buttons))
        return replace(self, card=card)


@dataclass(frozen=True, slots=True)
class OpenForm:
    """Ask for the arguments of an action that are still missing.

    `known` is what was given already, `draft` what an earlier try filled in, by parameter name.
    `id` is one submission: a form that arrives twice is saved once.
    """

    action: str
    id: str
    known: Mapping[str, str] = field(default_factory=dict)
    draft: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing happened, for the person alone; `fields` by parameter name where it was a form.

    `retry` opens the form again with what was written.
    """

    says: str
    fields: Mapping[str, str] = field(default_factory=dict)
    retry: Button | None = None

    @property
    def reply(self) -> Reply:
        """The refusal as a message, for where no form can show it."""
        buttons = (self.retry,) if self.retry else ()
        return Reply(Card("That did not work", self.says, buttons=buttons))


Outcome = Reply | OpenForm | Refusal


def titled(before: str, text: str) -> str:
    """A card's title with something that a person typed, as much of it as there is room for."""
    return f"{before}{one_line(text, TITLE - len(before))}"


@lru_cache(maxsize=4096)
def _encoded(action: str, args: tuple[tuple[str, str], ...]) -> str:
    """Kept, because every card is checked and drawn with it and `urlencode` is slow."""
    name = action.replace(" ", ".")
    return f"{name}?{urlencode(args)}" if args else name


def _fits(what: str, text: str, limit: int, least: int = 0) -> None:
    if not least <= len(text) <= limit:
        allowed = f"{least} to {limit}" if least else f"at most {limit}"
        raise ValueError(f"{what} has {len(text)} characters; {allowed}.")


def _counts(what: str, items: tuple[object, ...], limit: int, least: int = 0) -> None:
    if not least <= len(items) <= limit:
        raise ValueError(f"{what}: {len(items)} of them; {least} to {limit} are allowed.")


def _distinct(what: str, items: list[str]) -> None:
    if len(set(items)) < len(items):
        raise ValueError(f"{what} must differ from each other: {sorted(items)}")
