"""`/review settings`: day and hour of the weekly message, one's own clock and quiet hours."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any

from bot.actions import Suggest
from bot.context import Context
from bot.errors import UserError
from bot.features.privacy import ask_first
from bot.features.settings.kinds import Kind, OneOf, Zone, hour
from bot.features.settings.table import DAYS
from bot.features.weekly_review import cards, chain, store
from bot.features.weekly_review.actions import feature, heard, review, start, stop
from bot.features.weekly_review.model import ON, RESTING, ReviewPlan
from bot.markup import plain
from bot.people import Person, quiet_hours, quiet_until
from bot.replies import OPTIONS, Button, Card, Field, OpenForm, Option, Reply, Style
from bot.schedule import zone_of

AS_HERE = "default"
"""Typed for a clock or quiet hours: as the community has them."""

TITLE = "Settings of your weekly review"
KINDS: Mapping[str, Kind] = {
    "day": OneOf(lambda _: DAYS),
    "hour": hour(),
    "zone": Zone(),
    "quiet_from": hour(),
    "quiet_until": hour(),
}
OWN = ("zone", "quiet_from", "quiet_until")
"""Of the person, for all that is written to them; None means as the community has it."""


def _like(name: str) -> Callable[[Context, str], Awaitable[tuple[Option, ...]]]:
    async def like(ctx: Context, text: str) -> tuple[Option, ...]:
        found = await KINDS[name].like(ctx, text)
        here = name in OWN and text.strip().lower() in AS_HERE
        return (Option("As the community", AS_HERE), *found)[:OPTIONS] if here else found

    return like


@feature.command(
    "review settings", example="day:Sunday hour:18 zone:Paris", form="Your weekly review"
)
async def settings(
    ctx: Context,
    day: Annotated[str, "Day of the review", Suggest(_like("day"))] = "",
    hour: Annotated[str, "Hour of the review, 0 to 23", Suggest(_like("hour"))] = "",
    zone: Annotated[str, "Your time zone, or default", Suggest(_like("zone"))] = "",
    quiet_from: Annotated[str, "Quiet from, hour or default", Suggest(_like("quiet_from"))] = "",
    quiet_until: Annotated[str, "Quiet until, hour or default", Suggest(_like("quiet_until"))] = "",
) -> Reply:
    """Choose day and hour of your weekly review, your time zone and quiet hours."""
    if asks := await ask_first(ctx, settings):
        return asks
    typed = {
        "day": day,
        "hour": hour,
        "zone": zone,
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
    }
    wanted = {name: await _read(ctx, name, text) for name, text in typed.items() if text}
    person = await ctx.person()
    plan = await heard(ctx, person)
    if not wanted:
        return Reply(_page(ctx, person, plan), update=True)
    return await _change(ctx, person, await store.plan_for(ctx, person.id), wanted)


@feature.action("review change")
async def change(ctx: Context) -> OpenForm | Reply:
    """The form, with what holds now. Day and hour are empty while no message comes."""
    if asks := await ask_first(ctx, settings):
        return asks
    person = await ctx.person()
    plan = await store.plan_of(ctx, person.id)
    on = plan is not None and plan.state == ON
    known = {name: _typed(name, _own(person, name)) for name in OWN}
    if plan and on:
        known |= {"day": _typed("day", plan.day), "hour": _typed("hour", plan.hour)}
    return replace(settings.form(ctx), draft=known)


async def _read(ctx: Context, name: str, text: str) -> Any:
    """The value, None for the community's own. Raises UserError at the field."""
    if name in OWN and text.lower() == AS_HERE:
        return None
    try:
        return await KINDS[name].read(ctx, text)
    except UserError as error:
        raise UserError(error.says, name) from None


async def _change(
    ctx: Context, person: Person, plan: ReviewPlan, wanted: Mapping[str, Any]
) -> Reply:
    """Choosing a day or an hour is a wish for the message; a clock or quiet hours alone is none."""
    before = {name: _value(person, plan, name) for name in wanted}
    was_on = plan.state == ON
    for name, value in wanted.items():
        setattr(person if name in OWN else plan, name, value)
    if plan.state == ON and plan.next_at:
        await chain.follow(ctx, plan, person)
    elif "day" in wanted or "hour" in wanted:
        await chain.begin(ctx, plan, person)
    changed = {name: old for name, old in before.items() if old != wanted[name]}
    begun = plan.state == ON and not was_on
    said = "Saved." if changed or begun else "It was so already."
    back = () if begun else _way_back(changed)
    return Reply(_page(ctx, person, plan, said, back), update=True)


def _way_back(changed: Mapping[str, Any]) -> tuple[Button, ...]:
    """A button, unless the old values are too long for one."""
    if not changed:
        return ()
    old = {name: _typed(name, value) for name, value in changed.items()}
    try:
        return (settings.button("Undo", **old),)
    except ValueError:
        return ()


def _page(
    ctx: Context,
    person: Person,
    plan: ReviewPlan | None,
    said: str = "",
    before: tuple[Button, ...] = (),
) -> Card:
    on = plan is not None and plan.state == ON
    text = f"{said} {_outlook(ctx, person, plan)}".strip()
    fields = (
        Field("Your clock", _clock(ctx, person)),
        Field("Quiet hours", _quiet(ctx, person)),
    )
    more = "Change" if on else "Choose a day and an hour"
    switch = stop.button("Stop") if on else start.button("Send me one a week", Style.MAIN)
    resume = [start.button("Resume now")] if plan and plan.paused_from else []
    buttons = (*before, change.button(more), *resume, switch, review.button("This week's review"))
    return Card(TITLE, text, fields, buttons)


def _outlook(ctx: Context, person: Person, plan: ReviewPlan | None) -> str:
    if plan is None or plan.state != ON or plan.next_at is None:
        resting = plan is not None and plan.state == RESTING
        why = "It rests, since several went unanswered. " if resting else ""
        return f"{why}No weekly message comes now. Choosing a day or an hour turns it on."
    zone = chain.zone_for(ctx, person)
    every = f"{DAYS[plan.day]}s at {plan.hour:02}:00"
    paused = "It is paused. " if plan.paused_from else ""
    at = cards.when(plan, zone)
    local = plan.next_at.astimezone(zone_of(zone))
    if (f"{local:%a}".lower(), local.hour) == (plan.day, plan.hour):
        return f"{paused}It comes on {every}. The next one: {at}.{_in_quiet(ctx, person, plan)}"
    return f"{paused}The next one comes on {at}, and from then on {every}."


def _in_quiet(ctx: Context, person: Person, plan: ReviewPlan) -> str:
    assert plan.next_at
    if quiet_until(person, ctx.community, plan.next_at) is None:
        return ""
    return " That is in your quiet hours. You chose it, so it comes all the same."


def _clock(ctx: Context, person: Person) -> str:
    shown = plain(chain.zone_for(ctx, person))
    return shown if person.zone else f"{shown}, as the community"


def _quiet(ctx: Context, person: Person) -> str:
    start, end = quiet_hours(person, ctx.community)
    if start == end:
        return "None. Messages may come at any hour."
    return f"{start:02}:00 to {end:02}:00. I write nothing then that you did not ask for."


def _own(person: Person, name: str) -> Any:
    return getattr(person, name)


def _value(person: Person, plan: ReviewPlan, name: str) -> Any:
    return getattr(person if name in OWN else plan, name)


def _typed(name: str, value: Any) -> str:
    return AS_HERE if value is None else KINDS[name].typed(value)
