"""The programme in words. Pure: data in, cards out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from bot.content import Program
from bot.features.program.model import ProgramChange
from bot.markup import bulleted, numbered, one_line, paragraphs, plain
from bot.replies import OPTION_LABEL, Button, Card, Choice, Field, Option

NAMES = {
    "format": "What happens",
    "why": "Why it is so",
    "rewards": "What we reward",
    "rejects": "What we say no to",
}
LISTED = 12


def programme(
    content: Program, words: Mapping[str, str], note: str, buttons: Iterable[Button]
) -> Card:
    fields = tuple(
        Field(NAMES[each.key], paragraphs(words.get(each.key, "")) or plain(each.default))
        for each in content.questions
    )
    return Card("How we do things here", note, fields, tuple(buttons))


def questions(content: Program, buttons: Iterable[Button]) -> Card:
    """What the form will ask, with examples to lean on."""
    fields = tuple(
        Field(each.question, f"{plain(each.hint)}\n\n{bulleted(map(plain, each.examples))}")
        for each in content.questions
    )
    text = "Four questions, a sentence or three for each. Below each are examples from elsewhere."
    return Card("Write your programme", text, fields, tuple(buttons))


def for_hosts(steps: Sequence[str]) -> Card:
    return Card("Hosting here for the first time", numbered(steps))


def changes(found: Sequence[ProgramChange], choice: Choice | None) -> Card:
    if not found:
        text = (
            "Nothing is noted yet. `/program change` notes what you do differently from a day on."
        )
        return Card("What we changed", text)
    lines = [f"**{day(each.day)}** {plain(each.words, 100)}" for each in found[:LISTED]]
    if rest := len(found) - len(lines):
        lines.append(f"*and {rest} more*")
    return Card("What we changed", bulleted(lines), choice=choice)


def option(change: ProgramChange) -> Option:
    return Option(one_line(f"{day(change.day)}: {change.words}", OPTION_LABEL), change.id)


def day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
