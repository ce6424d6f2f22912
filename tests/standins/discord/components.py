"""What Discord accepts as components: rows of buttons, menus, Components V2, and forms (modals).

The numbers are those of https://discord.com/developers/docs/components/reference.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any, Final

from .faults import ApiError, Faults, Path
from .messages import BUTTON, SELECTS, STRING_SELECT, TEXT_DISPLAY, TEXT_INPUT, walk
from .state import Json

ROW, SECTION, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = 1, 9, 11, 12, 13, 14, 17, 18
FILE_UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 19, 21, 22, 23

ROWS: Final = 5
BUTTONS: Final = 5
COMPONENTS: Final = 40
LAYOUT_TEXT: Final = 4000
CUSTOM_ID: Final = 100
BUTTON_LABEL: Final = 80
LINK: Final = 512
OPTIONS: Final = 25
OPTION_TEXT: Final = 100
PLACEHOLDER: Final = 150
MODAL_TITLE: Final = 45
MODAL_PARTS: Final = 5
INPUT_LABEL: Final = 45
INPUT_PLACEHOLDER: Final = 100
INPUT_VALUE: Final = 4000
LABEL_TEXT: Final = 45
LABEL_HINT: Final = 100
GALLERY_ITEMS: Final = 10
ALT_TEXT: Final = 1024

_SELECT = "id custom_id placeholder min_values max_values disabled required default_values"
_KNOWN: Final[dict[int, frozenset[str]]] = {
    kind: frozenset(("type", *keys.split()))
    for kind, keys in {
        ROW: "id components",
        BUTTON: "id style label emoji custom_id sku_id url disabled",
        STRING_SELECT: _SELECT + " options",
        TEXT_INPUT: "id custom_id style label min_length max_length required value placeholder",
        5: _SELECT,
        6: _SELECT,
        7: _SELECT,
        8: _SELECT + " channel_types",
        SECTION: "id components accessory",
        TEXT_DISPLAY: "id content",
        THUMBNAIL: "id media description spoiler",
        GALLERY: "id items",
        FILE: "id file spoiler name size",
        SEPARATOR: "id divider spacing",
        CONTAINER: "id components accent_color spoiler",
        LABEL: "id label description component",
        FILE_UPLOAD: "id custom_id min_values max_values required",
        RADIO: "id custom_id options required",
        CHECKBOXES: "id custom_id options min_values max_values required",
        CHECKBOX: "id custom_id default",
    }.items()
}
_TOP: Final = frozenset({ROW, SECTION, TEXT_DISPLAY, GALLERY, FILE, SEPARATOR, CONTAINER})
_IN_CONTAINER: Final = _TOP - {CONTAINER}
_IN_LABEL: Final = SELECTS | {TEXT_INPUT, FILE_UPLOAD, RADIO, CHECKBOXES, CHECKBOX}
_LINK_STYLE, _PREMIUM_STYLE = 5, 6


def check_rows(faults: Faults, body: Json, path: Path) -> None:
    """The components of an ordinary message: up to five rows."""
    if not body.get("components"):
        return
    seen: set[str] = set()
    for index, row in enumerate(faults.items(body, "components", path, ROWS)):
        _check(faults, row, (*path, "components", index), {ROW}, seen, ())


def check_layout(faults: Faults, body: Json, path: Path, names: Container[str]) -> None:
    """The components of a Components V2 message: they are all that it consists of."""
    seen: set[str] = set()
    parts = faults.items(body, "components", path, COMPONENTS)
    path = (*path, "components")
    for index, part in enumerate(parts):
        _check(faults, part, (*path, index), _TOP, seen, names)
    if faults.tree:
        return
    everything = list(walk(parts))
    if len(everything) > COMPONENTS:
        words = f"The maximum number of components is {COMPONENTS}, found {len(everything)}"
        faults.add(path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", words)
    size = sum(len(part.get("content") or "") for part in everything)
    if size > LAYOUT_TEXT:
        words = f"The displayable text exceeds the maximum size of {LAYOUT_TEXT}"
        faults.add(path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", words)


def check_modal(form: Any) -> None:
    """The `data` of a form that is to be opened."""
    if not isinstance(form, dict):
        raise ApiError(400, 50035, "Invalid Form Body", {"data": {"_errors": []}})
    faults = Faults()
    path: Path = ("data",)
    faults.keys(form, ("custom_id", "title", "components"), path)
    faults.text(form, "custom_id", path, CUSTOM_ID, least=1, need=True)
    faults.text(form, "title", path, MODAL_TITLE, least=1, need=True)
    seen: set[str] = set()
    for index, part in enumerate(faults.items(form, "components", path, MODAL_PARTS, 1)):
        at = (*path, "components", index)
        if part.get("type") == ROW:
            _check_old_input(faults, part, at, seen)
        else:
            _check(faults, part, at, {LABEL, TEXT_DISPLAY}, seen, ())
    faults.refuse()
    if any(part.get("disabled") for part in walk(form["components"])):
        faults.add(path, "COMPONENT_DISABLED_IN_MODAL", "A form can't hold disabled components.")
        faults.refuse()


def _check_old_input(faults: Faults, row: Json, at: Path, seen: set[str]) -> None:
    """The older form of a form: a row that holds one text input, which carries its own label."""
    inputs = faults.items(row, "components", at, 1, 1)
    for index, part in enumerate(inputs):
        there = (*at, "components", index)
        _check(faults, part, there, {TEXT_INPUT}, seen, ())
        faults.text(part, "label", there, INPUT_LABEL, least=1, need=True)


def _check(
    faults: Faults,
    part: Any,
    at: Path,
    allowed: Container[int],
    seen: set[str],
    names: Container[str],
) -> None:
    """Check one component and what it holds. `seen` gathers the custom ids of the whole."""
    kind: int = part.get("type", 0) if isinstance(part, dict) else 0
    if kind not in allowed:
        words = f"A component of type {kind} is not allowed here."
        faults.add((*at, "type"), "UNION_TYPE_CHOICES", words)
        return
    faults.keys(part, _KNOWN[kind], at)
    if "custom_id" in _KNOWN[kind]:
        _check_custom_id(faults, part, at, seen)
    if kind in _HOLDS_FILES:
        _HOLDS_FILES[kind](faults, part, at, names)
    elif kind in _HOLDERS:
        _HOLDERS[kind](faults, part, at, seen, names)
    elif kind in _PLAIN:
        _PLAIN[kind](faults, part, at)


def _check_custom_id(faults: Faults, part: Json, at: Path, seen: set[str]) -> None:
    needed = part["type"] != BUTTON or part.get("style") not in (_LINK_STYLE, _PREMIUM_STYLE)
    faults.text(part, "custom_id", at, CUSTOM_ID, least=1, need=needed)
    name = part.get("custom_id")
    if name is None:
        return
    if not needed:
        words = "A custom id and a url or sku cannot both be specified"
        faults.add((*at, "custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_EXCLUSIVE", words)
    if name in seen:
        words = "Component custom id cannot be duplicated"
        faults.add((*at, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", words)
    seen.add(name)


def _row(faults: Faults, part: Json, at: Path, seen: set[str], names: Container[str]) -> None:
    inside = faults.items(part, "components", at, BUTTONS, 1)
    menus = [c for c in inside if isinstance(c, dict) and c.get("type") in SELECTS]
    if menus and len(inside) > 1:
        words = "A row holds up to five buttons or a single menu"
        faults.add((*at, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", words)
    for index, child in enumerate(inside):
        _check(faults, child, (*at, "components", index), {BUTTON, *SELECTS}, seen, names)


def _section(faults: Faults, part: Json, at: Path, seen: set[str], names: Container[str]) -> None:
    for index, child in enumerate(faults.items(part, "components", at, 3, 1)):
        _check(faults, child, (*at, "components", index), {TEXT_DISPLAY}, seen, names)
    there = (*at, "accessory")
    _check(faults, part.get("accessory"), there, {BUTTON, THUMBNAIL}, seen, names)


def _container(faults: Faults, part: Json, at: Path, seen: set[str], names: Container[str]) -> None:
    faults.number(part, "accent_color", at, 0, 0xFFFFFF)
    for index, child in enumerate(faults.items(part, "components", at, COMPONENTS, 1)):
        _check(faults, child, (*at, "components", index), _IN_CONTAINER, seen, names)


def _label(faults: Faults, part: Json, at: Path, seen: set[str], names: Container[str]) -> None:
    faults.text(part, "label", at, LABEL_TEXT, least=1, need=True)
    faults.text(part, "description", at, LABEL_HINT)
    _check(faults, part.get("component"), (*at, "component"), _IN_LABEL, seen, names)
    inner = part.get("component") or {}
    wanted = inner.get("required", True) and inner.get("type") != CHECKBOX
    if wanted and inner.get("min_values", 1) == 0:
        words = "Must be at least 1 where an answer is required."
        faults.add((*at, "component", "min_values"), "NUMBER_TYPE_MIN", words)


def _button(faults: Faults, part: Json, at: Path) -> None:
    style = part.get("style")
    if style not in range(1, 7):
        words = "Value must be one of {1, 2, 3, 4, 5, 6}."
        faults.add((*at, "style"), "BASE_TYPE_CHOICES", words)
    faults.text(part, "label", at, BUTTON_LABEL)
    faults.text(part, "url", at, LINK, need=style == _LINK_STYLE)
    faults.url(part, "url", at, ("http", "https", "discord"))
    if part.get("url") and style != _LINK_STYLE:
        words = "Only a link button has a url"
        faults.add((*at, "url"), "BUTTON_COMPONENT_URL_EXCLUSIVE", words)
    if style != _PREMIUM_STYLE and not part.get("label") and not part.get("emoji"):
        words = "A button needs a label or an emoji"
        faults.add(at, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", words)


def _select(faults: Faults, part: Json, at: Path) -> None:
    faults.text(part, "placeholder", at, PLACEHOLDER)
    _check_span(faults, part, at, OPTIONS)
    if part["type"] == STRING_SELECT:
        _check_options(faults, part, at, 1, OPTIONS)
    preset = part.get("default_values")
    least, most = part.get("min_values", 1), part.get("max_values", 1)
    if preset is not None and not least <= len(preset) <= most:
        faults.length(len(preset), (*at, "default_values"), least, most)


def _check_span(faults: Faults, part: Json, at: Path, most: int) -> None:
    faults.number(part, "min_values", at, 0, most)
    faults.number(part, "max_values", at, 1, most)
    if (part.get("min_values") or 0) > (part.get("max_values") or 1):
        words = "Must not be larger than max_values."
        faults.add((*at, "min_values"), "NUMBER_TYPE_MAX", words)


def _check_options(faults: Faults, part: Json, at: Path, least: int, most: int) -> None:
    values: set[str] = set()
    for index, option in enumerate(faults.items(part, "options", at, most, least)):
        there = (*at, "options", index)
        faults.keys(option, ("label", "value", "description", "emoji", "default"), there)
        faults.text(option, "label", there, OPTION_TEXT, least=1, need=True)
        faults.text(option, "value", there, OPTION_TEXT, least=1, need=True)
        faults.text(option, "description", there, OPTION_TEXT)
        if option.get("value") in values:
            words = "The specified option value is already used"
            faults.add((*there, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", words)
        values.add(option.get("value"))


def _input(faults: Faults, part: Json, at: Path) -> None:
    if part.get("style") not in (1, 2):
        faults.add((*at, "style"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2}.")
    faults.text(part, "label", at, INPUT_LABEL)
    faults.text(part, "placeholder", at, INPUT_PLACEHOLDER)
    faults.text(part, "value", at, INPUT_VALUE)
    faults.number(part, "min_length", at, 0, INPUT_VALUE)
    faults.number(part, "max_length", at, 1, INPUT_VALUE)
    if (part.get("min_length") or 0) > (part.get("max_length") or INPUT_VALUE):
        words = "Must not be larger than max_length."
        faults.add((*at, "min_length"), "NUMBER_TYPE_MAX", words)


def _display(faults: Faults, part: Json, at: Path) -> None:
    faults.text(part, "content", at, LAYOUT_TEXT, least=1, need=True)


def _thumbnail(faults: Faults, part: Json, at: Path, names: Container[str]) -> None:
    faults.text(part, "description", at, ALT_TEXT)
    faults.media(part.get("media") or {}, (*at, "media"), names)


def _gallery(faults: Faults, part: Json, at: Path, names: Container[str]) -> None:
    for index, item in enumerate(faults.items(part, "items", at, GALLERY_ITEMS, 1)):
        there = (*at, "items", index)
        faults.keys(item, ("media", "description", "spoiler"), there)
        _thumbnail(faults, item, there, names)


def _file(faults: Faults, part: Json, at: Path, names: Container[str]) -> None:
    faults.url(part.get("file") or {}, "url", (*at, "file"), ("attachment",))
    faults.media(part.get("file") or {}, (*at, "file"), names)


_HOLDS_FILES: Final[dict[int, Callable[[Faults, Json, Path, Container[str]], None]]] = {
    THUMBNAIL: _thumbnail,
    GALLERY: _gallery,
    FILE: _file,
}
_HOLDERS: Final[dict[int, Callable[[Faults, Json, Path, set[str], Container[str]], None]]] = {
    ROW: _row,
    SECTION: _section,
    CONTAINER: _container,
    LABEL: _label,
}
_PLAIN: Final[dict[int, Callable[[Faults, Json, Path], None]]] = {
    BUTTON: _button,
    TEXT_INPUT: _input,
    TEXT_DISPLAY: _display,
    SEPARATOR: lambda faults, part, at: faults.number(part, "spacing", at, 1, 2),
    FILE_UPLOAD: lambda faults, part, at: _check_span(faults, part, at, 10),
    RADIO: lambda faults, part, at: _check_options(faults, part, at, 2, 10),
    CHECKBOXES: lambda faults, part, at: _check_options(faults, part, at, 1, 10),
    **dict.fromkeys(SELECTS, _select),
}
