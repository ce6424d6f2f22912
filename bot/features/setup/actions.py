"""`/setup`: one card a step, each in the place of the one before; it goes on where it was left.

Each step names settings, and changes them the way `/settings` does.
"""

from dataclasses import replace
from typing import Annotated, assert_never

from bot.actions import Feature, Role, Suggest
from bot.changes import note
from bot.context import Context
from bot.errors import TryLater, UserError
from bot.features.pulse import weekly_pulse
from bot.features.roles import role_
from bot.features.settings import Setting, change, filled, page, setting_called
from bot.features.settings.table import TITLES
from bot.features.setup.steps import ABOUT, HOURS, STEP_OF, Step, clock, zones
from bot.features.weekly import chain
from bot.markup import bulleted, plain
from bot.people import Community, spot_words
from bot.replies import Button, Card, Choice, OpenForm, Option, Reply, Style
from bot.roles import grants, in_time
from bot.zones import read_zone, zones_like

feature = Feature("setup")

OFF = "off"
NAMED = 10
"""Names on the card of the last step."""

Number = Annotated[int, "Which step"]


async def like(ctx: Context, text: str) -> tuple[Option, ...]:
    return zones_like(text)


@feature.command("setup", role=Role.ORGANISER, example="Berlin", noted=False)
async def setup(
    ctx: Context,
    zone: Annotated[str | None, "Your time zone: a city will do", Suggest(like)] = None,
) -> Reply:
    """Set me up for this community, in six short steps."""
    if zone:
        return await _save(ctx, setting_called("zone"), zone)
    community = await ctx.fresh_community()
    return await _show(ctx, Step(community.setup_next) if community.setup_next else None)


@feature.action("setup at", role=Role.ORGANISER, noted=False)
async def at(ctx: Context, step: Number) -> Reply:
    await ctx.fresh_community()
    return await _show(ctx, _step(step))


@feature.action("setup keep", role=Role.ORGANISER, noted=False)
async def keep(ctx: Context, step: Number) -> Reply:
    """It is right as it is, or can wait: on to the next step."""
    done = _step(step)
    _pass(await ctx.own_community(), done)
    if done.after is None:
        await ctx.person()  # asked on the last card whether they may be written to
    return await _show(ctx, done.after)


@feature.action("setup put", role=Role.ORGANISER, noted=False)
async def put(
    ctx: Context,
    name: Annotated[str, "Which setting"],
    value: Annotated[str, "What it becomes"],
) -> Reply:
    again = put.button("Try again", Style.MAIN, name=name, value=value)
    return await _put(ctx, name, value, again)


@feature.action("setup pulse", role=Role.ORGANISER, noted=False)
async def pulse_with_hosts(ctx: Context) -> Reply:
    """Post the pulse where hosts read."""
    again = pulse_with_hosts.button("Try again", Style.MAIN)
    return await _put(ctx, "pulse-channel", ctx.community.prefs.hosts_channel or OFF, again)


@feature.action("setup ask", role=Role.ORGANISER)
async def ask(ctx: Context, name: Annotated[str, "Which setting"]) -> OpenForm:
    """Open the form in which a value is typed."""
    _step_of(name)
    return OpenForm(FORMS[name].name, ctx.new_id())


@feature.action("setup help", role=Role.ORGANISER)
async def name_somebody(ctx: Context) -> OpenForm:
    """Open the form in which a host or organiser is named."""
    return role_.form(ctx)


async def _put(ctx: Context, name: str, value: str, again: Button) -> Reply:
    try:
        return await _save(ctx, setting_called(name), value)
    except UserError as error:
        await ctx.fresh_community()
        return await _show(ctx, _step_of(name), error.says, again)


