"""Markdown pages to data: front matter and sections together, as one mapping."""

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import BaseModel

from bot.content.faults import ContentError, Fault
from bot.content.kinds import Heading
from bot.content.reading import Document, Loc, Passage, broken, parse_yaml, read_text

Outline = Mapping[str, Heading]  # field name to heading, in the order of the page
_Value = tuple[str | tuple[str, ...], tuple[int, ...]]

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_FRONT = re.compile(r"---\n(.*?\n)---[ ]*(?:\n|\Z)", re.DOTALL)
_MARKER = re.compile(r"(?:[-*+]|\d+[.)])\s+")
_LISTS = {"numbered": "ordered_list_open", "bulleted": "bullet_list_open"}


def outline(model: type[BaseModel]) -> Outline:
    """The sections that a page of this model has."""
    return {
        field: mark
        for field, info in model.model_fields.items()
        for mark in info.metadata
        if isinstance(mark, Heading)
    }


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of Markdown by its type in markdown-it; a link says where it leads."""

    type: str
    line: int
    text: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Page(Document):
    """A Markdown file. `headings` are the sections as found; `marks` all else but plain text."""

    headings: Sequence[Mark]
    marks: Sequence[Mark]


@dataclass(frozen=True, slots=True)
class _Section:
    """From one heading to the next. Lines count from 0 here, as in markdown-it; `end` is out."""

    title: str
    first: int
    end: int
    tokens: Sequence[Token]


def read_page(path: Path, outline: Outline) -> Page:
    text = read_text(path)
    front = _FRONT.match(text)
    if front is None:
        raise broken(path, 1, "The page must begin with front matter between two lines of `---`.")
    document = parse_yaml(path, front[1], first=2)
    data, lines = _front_matter(document, outline), dict(document.lines)

    # Blank lines stand for the front matter, so that markdown-it counts lines as the file does.
    body = "\n" * text.count("\n", 0, front.end()) + text[front.end() :]
    source = body.split("\n")
    passages, marks = [*document.passages], list[Mark]()
    before, *sections = _sections(_MARKDOWN.parse(body), len(source))
    fields = {heading.title: field for field, heading in outline.items()}
    for section in reversed(sections):
        if field := fields.get(section.title):
            data[field], entries = _value(outline[field], section, source)
            lines[(field,)] = section.first + 1
            lines.update({(field, number): line + 1 for number, line in enumerate(entries)})
    for section in (before, *sections):
        passages.extend(_passages((fields.get(section.title, ""),), section.tokens))
        marks.extend(_marks(section.tokens))
    if before.tokens:
        marks.append(Mark("stray", _line(before.tokens[0])))
    _place_missing(lines, outline, len(source))
    headings = [Mark("heading", section.first + 1, section.title) for section in sections]
    return Page(path, data, lines, passages, headings, marks)


def _front_matter(document: Document, outline: Outline) -> dict[str, Any]:
    if not isinstance(document.data, dict):
        says = "The front matter must hold keys and values, such as `number: 37`."
        raise broken(document.path, 2, says)
    if sections := document.data.keys() & outline.keys():
        raise ContentError(
            Fault(document.path, document.line((key,)), f"`{key}` is a section: write it below.")
            for key in sections
        )
    return dict(document.data)


def _sections(tokens: Sequence[Token], end: int) -> Iterator[_Section]:
    """What stands before the first heading, then each section."""
    starts = [
        number
        for number, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag == "h2" and token.level == 0
    ]
    yield _Section("", 0, 0, tokens[: starts[0]] if starts else tokens)
    for start, stop in pairwise([*starts, len(tokens)]):
        last = _line(tokens[stop]) - 1 if stop < len(tokens) else end
        title = tokens[start + 1].content
        yield _Section(title, _line(tokens[start]) - 1, last, tokens[start + 3 : stop])


def _value(heading: Heading, section: _Section, source: Sequence[str]) -> _Value:
    """A section as one text, or as its entries if it is exactly the list that it should be.

    With each value comes the source line of each entry.
    """
    blocks = [token for token in section.tokens if token.level == 0 and token.nesting >= 0]
    if [block.type for block in blocks] != [_LISTS.get(heading.form)]:
        return _text(source, section.first + 1, section.end), ()
    entries = [
        _span(token)
        for token in section.tokens
        if token.type == "list_item_open" and token.level == 1
    ]
    return tuple(_entry(source, *span) for span in entries), tuple(first for first, _ in entries)


def _place_missing(lines: dict[Loc, int], outline: Outline, end: int) -> None:
    """A section that is missing is missed where the next one begins."""
    for field in reversed([*outline]):
        end = lines.setdefault((field,), end)


def _text(source: Sequence[str], first: int, end: int) -> str:
    return "\n".join(source[first:end]).strip()


def _entry(source: Sequence[str], first: int, end: int) -> str:
    head, *rest = source[first:end]
    below = textwrap.dedent("\n".join(rest))
    return f"{_MARKER.sub('', head.strip(), count=1)}\n{below}".strip()


def _passages(loc: Loc, tokens: Sequence[Token]) -> Iterator[Passage]:
    for token in tokens:
        if token.type == "inline":
            yield Passage(loc, _line(token), "".join(map(_plain, token.children or ())))


def _plain(token: Token) -> str:
    match token.type:
        case "softbreak" | "hardbreak":
            return "\n"
        case "code_inline":
            return "code"  # counts as a word, and is nobody's prose
        case _:
            return token.content


def _marks(tokens: Sequence[Token]) -> Iterator[Mark]:
    for token in tokens:
        if token.type == "inline":
            yield from _inline_marks(token)
        elif token.map:
            nested = token.level > 0 and token.type in _LISTS.values()
            yield Mark("nested_list" if nested else token.type, _line(token))


def _inline_marks(inline: Token) -> Iterator[Mark]:
    line, children = _line(inline), inline.children or []
    for number, child in enumerate(children):
        line += child.type in ("softbreak", "hardbreak")
        if child.type == "link_open":
            text = children[number + 1].content
            yield Mark(child.type, line, text, str(child.attrs["href"]))
        elif child.nesting >= 0 and child.type != "text":
            yield Mark(child.type, line)


def _span(token: Token) -> tuple[int, int]:
    assert token.map is not None
    first, end = token.map
    return first, end


def _line(token: Token) -> int:
    return _span(token)[0] + 1
