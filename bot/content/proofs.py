"""What must hold between the files of a pack, and of the shape of a page.

Each proof yields its faults. They look at raw data, so that one faulty file does not hide another.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path, PurePosixPath

from bot.content.faults import Fault
from bot.content.model import CHAPTERS, PRINCIPLES, Pack, Pillar, Principle
from bot.content.pages import Outline, Page
from bot.content.prose import words
from bot.content.reading import Document, Loc

FEWEST_WORDS, MOST_WORDS = 350, 650
SECTION_CHARACTERS = 1200

COUNTS = {"principles": PRINCIPLES, "chapters": CHAPTERS}
YAML_FILES = tuple(f"{name}.yaml" for name in Pack.model_fields)

_PAGE = re.compile(r"(?:principles|chapters)/(\d\d)-[a-z0-9]+(?:-[a-z0-9]+)*\.md")
_UNSHOWABLE = {
    "heading_open": "a heading inside a section",
    "stray": "text before the first section",
    "nested_list": "a list inside a list",
    "table_open": "a table",
    "image": "a picture",
    "html_block": "raw HTML",
    "html_inline": "raw HTML",
    "blockquote_open": "a quotation block",
    "fence": "a code block",
    "code_block": "an indented block",
    "hr": "a ruled line",
}


def number_of(name: str) -> int | None:
    """The number in a page's file name, if the name is as it should be."""
    match = _PAGE.fullmatch(name)
    return int(match[1]) if match else None


def names(files: Mapping[str, Path]) -> Iterator[Fault]:
    """Every file has its place."""
    for name, path in files.items():
        folder = PurePosixPath(name).parent.name
        number = number_of(name)
        if number is None and folder in COUNTS:
            yield Fault(path, 1, "The file's name must read like 07-spend-attention.md.")
        elif number is not None and not 1 <= number <= COUNTS[folder]:
            yield Fault(path, 1, f"The {folder} are numbered from 01 to {COUNTS[folder]}.")
        elif number is None and name not in YAML_FILES:
            says = f"This file has no place in a pack: its sheets are {', '.join(YAML_FILES)}."
            yield Fault(path, 1, says)


def doubles(files: Mapping[str, Path]) -> dict[str, Path]:
    """The pages whose number another file has already, each with that other file."""
    first: dict[tuple[str, int], Path] = {}
    found: dict[str, Path] = {}
    for name, path in files.items():
        if (number := number_of(name)) is not None:
            other = first.setdefault((PurePosixPath(name).parent.name, number), path)
            if other is not path:
                found[name] = other
    return found


def numbers(files: Mapping[str, Path], root: Path) -> Iterator[Fault]:
    """Every number has exactly one file; what is missing is missed in `root`."""
    for name, other in doubles(files).items():
        says = f"Number {number_of(name):02} has another file, {other}: keep one of the two."
        yield Fault(files[name], 1, says)
    for folder, count in COUNTS.items():
        found = {number_of(name) for name in files if name.startswith(folder)}
        for number in range(1, count + 1):
            if number not in found:
                yield Fault(root / folder, 1, f"Number {number:02} is missing: add its file.")


def shape(page: Page, outline: Outline) -> Iterator[Fault]:
    """The sections once each and in their order, and no Markdown that a platform cannot show."""
    order = [heading.title for heading in outline.values()]
    found: dict[str, int] = {}
    for mark in page.headings:
        if mark.text not in order:
            says = f'"{mark.text}" is no section of this page. It has: {", ".join(order)}.'
            yield Fault(page.path, mark.line, says)
        elif mark.text in found:
            yield Fault(page.path, mark.line, f'"{mark.text}" stands here twice: join the two.')
        found.setdefault(mark.text, mark.line)
    present = [title for title in found if title in order]
    for title, due in zip(present, sorted(present, key=order.index), strict=True):
        if title != due:
            says = f'"{title}" stands where "{due}" should: move it to its place.'
            yield Fault(page.path, found[title], says)
            break
    for mark in page.marks:
        if mark.type in _UNSHOWABLE:
            says = f"There is {_UNSHOWABLE[mark.type]} here: write paragraphs or a plain list."
            yield Fault(page.path, mark.line, says)


def links(name: str, page: Page, files: Mapping[str, Path]) -> Iterator[Fault]:
    """A link leads to the web, or to a page of the pack under its own number."""
    folder = PurePosixPath(name).parent
    for mark in page.marks:
        if mark.type != "link_open" or mark.href.startswith("https://"):
            continue
        target = posixpath.normpath(folder / mark.href)
        if target not in files:
            says = f"The link leads nowhere: {mark.href} is no page beside this one, nor https."
            yield Fault(page.path, mark.line, says)
        elif mark.text.isdecimal() and int(mark.text) != number_of(target):
            says = f"The link says {mark.text} and leads to {mark.href}: make them agree."
            yield Fault(page.path, mark.line, says)


