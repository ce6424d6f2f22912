"""The small Markdown that all text in replies is written in, and its one parser.

Paragraphs, lists, *emphasis*, **strong**, `code`, quotes, fenced text to copy, and links.
`[Friday, 18:30](time:1765564200)` is a moment, which platforms show in the reader's own zone.
`[#demos](channel:discord/1234)` is a channel, which its own platform shows under its name of today.
Text by people goes in through `plain`, so that nothing they type is read as markup.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal
from unicodedata import bidirectional
from urllib.parse import quote, unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:@&])")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
SPACE = re.compile(r"\s+")
WEB = ("https://", "http://")
WEB_ADDRESS = re.compile(r"https?://[^\s()<>\[\]\\]+")
PAGE_LINK = re.compile(
    r"\[(?P<text>[^\]]+)\]\((?:\.\./(?P<folder>principle|chapter)s/)?(?P<number>\d\d)-[a-z0-9-]+\.md\)"
)

Kind = Literal["paragraph", "quote", "item", "copy"]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style. `link` is a web address; `time` seconds since 1970, UTC;
    `channel` a platform and its id of a channel."""

    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    link: str | None = None
    time: int | None = None
    channel: tuple[str, str] | None = None

    @property
    def abroad(self) -> str:
        """A channel in words for readers on another platform."""
        return f"{self.text} on {self.channel[0].capitalize()}" if self.channel else self.text


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a quote, text to copy, or one item of a list (`mark` is "•" or "3.")."""

    spans: tuple[Span, ...]
    kind: Kind = "paragraph"
    mark: str = ""

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


def shorten(text: str, limit: int) -> str:
    """Cut at a word, with an ellipsis that is part of the limit."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    at_word = head.rsplit(maxsplit=1)[0] if " " in head.strip() else head
    return at_word.rstrip(" ,.;:") + "…"


def one_line(text: str, limit: int) -> str:
    """What a person typed, on one line, without control characters, cut at a word."""
    return shorten(SPACE.sub(" ", CONTROL.sub(" ", text)).strip(), limit)


def plain(text: str, limit: int = 1000) -> str:
    """Text by a person, made inert: escaped, on one line, cut at `limit` characters before that."""
    return _escape(one_line(text, limit))


def isolated(markup: str) -> str:
    """Words that may run from right to left, kept from reordering what stands beside them.

    `plain` takes such marks out of what people type, so that these two always pair.
    """
    backwards = any(bidirectional(letter) in ("R", "AL") for letter in markup)
    return f"\u2068{markup}\u2069" if backwards else markup


def is_web_address(text: str) -> bool:
    """Whether it can be opened safely: http or https, with a host. `javascript:` is none."""
    try:
        return bool(WEB_ADDRESS.fullmatch(text) and urlsplit(text).hostname)
    except ValueError:  # such as a broken IPv6 host
        return False


def linked(text: str, limit: int = 300) -> str:
    """What a person typed: a web address as a link, anything else as plain text."""
    shown = plain(text, limit)
    return f"[{shown}]({text})" if is_web_address(text) else shown


def paragraphs(text: str) -> str:
    """What a person typed on several lines, inert, with its line breaks as paragraphs."""
    return "\n\n".join(plain(line) for line in text.splitlines() if line.strip())


def moment(label: str, seconds: int) -> str:
    """Markup for a moment: the label is what a platform without zones shows."""
    return f"[{_escape(label)}](time:{seconds})"


def channel(name: str, platform: str, id_: str) -> str:
    """Markup for a channel: the name is what other platforms show."""
    label = f"#{name}" if name else id_
    return f"[{_escape(one_line(label, 100))}](channel:{platform}/{quote(id_, safe='')})"


def numbered(items: Iterable[str]) -> str:
    return "\n".join(f"{number}. {_indented(item)}" for number, item in enumerate(items, start=1))


def bulleted(items: Iterable[str]) -> str:
    return "\n".join(f"- {_indented(item)}" for item in items)


def _indented(item: str) -> str:
    return item.replace("\n", "\n   ")


def page_links_as_words(text: str) -> str:
    """Links between pages of the book, as something one can type."""

    def words(link: re.Match[str]) -> str:
        page = f"{link['folder'] or 'principle'} {int(link['number'])}"
        return page if link["text"].isdigit() else f"{link['text']} ({page})"

    return PAGE_LINK.sub(words, text)


def _escape(text: str) -> str:
    return SPECIAL.sub(r"\\\1", text)


_markdown = MarkdownIt("zero", {"html": False}).enable(
    ["list", "emphasis", "backticks", "link", "escape", "newline", "blockquote", "fence"]
)
_markdown.validateLink = lambda url: url.startswith((*WEB, "time:", "channel:"))  # type: ignore[method-assign]


@lru_cache(maxsize=2048)
def parse(text: str) -> tuple[Block, ...]:
    """Markdown as flat blocks of styled spans. Links that are not web addresses stay text."""
    return tuple(_blocks(_markdown.parse(text)))


def text_of(markup: str) -> str:
    """The same words without any markup, as for a clipboard or a screen reader."""
    lines = []
    before: Block | None = None
    for block in parse(markup):
        if before and (before.kind != block.kind or block.kind == "paragraph"):
            lines.append("")
        quote = "> " if block.kind == "quote" else ""
        lines.append(f"{quote}{block.mark + ' ' if block.mark else ''}{block.text}")
        before = block
    return "\n".join(lines)


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    lists: list[bool] = []
    mark = ""
    quoted = False
    for token in tokens:
        match token.type:
            case "ordered_list_open" | "bullet_list_open":
                lists.append(token.type == "ordered_list_open")
            case "ordered_list_close" | "bullet_list_close":
                lists.pop()
            case "list_item_open":
                mark = f"{token.info}." if lists[-1] else "•"
            case "blockquote_open" | "blockquote_close":
                quoted = token.type == "blockquote_open"
            case "inline":
                kind: Kind = "quote" if quoted else "item" if lists else "paragraph"
                yield Block(tuple(_spans(token.children or [])), kind, mark)
                mark = ""
            case "fence":
                yield Block((Span(token.content.rstrip("\n")),), "copy")
            case _:
                pass


def _spans(tokens: list[Token]) -> Iterator[Span]:
    strong = emphasis = False
    link: str | None = None
    for token in tokens:
        match token.type:
            case "strong_open" | "strong_close":
                strong = token.type == "strong_open"
            case "em_open" | "em_close":
                emphasis = token.type == "em_open"
            case "link_open":
                link = str(token.attrs["href"])
            case "link_close":
                link = None
            case "softbreak":
                yield Span(" ", strong, emphasis, link=link)
            case "hardbreak":
                yield Span("\n")
            case _ if token.content:
                code = token.type == "code_inline"
                yield _linked(Span(token.content, strong, emphasis, code), link or "")
            case _:
                pass


def _linked(span: Span, link: str) -> Span:
    """What the link says the text is: a moment, a channel, or a way to a web page."""
    scheme, _, rest = link.partition(":")
    match scheme:
        case "":
            return span
        case "time":
            return replace(span, code=False, time=int(rest))
        case "channel":
            platform, _, id_ = rest.partition("/")
            return replace(span, code=False, channel=(platform, unquote(id_)))
        case _:
            return replace(span, link=link)