async def _save(ctx: Context, setting: Setting, value: str) -> Reply:
    """Change it, and list that as `/settings` would. A channel settles its step; a clock is shown
    once more, to be looked at, and so is the pulse with its channel and its clock."""
    step = _step_of(setting.name)
    await note(ctx, (await change(ctx, setting, value)).card)
    pulse = step is Step.PULSE and weekly_pulse.WEEKLY.is_on(ctx)
    if pulse or step in (Step.ZONE, Step.CLOCK):
        return await _show(ctx, step, "Saved.")
    _pass(ctx.community, step)
    now = setting.kind.words(setting.of(ctx.community), ctx.content, ctx.community, ctx.spot)
    return await _show(ctx, step.after, f"Saved. {setting.label}: **{now}**.")


FORMS = {
    name: feature.action(f"setup {name}", role=Role.ORGANISER, noted=False, form=TITLES[name])(
        filled(setting_called(name), _save)
    )
    for name in STEP_OF
}


async def _show(
    ctx: Context, step: Step | None, said: str = "", again: Button | None = None
) -> Reply:
    """One step's card; after the last one, all settings. `said` is what has just happened, and
    `again` tries once more what did not work."""
    if step is None:
        return Reply(await _end(ctx), update=True)
    text, choice, buttons = await _drawn(ctx, step)
    if step.before:
        buttons.append(at.button("Back", step=int(step.before)))
    if again:
        buttons = [again, *(each for each in buttons if each.press != again.press)]
    words = "\n\n".join(filter(None, [said, ABOUT[step].says, text]))
    card = Card(step.title, words, buttons=tuple(buttons), choice=choice)
    return Reply(card, update=True, midway=True)


async def _drawn(ctx: Context, step: Step) -> tuple[str, Choice | None, list[Button]]:
    match step:
        case Step.ZONE:
            return await _zone(ctx)
        case Step.PRINCIPLE | Step.HOSTS:
            return _channel(ctx, step)
        case Step.PULSE:
            return _pulse(ctx, await weekly_pulse.outlook(ctx, ctx.spot))
        case Step.CLOCK:
            return await _clock(ctx)
        case Step.ROLES:
            return await _roles(ctx)
        case _:
            assert_never(step)


async def _zone(ctx: Context) -> tuple[str, Choice | None, list[Button]]:
    zone, own = ctx.community.zone, await _own_zone(ctx)
    text = f"It is **{clock(zone, ctx.now)}** now by {plain(zone)}. Is that right?"
    new = ctx.community.setup_next == Step.ZONE
    buttons = [_go_on(Step.ZONE, "Yes, that is right")]
    if own and own != zone and new:
        text += f" Your profile says {plain(own)}, where it is **{clock(own, ctx.now)}**."
        use = put.button(f"Use {own}", Style.MAIN, name="zone", value=own)
        buttons = [use, _go_on(Step.ZONE, "Yes, that is right", Style.PLAIN)]
    buttons.append(ask.button("Type another", name="zone"))
    choice = put.choice("Pick another by its clock", "value", zones(ctx.now, own), name="zone")
    return text, choice, buttons


async def _own_zone(ctx: Context) -> str | None:
    """The organiser's own, where the platform knows one that we know too. It is asked outside any
    transaction, and so not where one has just changed something."""
    if ctx.changed:
        return None
    await ctx.close()
    try:
        found = await in_time(ctx.platform.zone_of(ctx.call.caller))
        return read_zone(found) if found else None
    except (TryLater, UserError):
        return None


def _channel(ctx: Context, step: Step) -> tuple[str, Choice | None, list[Button]]:
    name = ABOUT[step].settings[0]
    setting = setting_called(name)
    value = setting.of(ctx.community)
    if value:
        text = f"Now it is {spot_words(ctx.community, value, ctx.spot)}."
        buttons = [_go_on(step, "Looks good")]
    else:
        text = "There is none yet."
        buttons = []
    if value != ctx.spot and not ctx.place.direct:
        style = Style.MAIN if step is Step.PRINCIPLE and not value else Style.PLAIN
        buttons.append(put.button("Use this channel", style, name=name, value="here"))
    buttons.append(ask.button("Name another", name=name))
    none = put.button("None for now", name=name, value="off")
    buttons.append(none if value else _go_on(step, "Skip for now", Style.PLAIN))
    return text, None, buttons