def lengths(page: Page, outline: Outline) -> Iterator[Fault]:
    """One screen a section, and a few minutes in all."""
    total = sum(len(words(text.text)) for text in page.passages if text.loc[0] in outline)
    if not FEWEST_WORDS <= total <= MOST_WORDS:
        says = f"The sections have {total} words: write {FEWEST_WORDS} to {MOST_WORDS}."
        yield Fault(page.path, page.line((next(iter(outline)),)), says)
    for field, heading in outline.items():
        value = page.data.get(field, "")
        size = len(value if isinstance(value, str) else "\n".join(value))
        if size > SECTION_CHARACTERS:
            says = f'"{heading.title}" has {size} characters: write at most {SECTION_CHARACTERS}.'
            yield Fault(page.path, page.line((field,)), says)


def numbered(name: str, page: Page) -> Iterator[Fault]:
    number = page.data.get("number")
    if isinstance(number, int) and number != number_of(name):
        says = f"`number` is {number}, and the file's name says otherwise: make them agree."
        yield Fault(page.path, page.line(("number",)), says)


def titles(pages: Iterable[Page]) -> Iterator[Fault]:
    """People find a page by its title."""
    first: dict[object, Page] = {}
    for page in pages:
        title = page.data.get("title")
        if title is not None and (other := first.setdefault(title, page)) is not page:
            says = f"`title` is the same as in {other.path}: give one of them another."
            yield Fault(page.path, page.line(("title",)), says)


def graph(named: Mapping[str, Page]) -> Iterator[Fault]:
    """The principles form one whole: every one can be reached, and none leads to itself."""
    pages = {number: page for name, page in named.items() if (number := number_of(name))}
    targets: dict[int, set[int]] = {number: set() for number in pages}
    for number, page in pages.items():
        for loc, target in _connections(page):
            targets[number].add(target)
            if target == number:
                says = f"Principle {number} connects to itself: name another."
                yield Fault(page.path, page.line(loc), says)
    if len(pages) == PRINCIPLES:  # a page that cannot be read would make dead ends of others
        yield from _unreached(pages, targets)


def _connections(page: Page) -> Iterator[tuple[Loc, int]]:
    connects = page.data.get("connects")
    for place, connection in enumerate(connects if isinstance(connects, tuple) else ()):
        if isinstance(connection, dict) and isinstance(target := connection.get("to"), int):
            yield ("connects", place, "to"), target


def _unreached(pages: Mapping[int, Page], targets: Mapping[int, Set[int]]) -> Iterator[Fault]:
    for number, page in pages.items():
        if not any(number in found for other, found in targets.items() if other != number):
            says = f"No principle connects to {number}: name it in the `connects` of another."
            yield Fault(page.path, 1, says)
    for island in _islands(targets)[1:]:
        group = ", ".join(map(str, sorted(island)))
        says = f"Nothing connects {group} with the other principles: add a connection across."
        yield Fault(pages[min(island)].path, 1, says)


def _islands(targets: Mapping[int, Set[int]]) -> list[set[int]]:
    """The groups that hang together, the largest first."""
    islands: list[set[int]] = []
    for number, found in targets.items():
        touched = [island for island in islands if island & {number, *found}]
        islands = [island for island in islands if island not in touched]
        islands.append({number}.union(found & targets.keys(), *touched))
    return sorted(islands, key=len, reverse=True)


def ranges(document: Document, pillars: Sequence[Pillar]) -> Iterator[Fault]:
    """The pillars share out the numbers 1 to 52 without a gap."""
    due = 1
    for place, pillar in enumerate(pillars):
        first, last = pillar.principles
        if first != due or last < first:
            says = f"`{pillar.key}` holds {first} to {last}: it must begin with {due}."
            yield Fault(document.path, document.line((place, "principles")), says)
        due = last + 1
    if due != PRINCIPLES + 1:
        says = f"The pillars end with {due - 1}: the last must end with {PRINCIPLES}."
        yield Fault(document.path, document.line((len(pillars) - 1, "principles")), says)


def placed(name: str, page: Page, principle: Principle) -> Iterator[Fault]:
    first, last = principle.pillar.principles
    number = number_of(name)
    if number is not None and not first <= number <= last:
        holds = f"`{principle.pillar.key}` holds {first} to {last}"
        says = f"{holds}: choose the pillar that holds {number}."
        yield Fault(page.path, page.line(("pillar",)), says)
