"""`/find`: what fits a need, in the words of whoever has it."""

from functools import lru_cache
from typing import Annotated

from bot.actions import Feature, Long
from bot.content import Care, Content
from bot.context import Context
from bot.features.principles import chapter, principle
from bot.features.search.care import Listener
from bot.features.search.index import Index, Match
from bot.markup import bulleted, plain, shorten
from bot.replies import BUTTON_LABEL, Button, Card, Reply

feature = Feature("search")

NEED = 300


@feature.command("find", example="nobody talks in the server", form="Find what fits")
async def find(
    ctx: Context, need: Annotated[str, "What you need, in your own words", Long(NEED)]
) -> Reply:
    """Find the principles and chapters that fit a need, in your own words."""
    if care := care_for(ctx.content, need):
        return Reply(Card(care.title, care.says))
    matches = _index(ctx.content).search(need)
    if not matches:
        return Reply(
            Card(
                "I found nothing for that",
                "Try other words for it, such as “new people never come back” or "
                "“the same five people do everything”. `/principle` shows this week's page.",
            )
        )
    return Reply(
        Card(
            "This may help" if matches[0].fits else "Nothing fits well",
            _found(need, matches),
            buttons=tuple(_open(match) for match in matches),
        )
    )


def care_for(content: Content, text: str) -> Care | None:
    """What to say, before anything else, to somebody who writes of danger or grief."""
    return _listener(content).hears(text)


def _found(need: str, matches: list[Match]) -> str:
    opening = f"You wrote: “{plain(need, NEED)}”"
    if not matches[0].fits:
        opening += "\n\nThese come nearest. Other words for the same thing may find more."
    return f"{opening}\n\n{bulleted(map(_line, matches))}"


def _line(match: Match) -> str:
    return f"**{plain(_name(match))}**: {plain(match.why)}"


def _name(match: Match) -> str:
    page = "Principle" if match.kind == "principle" else "Chapter"
    return f"{page} {match.number} · {match.title}"


def _open(match: Match) -> Button:
    page = principle if match.kind == "principle" else chapter
    return page.button(shorten(_name(match), BUTTON_LABEL), number=match.number)


@lru_cache(maxsize=2)
def _index(content: Content) -> Index:
    """One index a pack: made at the first question, and anew when the words change."""
    return Index(content)


@lru_cache(maxsize=2)
def _listener(content: Content) -> Listener:
    return Listener(content)
