"""The post itself, and the turn that promises it."""

from dataclasses import replace
from datetime import date, timedelta

from bot.actions import Feature
from bot.content import Principle
from bot.context import Scene
from bot.errors import Undeliverable
from bot.features.principles.actions import open_page
from bot.features.principles.pages import title
from bot.features.weekly import chain
from bot.features.weekly.choice import fix
from bot.features.weekly.store import PASS
from bot.people import channel_at
from bot.platform import Letter
from bot.replies import Card, Field, Reply

feature = Feature("weekly")

GRACE = timedelta(days=3)
"""A principle that is later than this belongs to no week any more."""


@feature.delivery(chain.TURN, grace=timedelta.max)
async def turn(scene: Scene, at: int) -> None:
    await chain.WEEKLY.take_turn(scene, at)


@feature.delivery(chain.WEEKLY.post, grace=GRACE)
async def principle(scene: Scene, slot: str) -> Letter | None:
    spot = scene.community.prefs.principle_channel
    if spot is None:
        return None
    to = await channel_at(scene.session, spot)
    if to is None:
        raise Undeliverable("Its channel is gone. Type /week here in another one.")
    week = await fix(scene, slot)
    if week.number == PASS:
        return None
    week.posted_at = week.posted_at or scene.now
    page = scene.content.principles[week.number]
    return Letter(to, Reply(_card(scene, page, slot, week.why), private=False, thread=title(page)))


def _card(scene: Scene, page: Principle, slot: str, why: str) -> Card:
    """The principle's own card, with one question to talk about: another one each year."""
    year = date.fromisoformat(slot).isocalendar().year
    question = page.questions[year % len(page.questions)]
    because = (Field("Why this one", why),) if why else ()
    return replace(
        open_page(scene.content, page),
        title=f"Principle of the week: {title(page)}",
        fields=(*because, Field("A question for us", question)),
    )