def _pulse(ctx: Context, outlook: str) -> tuple[str, Choice | None, list[Button]]:
    """Its channel first; then its day and hour on the same card."""
    text, _, buttons = _channel(ctx, Step.PULSE)
    prefs = ctx.community.prefs
    if not weekly_pulse.WEEKLY.is_on(ctx):
        if prefs.hosts_channel and prefs.hosts_channel != ctx.spot:
            buttons.insert(0, pulse_with_hosts.button("Where hosts read", Style.MAIN))
        return text, None, buttons
    _, day, hour = map(setting_called, ABOUT[Step.PULSE].settings)
    buttons.insert(1, ask.button("Another hour", name=hour.name))
    picks = day.kind.picks(ctx.content)
    return outlook, put.choice("Another day", "value", picks, name=day.name), buttons


async def _clock(ctx: Context) -> tuple[str, Choice | None, list[Button]]:
    day, hour = map(setting_called, ABOUT[Step.CLOCK].settings)
    now = day.of(ctx.community), hour.of(ctx.community)
    words = day.kind.words(now[0], ctx.content), hour.kind.words(now[1], ctx.content)
    text = f"Now: **{words[0]}, {words[1]}**."
    if chain.is_on(ctx):
        text += f" {await chain.outlook(ctx, ctx.spot)}"
    others = [each for each in HOURS if each != now[1]]
    buttons = [
        _go_on(Step.CLOCK, "Looks good"),
        *(put.button(f"At {each:02}:00", name=hour.name, value=each) for each in others),
        ask.button("Another hour", name=hour.name),
    ]
    picks = day.kind.picks(ctx.content)
    return text, put.choice("Another day", "value", picks, name=day.name), buttons


async def _roles(ctx: Context) -> tuple[str, Choice | None, list[Button]]:
    given = await grants(ctx.session, ctx.community.id)
    named = ", ".join(f"{plain(each.name, 40)} ({each.role.called})" for each in given[:NAMED])
    more = f" and {len(given) - NAMED} more" if len(given) > NAMED else ""
    text = f"So far: {named}{more}." if given else ""
    finish = _go_on(Step.ROLES, "Finish")
    return text, None, [finish, name_somebody.button("Name somebody")]


async def _end(ctx: Context) -> Card:
    """All settings on one page, and what happens next."""
    everything = await page(ctx)
    coming = await chain.outlook(ctx, ctx.spot)
    steps = [
        coming,
        *([await weekly_pulse.outlook(ctx, ctx.spot)] if weekly_pulse.WEEKLY.is_on(ctx) else []),
        "To plan a first evening, type `/event create` in the channel where it belongs.",
        "Tell people that `/principle`, `/map` and `/help` are there for everyone.",
        "To change something later, pick it below, or type `/setup` again.",
    ]
    text = f"What happens next:\n\n{bulleted(steps)}"
    again = at.button("Go through it again", step=int(Step.ZONE))
    return replace(everything, title="You are all set", text=text, buttons=(again,))


def _go_on(step: Step, label: str, style: Style = Style.MAIN) -> Button:
    return keep.button(label, style, step=int(step))


def _pass(community: Community, step: Step) -> None:
    """Note how far it has come; an old card takes nothing back."""
    if community.setup_next and step >= community.setup_next:
        community.setup_next = step.after


def _step(number: int) -> Step:
    try:
        return Step(number)
    except ValueError:
        raise UserError("There is no such step. `/setup` shows what comes next.") from None


def _step_of(setting: str) -> Step:
    if setting not in STEP_OF:
        raise UserError("That is no part of the set-up. `/settings` shows every setting.")
    return STEP_OF[setting]
