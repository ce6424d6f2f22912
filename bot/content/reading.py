"""YAML files to plain data, each value with the line that it came from.

YAML is read event by event: that keeps the marks, and a file with a hundred thousand brackets or
a bomb of aliases gets a sentence, where composing it would crash the interpreter.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from bot.content.faults import ContentError, Fault

MOST_BYTES = 256_000
DEEPEST = 8

Loc = tuple[int | str, ...]  # as pydantic gives it: keys and positions

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER: Any = Resolver()
_CONSTRUCTOR = SafeConstructor()
_TEXT = "tag:yaml.org,2002:str"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of prose: a value of a YAML file, or a paragraph of a section."""

    loc: Loc
    line: int
    text: str

    def line_at(self, offset: int) -> int:
        return self.line + self.text.count("\n", 0, offset)


@dataclass(frozen=True, slots=True)
class Document:
    """One file as data, not yet proved."""

    path: Path
    data: Any
    lines: Mapping[Loc, int]
    passages: Sequence[Passage]

    def line(self, loc: Loc) -> int:
        """The line of a value, or of what should hold it."""
        while loc not in self.lines:
            loc = loc[:-1]
        return self.lines[loc]


def broken(path: Path, line: int, says: str) -> ContentError:
    return ContentError([Fault(path, line, says)])


def read_text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            says = f"The file is larger than {MOST_BYTES // 1000} kB: shorten it."
            raise broken(path, 1, says)
        raw = path.read_bytes()
    except OSError as error:
        raise broken(path, 1, f"The file cannot be read: {error.strerror}.") from error
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise broken(path, line, "This is not UTF-8: save the file in that encoding.") from error
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        raise broken(path, line, "There is a control character here: delete it.")
    return text


def read_yaml(path: Path) -> Document:
    return parse_yaml(path, read_text(path))


def parse_yaml(path: Path, text: str, first: int = 1) -> Document:
    """Read YAML that begins at line `first` of its file."""
    tabs = [n for n, line in enumerate(text.split("\n"), first) if "\t" in line]
    if tabs:
        says = "There is a tab here: YAML is indented with spaces."
        raise ContentError(Fault(path, line, says) for line in tabs)
    tree = _Tree(path, text, first)
    return Document(path, tree.document(), tree.lines, tree.passages)


class _Tree:
    """Builds a document out of YAML events, and remembers the line of each value."""

    def __init__(self, path: Path, text: str, first: int) -> None:
        self._path, self._first = path, first
        self._events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self._doubled: list[Fault] = []
        self.lines: dict[Loc, int] = {(): first}
        self.passages: list[Passage] = []

    def document(self) -> Any:
        try:
            data = self._document()
        except yaml.MarkedYAMLError as error:
            says = f"The YAML cannot be read from here on: {error.problem}."
            hint = "A text with ': ' or ' #' in it needs quotes around it."
            raise self._broken(error.problem_mark, f"{says} {hint}") from error
        except (yaml.YAMLError, ValueError) as error:
            raise self._broken(None, f"The YAML cannot be read: {error}.") from error
        if self._doubled:
            raise ContentError(self._doubled)
        return data

    def _document(self) -> Any:
        next(self._events)
        if isinstance(event := next(self._events), yaml.StreamEndEvent):
            raise self._broken(None, "There is nothing here: fill the file or delete it.")
        data = self._value((), next(self._events))
        next(self._events)
        if isinstance(event := next(self._events), yaml.DocumentStartEvent):
            raise self._broken(event.start_mark, "A second document begins: keep one a file.")
        return data

    def _value(self, loc: Loc, event: Any) -> Any:
        if len(loc) > DEEPEST:
            raise self._broken(event.start_mark, "This is nested too deeply.")
        if isinstance(event, yaml.AliasEvent) or event.anchor or event.tag:
            says = "Anchors, aliases and tags (&, *, !) are not read: write it out, or quote it."
            raise self._broken(event.start_mark, says)
        self.lines.setdefault(loc, self._line(event))
        match event:
            case yaml.ScalarEvent():
                return self._scalar(loc, event)
            case yaml.SequenceStartEvent():
                entries: list[Any] = []
                while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
                    entries.append(self._value((*loc, len(entries)), event))
                return tuple(entries)
            case _:
                return self._mapping(loc)

    def _mapping(self, loc: Loc) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._broken(event.start_mark, "A key must be a word.")
            key, line = event.value, self._line(event)
            if key in found:
                says = f"`{key}` is given twice: keep one."
                self._doubled.append(Fault(self._path, line, says))
            self.lines[*loc, key] = line
            found[key] = self._value((*loc, key), next(self._events))
        return found

    def _scalar(self, loc: Loc, event: Any) -> Any:
        tag = _RESOLVER.resolve(yaml.ScalarNode, event.value, event.implicit)
        if tag != _TEXT:
            node = yaml.ScalarNode(tag, event.value, event.start_mark, event.end_mark)
            return _CONSTRUCTOR.construct_object(node)
        line = self._line(event) + (event.style in ("|", ">"))
        self.passages.append(Passage(loc, line, event.value))
        return event.value

    def _line(self, event: Any) -> int:
        line: int = self._first + event.start_mark.line
        return line

    def _broken(self, mark: Any, says: str) -> ContentError:
        return broken(self._path, self._first + (mark.line if mark else 0), says)
