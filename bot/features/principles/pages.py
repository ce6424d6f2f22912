"""A page of the book as a card of one screen: what it says first, the rest behind buttons."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from rapidfuzz import fuzz, process, utils

from bot.actions import Action
from bot.content import Backlink, Chapter, Content, Principle
from bot.errors import UserError
from bot.markup import bulleted, numbered, page_links_as_words, shorten, text_of
from bot.replies import OPTION_LABEL, OPTIONS, Button, Card, Choice, Field, Option, Style

Page = Principle | Chapter
P = TypeVar("P", Principle, Chapter)

START, CONNECTED, COPY = "start", "connected", "copy"
MOST_BACKLINKS = 4


def _meaning(page: Page) -> str:
    return f"**What it means**\n\n{page.meaning}\n\n**Why it matters**\n\n{page.why}"


def _mistakes(page: Principle) -> str:
    return f"**Common mistakes**\n\n{bulleted(page.mistakes)}\n\n**Trade-off**\n\n{page.trade_off}"


PRINCIPLE_PARTS: Mapping[str, tuple[str, Callable[[Principle], str]]] = {
    "meaning": ("Meaning", _meaning),
    "apply": ("How to apply", lambda page: f"**How to apply it**\n\n{numbered(page.steps)}"),
    "mistakes": ("Mistakes", _mistakes),
    "questions": (
        "Coaching questions",
        lambda page: f"**Coaching questions**\n\n{bulleted(page.questions)}",
    ),
}
CHAPTER_PARTS: Mapping[str, tuple[str, Callable[[Chapter], str]]] = {
    "meaning": ("Meaning", _meaning),
    "protocol": ("Protocol", lambda page: f"**Protocol**\n\n{numbered(page.protocol)}"),
    "words": ("Words to send", lambda page: f"**Words to send**\n\n{bulleted(page.messages)}"),
    "wrong": (
        "When it goes wrong",
        lambda page: f"**When it goes wrong**\n\n{bulleted(page.goes_wrong)}",
    ),
    "questions": (
        "Questions",
        lambda page: f"**Questions to sit with**\n\n{bulleted(page.questions)}",
    ),
}


def title(page: Page) -> str:
    return f"{page.number} · {page.title}"


def find(pages: Mapping[int, P], number: int, what: str) -> P:
    """The page of that number. Raises UserError that says which there are."""
    if page := pages.get(number):
        return page
    last = max(pages)
    raise UserError(f"There are {last} {what}, numbered 1 to {last}.", "number")


def suggestions(pages: Mapping[int, Page], text: str) -> tuple[Option, ...]:
    """Pages whose number or title looks like what was typed; all in order when nothing was."""
    titles = {page.number: title(page) for page in pages.values()}
    numbers = list(titles)
    if text.strip():
        exact = [number for number in titles if str(number) == text.strip()]
        near = process.extract(
            text, titles, scorer=fuzz.WRatio, processor=utils.default_process, limit=OPTIONS
        )
        numbers = list(dict.fromkeys([*exact, *(number for _, _, number in near)]))
    return tuple(_option(pages[number]) for number in numbers[:OPTIONS])


def opening(page: Page) -> str:
    return page_links_as_words(f"{page.says}\n\n**This week.** {page.this_week}")


@dataclass(frozen=True, slots=True)
class Doing:
    """What the buttons of a page do."""

    read: Action
    share: Action
    follow: Action
    """Opens a connected principle."""


@lru_cache(maxsize=1024)
def card(content: Content, page: Page, part: str, doing: Doing) -> Card:
    """The page open at one part. Raises UserError for a part that this version does not have."""
    read = doing.read
    labels = {key: label for key, (label, _) in _parts(page).items()} | {CONNECTED: "Connected"}
    return Card(
        title(page),
        page_links_as_words(_text(content, page, part)),
        (_about(page),) if part == START else (),
        (
            *(_opens(read, page, key, label, part) for key, label in labels.items()),
            *_neighbours(content, page, read),
            read.button("Copy", number=page.number, part=COPY),
            doing.share.button("Share", number=page.number),
        ),
        _followed(content, page, doing.follow) if part == CONNECTED else None,
    )


def _text(content: Content, page: Page, part: str) -> str:
    if part == START:
        return opening(page)
    if part == CONNECTED:
        return f"**Connected principles**\n\n{_threads(content, page)}"
    if part == COPY:
        return f"```\n{text_of(_to_copy(page))}\n```"
    if part in _parts(page):
        _, text = _parts(page)[part]
        return text(page)
    raise UserError("This button is from an older version of me. Type the command again.")


def _parts(page: Page) -> Mapping[str, tuple[str, Callable[..., str]]]:
    return PRINCIPLE_PARTS if isinstance(page, Principle) else CHAPTER_PARTS


def _about(page: Page) -> Field:
    if isinstance(page, Principle):
        return Field("Pillar", page.pillar.name)
    return Field("Chapter", f"{page.number} of 12, for your own community map")


def _to_copy(page: Page) -> str:
    steps = page.steps if isinstance(page, Principle) else page.protocol
    text = f"{title(page)}\n\n{page.says}\n\n{numbered(steps)}\n\nThis week: {page.this_week}"
    return page_links_as_words(text)


def _threads(content: Content, page: Page) -> str:
    ahead = [f"**{title(content.principles[each.to])}.** {each.because}" for each in page.connects]
    back = [f"**{title(each.page)}** leads here. {each.because}" for each in _back(content, page)]
    return bulleted([*ahead, *back])


def _back(content: Content, page: Page) -> list[Backlink]:
    """A few principles that name this page and that it does not name itself."""
    if isinstance(page, Chapter):
        return []
    named = {each.to for each in page.connects}
    back = [each for each in content.linked_from(page.number) if isinstance(each.page, Principle)]
    return [each for each in back if each.page.number not in named][:MOST_BACKLINKS]


def _followed(content: Content, page: Page, follow: Action) -> Choice:
    named: list[Page] = [content.principles[each.to] for each in page.connects]
    leading = [each.page for each in _back(content, page)]
    return follow.choice("Read a connected principle", "number", map(_option, [*named, *leading]))


def _option(page: Page) -> Option:
    return Option(shorten(title(page), OPTION_LABEL), str(page.number))


def _opens(read: Action, page: Page, part: str, label: str, open_now: str) -> Button:
    style = Style.MAIN if part == open_now else Style.PLAIN
    return read.button(label, style, number=page.number, part=part)


def _neighbours(content: Content, page: Page, read: Action) -> tuple[Button, ...]:
    numbers = sorted(content.principles if isinstance(page, Principle) else content.chapters)
    here = numbers.index(page.number)
    before, after = numbers[here - 1], numbers[(here + 1) % len(numbers)]
    return read.button(f"← {before}", number=before), read.button(f"{after} →", number=after)
