"""Which week's review comes when, and the chain of promises that never lets go.

Each week of a person's own calendar has one moment, so each review comes once, whatever the clocks
do. The plan holds the week that comes next and its moment. A *turn* is a dated job at that moment:
it promises the message of its week and the turn of the next. A turn whose moment is no longer the
plan's does nothing; so after a change one turn more is enough.
"""

from datetime import UTC, date, datetime, time, timedelta

from bot.context import Scene
from bot.features.weekly_review import store
from bot.features.weekly_review.model import ANSWERED, ON, SKIPPED, ReviewPlan
from bot.people import Person, quiet_until
from bot.schedule import monday, next_weekly, zone_of

TURN, ASK, LATER, REST = "review.turn", "review.ask", "review.later", "review.rest"
APART = timedelta(days=2)
"""Two reviews never come closer than this: after a change the earlier one is left out."""

LATER_BY = timedelta(hours=3)
MORNING = 9
A_MOMENT = timedelta(seconds=1)
HALF_A_WEEK = timedelta(days=3, hours=12)


def zone_for(scene: Scene, person: Person) -> str:
    return person.zone or scene.community.zone


def week_of(moment: datetime, zone: str) -> str:
    """The week that a review at that moment is about: the one whose Monday is nearest. What is
    written on Sunday evening or on Saturday is for the days to come."""
    local = moment.astimezone(zone_of(zone)).replace(tzinfo=None)
    return monday((local + HALF_A_WEEK).date())


def weeks_after(week: str, count: int = 1) -> str:
    return (date.fromisoformat(week) + timedelta(weeks=count)).isoformat()


def moment_in(week: str, plan: ReviewPlan, zone: str) -> datetime:
    """The one moment by the plan's day and hour that is about that week."""
    begins = datetime.combine(date.fromisoformat(week), time()) - HALF_A_WEEK
    before = begins.replace(tzinfo=zone_of(zone)).astimezone(UTC) - A_MOMENT
    return next_weekly(zone, plan.day, plan.hour, 0, before)


def aim(plan: ReviewPlan, week: str, zone: str) -> None:
    plan.next_week = week
    plan.next_at = moment_in(week, plan, zone)


def aim_anew(plan: ReviewPlan, zone: str, now: datetime) -> None:
    """After a change of day, hour or zone the week that comes next stays the next.

    Where its new moment is past already, the old one still holds, so that no week is missed.
    """
    assert plan.next_week, "only a plan that is on is changed"
    assert plan.next_at
    at = moment_in(plan.next_week, plan, zone)
    following = weeks_after(plan.next_week)
    if at > now:
        plan.next_at = at
    elif plan.next_at <= now or moment_in(following, plan, zone) - plan.next_at < APART:
        aim(plan, following, zone)


async def follow(scene: Scene, plan: ReviewPlan, person: Person) -> None:
    """Carry a change of day, hour or zone out; a week that had none yet may come sooner by it."""
    assert plan.next_week, "only a plan that is on is changed"
    zone = zone_for(scene, person)
    this = week_of(scene.now, zone)
    sooner = not plan.paused_from and this < plan.next_week
    if sooner and moment_in(this, plan, zone) > scene.now and not await _was(scene, plan, this):
        aim(plan, this, zone)
    else:
        aim_anew(plan, zone, scene.now)
    await promise(scene, plan)


async def begin(scene: Scene, plan: ReviewPlan, person: Person) -> None:
    """From now on, in the first week that has none yet. Asked twice, it changes nothing."""
    running = plan.state == ON and not plan.paused_from
    plan.state, plan.paused_from, plan.heard_at = ON, None, scene.now
    if not running:
        zone = zone_for(scene, person)
        week = week_of(scene.now, zone)
        if moment_in(week, plan, zone) <= scene.now:
            week = weeks_after(week)
        aim(plan, week, zone)
        await _leave_out_what_was(scene, plan, zone)
    await promise(scene, plan)


async def promise(scene: Scene, plan: ReviewPlan) -> None:
    """See to it that the turn comes at the plan's moment."""
    assert plan.next_at
    at = int(plan.next_at.timestamp())
    key = f"{TURN}:{plan.person_id}:{at}"
    await scene.outbox.later(
        TURN, key=key, due=plan.next_at, person=plan.person_id, whose=plan.person_id, at=at
    )


async def go_on(scene: Scene, plan: ReviewPlan, person: Person, after: str) -> None:
    """That week is done with: the one after it comes next, if it was not further on already."""
    if plan.state != ON or plan.next_week is None or plan.next_week > after:
        return
    zone = zone_for(scene, person)
    plan.paused_from = None
    aim(plan, weeks_after(after), zone)
    await _leave_out_what_was(scene, plan, zone)
    await promise(scene, plan)


async def pause(scene: Scene, plan: ReviewPlan, person: Person, weeks: int) -> None:
    """Leave so many weeks out, counted from where the pause began, however often it is pressed."""
    assert plan.next_week, "only a plan that is on is paused"
    plan.paused_from = plan.paused_from or plan.next_week
    aim(plan, weeks_after(plan.paused_from, weeks), zone_for(scene, person))
    await promise(scene, plan)


async def _leave_out_what_was(scene: Scene, plan: ReviewPlan, zone: str) -> None:
    """No message for a week that was asked about, answered or skipped already."""
    assert plan.next_week
    while await _was(scene, plan, plan.next_week):
        aim(plan, weeks_after(plan.next_week), zone)


async def _was(scene: Scene, plan: ReviewPlan, week: str) -> bool:
    review = await store.review_of(scene, plan.person_id, week)
    closed = review is not None and review.state in (ANSWERED, SKIPPED)
    return closed or await scene.outbox.find(ask_key(plan.person_id, week)) is not None


def ask_key(person_id: str, week: str) -> str:
    return f"{ASK}:{person_id}:{week}"


def later_today(scene: Scene, person: Person) -> datetime:
    """In some hours; where that is another day or a quiet hour, on the next morning."""
    soon = scene.now + LATER_BY
    zone = zone_of(zone_for(scene, person))
    today = scene.now.astimezone(zone).date()
    same_day = soon.astimezone(zone).date() == today
    if same_day and quiet_until(person, scene.community, soon) is None:
        return soon
    morning = datetime.combine(today, time(MORNING), zone)
    if morning <= scene.now:
        morning = datetime.combine(today + timedelta(days=1), time(MORNING), zone)
    return quiet_until(person, scene.community, morning) or morning.astimezone(UTC)
