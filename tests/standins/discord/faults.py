"""How Discord says no: one answer that names every fault of a body at its place."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from .state import Json

Path = tuple[str | int, ...]


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


class ApiError(Exception):
    """An answer other than success: Discord's JSON error code, its words and, for a body that
    breaks a limit, the tree of faults."""

    def __init__(self, status: int, code: int, words: str, errors: Json | None = None) -> None:
        super().__init__(f"{status} ({code}) {words}" + (f": {errors}" if errors else ""))
        self.status = status
        self.body: Json = {"message": words, "code": code}
        if errors:
            self.body["errors"] = errors


class Faults:
    """Collects everything that is wrong with one body."""

    def __init__(self) -> None:
        self.tree: Json = {}

    def add(self, path: Path, code: str, words: str) -> None:
        node = self.tree
        for step in path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": words})

    def refuse(self) -> None:
        """Raise 50035 if anything was found."""
        if self.tree:
            raise ApiError(400, 50035, "Invalid Form Body", self.tree)

    def keys(self, body: Json, known: Container[str], path: Path) -> None:
        for key in body:
            if key not in known:
                self.add((*path, key), "UNKNOWN_KEY", f"Discord knows no {key!r} here.")

    def length(self, size: int, path: Path, least: int, most: int) -> None:
        if least <= size <= most:
            return
        if least:
            words = f"Must be between {least} and {most} in length."
            self.add(path, "BASE_TYPE_BAD_LENGTH", words)
        else:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")

    def text(
        self, body: Json, key: str, path: Path, most: int, *, least: int = 0, need: bool = False
    ) -> int:
        """Check one text; its length, spaces around it not counted."""
        value = body.get(key)
        if value is None or value == "":
            if need:
                self.add((*path, key), "BASE_TYPE_REQUIRED", "This field is required")
            return 0
        if not isinstance(value, str):
            self.add((*path, key), "STRING_TYPE_CONVERT", f'Could not interpret "{value}" as text.')
            return 0
        size = len(value.strip())
        self.length(size, (*path, key), least, most)
        return size

    def number(self, body: Json, key: str, path: Path, least: float, most: float) -> None:
        value = body.get(key)
        if value is None:
            return
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.add((*path, key), "NUMBER_TYPE_COERCE", f'Value "{value}" is not a number.')
        elif not least <= value <= most:
            words = f"Value should be between {least} and {most}."
            self.add((*path, key), "NUMBER_TYPE_RANGE", words)

    def items(self, body: Json, key: str, path: Path, most: int, least: int = 0) -> list[Any]:
        """Check the length of a list; the list, empty where there is none."""
        value = body.get(key)
        if value is None:
            value = []
        elif not isinstance(value, list):
            self.add((*path, key), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        self.length(len(value), (*path, key), least, most)
        return value

    def url(self, body: Json, key: str, path: Path, schemes: tuple[str, ...]) -> None:
        value = body.get(key)
        if value is not None and str(value).split("://", 1)[0] not in schemes:
            words = f'Scheme "{str(value)[:20]}" must be one of {schemes}.'
            self.add((*path, key), "URL_TYPE_INVALID_SCHEME", words)

    def media(self, body: Json, path: Path, names: Container[str]) -> None:
        """Check a picture or file: a web address, or `attachment://` one of the `names`."""
        self.url(body, "url", path, ("http", "https", "attachment"))
        url = str(body.get("url"))
        if url.startswith("attachment://") and url not in names:
            code = "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"
            self.add((*path, "url"), code, f"The referenced attachment {url!r} was not found.")
