"""What retros look like. Pure: data in, a card out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from bot.content import Retro as Words
from bot.features.events.after import date_of, dated
from bot.features.events.model import Event
from bot.features.retros.model import FEWEST, RetroAction
from bot.features.retros.store import Findings, Quote
from bot.markup import numbered, one_line, plain, shorten
from bot.paging import filled
from bot.replies import BUTTON_LABEL, FIELDS, TITLE, Button, Card, Field

CARD_ROOM = 4500
"""Characters of markup that the answers share on the summary."""
FIELD_ROOM = 900
GLIMPSE = 150
"""Characters of an answer on the summary; its page has all of it."""
PAGE_ROOM = 2700
MOST_ON_PAGE = 8
NAME = 40
NOBODY = "nobody any more"
EVENT = 60
ACTIONS_ON_PAGE = 5


def label(before: str, text: str) -> str:
    return shorten(f"{before}{one_line(text, BUTTON_LABEL)}", BUTTON_LABEL)


def invitation(words: Words, event: Event, zone: str, buttons: Iterable[Button]) -> Card:
    """The card with the questions."""
    title = words.title.replace("{date}", date_of(event, zone))
    room = TITLE - len(title.replace("{event}", ""))
    return Card(
        title.replace("{event}", one_line(event.title, room)),
        words.opening if "{event}" in title else f"**{plain(event.title)}**\n\n{words.opening}",
        tuple(Field(each.question, each.hint) for each in words.questions),
        tuple(buttons),
    )


def summary(found: Findings, zone: str, buttons: Iterable[Button]) -> Card:
    """All questions at a glance, or how many answers are still needed."""
    title = "Retro: " + dated(found.event, zone, TITLE - 10)
    if found.lacking:
        return Card(title, f"{share(found)}\n\n{_lacking(found.lacking)}")
    room = min(FIELD_ROOM, CARD_ROOM // len(found.quotes))
    fields = (
        Field(f"{question} ({len(quotes)})", _glimpse(quotes, room))
        for question, quotes in found.quotes.items()
    )
    return Card(title, share(found), tuple(fields)[:FIELDS], tuple(buttons))


def share(found: Findings) -> str:
    if not found.count:
        return "Nobody has answered yet."
    asked = f" {found.asked} were there, or meant to come." if found.asked else ""
    return f"{_count(found.count, 'answer')} so far.{asked}"


def _lacking(number: int) -> str:
    return (
        f"I show answers once there are {FEWEST}, so that nobody can be guessed. "
        f"{_count(number, 'more answer')} to go."
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _glimpse(quotes: Sequence[Quote], room: int) -> str:
    """The first quotes that fit, and how many more the question's own page has."""
    shown: list[str] = []
    room -= 40  # for the line about the rest
    for quote in quotes:
        drawn = quoted(quote, GLIMPSE)
        if shown and len("\n\n".join([*shown, drawn])) > room:
            break
        shown.append(drawn)
    rest = len(quotes) - len(shown)
    return "\n\n".join([*shown, *([f"*and {rest} more*"] if rest else [])]) or "*Nothing yet.*"


def quoted(quote: Quote, limit: int = 1000, number: str = "") -> str:
    """The name stands before the words, where no words can fake it."""
    name = f"**{plain(quote.name, NAME)}**" if quote.name else "*without a name*"
    return f"> {number}{name}: {plain(quote.text, limit)}"


def pages(quotes: Iterable[Quote]) -> list[list[Quote]]:
    return filled(quotes, lambda quote: len(quoted(quote)) + 10, PAGE_ROOM, MOST_ON_PAGE)


def page(question: str, quotes: Sequence[Quote], buttons: Iterable[Button]) -> Card:
    """The answers to one question, whole."""
    texts = [quoted(quote, number=f"{at} · ") for at, quote in enumerate(quotes, start=1)]
    return Card(question, "\n\n".join(texts) or "*Nothing yet.*", buttons=tuple(buttons))


def actions(
    title: str, found: Sequence[RetroAction], events: Mapping[str, str], buttons: Iterable[Button]
) -> Card:
    """What was decided and is not done yet. `events` are titles by id."""
    lines = numbered(
        f"**{plain(each.title)}** · {plain(each.owner, NAME) or NOBODY} · by {day(each.due)}"
        f" · after {plain(events.get(each.event_id, 'an event'), EVENT)}"
        for each in found
    )
    return Card(title, lines or "Nothing is open.", buttons=tuple(buttons))


def day(moment: date) -> str:
    return f"{moment:%A} {moment.day} {moment:%B %Y}"
