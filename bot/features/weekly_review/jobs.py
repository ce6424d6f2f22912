"""What the review does by itself: it comes at its hour, comes once more when asked, and rests when
nobody answers."""

from datetime import UTC, datetime, timedelta

from bot.context import Scene
from bot.features.weekly_review import actions, chain, store
from bot.features.weekly_review import at_home as _at_home  # noqa: F401  they bring what is theirs
from bot.features.weekly_review import ledger as _ledger  # noqa: F401
from bot.features.weekly_review import preferences as _preferences  # noqa: F401
from bot.features.weekly_review.actions import feature, sheet_of, start
from bot.features.weekly_review.model import ON, OPEN, RESTING, ReviewPlan
from bot.people import Person, directly, quiet_until
from bot.platform import Letter
from bot.replies import Card, Reply, Style

__all__ = ["feature"]

GRACE = timedelta(days=2)
"""A review that is later than this is left out: the next one is near enough."""

ON_TIME = timedelta(hours=1)
PATIENCE = 3
"""Reviews without an answer before it rests."""


@feature.delivery(chain.TURN, grace=timedelta.max, asked_for=True, keep=timedelta(days=14))
async def turn(scene: Scene, at: int, whose: str) -> None:
    """Promise this week's message and the turn of the next, in one transaction."""
    due = datetime.fromtimestamp(at, UTC)
    person = await scene.session.get(Person, whose)
    plan = await store.plan_of(scene, whose)
    if person is None or plan is None or plan.state != ON or plan.next_at != due:
        return
    assert plan.next_week
    if scene.now - due <= GRACE:
        if await _nobody_answers(scene, plan):
            await _rest(scene, plan)
            return
        await scene.outbox.later(
            chain.ASK,
            key=chain.ask_key(whose, plan.next_week),
            due=_when(scene, person, due),
            person=whose,
            whose=whose,
            week=plan.next_week,
        )
    await chain.go_on(scene, plan, person, after=plan.next_week)


@feature.delivery(chain.ASK, grace=GRACE, asked_for=True)
async def ask(scene: Scene, whose: str, week: str) -> Letter | None:
    """The review itself, at the very hour that they chose: neither quiet hours nor the weekly
    budget hold it back."""
    return await _letter(scene, whose, week)


@feature.delivery(chain.LATER, grace=timedelta(days=1), asked_for=True)
async def again(scene: Scene, whose: str, week: str, at: int) -> Letter | None:
    """Once more, if that is still wished for."""
    found = await store.review_of(scene, whose, week)
    if found is None or found.later_at != datetime.fromtimestamp(at, UTC):
        return None
    return await _letter(scene, whose, week)


@feature.delivery(chain.REST, grace=GRACE, asked_for=True)
async def rest(scene: Scene, whose: str) -> Letter | None:
    plan = await store.plan_of(scene, whose)
    to = await directly(scene.session, whose)
    if plan is None or plan.state != RESTING or to is None:
        return None
    buttons = (
        start.button("Send it again", Style.MAIN),
        actions.review.button("Open this week's review"),
    )
    card = Card("Your weekly review rests", scene.content.review.lines.unanswered, buttons=buttons)
    return Letter(to, Reply(card, private=False))


async def _letter(scene: Scene, whose: str, week: str) -> Letter | None:
    """Nothing for who has stopped, and nothing about a week that is written or gone."""
    person = await scene.session.get(Person, whose)
    plan = await store.plan_of(scene, whose)
    to = await directly(scene.session, whose)
    if person is None or plan is None or plan.state != ON or to is None:
        return None
    newest = await store.newest(scene, whose)
    if newest and newest.week > week:
        return None
    found = await store.review_for(scene, whose, week)
    if found.state != OPEN:
        return None
    return Letter(to, Reply(await sheet_of(scene, person, week=week), private=False))


async def _nobody_answers(scene: Scene, plan: ReviewPlan) -> bool:
    kinds = (chain.ASK, chain.LATER)
    asked = await store.asked_in_vain(scene, plan.person_id, kinds, plan.heard_at)
    return asked >= PATIENCE


async def _rest(scene: Scene, plan: ReviewPlan) -> None:
    key = f"{chain.REST}:{plan.person_id}:{plan.next_week}"
    plan.state, plan.next_week, plan.next_at = RESTING, None, None
    await scene.outbox.later(
        chain.REST, key=key, due=scene.now, person=plan.person_id, whose=plan.person_id
    )


def _when(scene: Scene, person: Person, due: datetime) -> datetime:
    """At its moment; if that has gone by while we were away, not at night."""
    if scene.now - due <= ON_TIME:
        return due
    return quiet_until(person, scene.community, scene.now) or scene.now
