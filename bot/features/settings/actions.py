"""`/settings`: every setting in one place, and the one way to change one."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated
from zlib import crc32

from bot.actions import Feature, Handler, Role, Suggest
from bot.context import Context
from bot.errors import UserError
from bot.features.settings.table import (
    SECTIONS,
    SETTINGS,
    TITLES,
    Section,
    Setting,
    setting_called,
)
from bot.markup import bulleted, plain, shorten
from bot.outbox import parked_since
from bot.people import Prefs
from bot.replies import OPTION_LABEL, Button, Card, Field, OpenForm, Option, Part, Reply, Style

feature = Feature("settings")

Save = Callable[[Context, Setting, str], Awaitable[Reply]]

LATELY = timedelta(days=14)
SHOWN = 3
"""Reasons on the page."""


async def names_like(ctx: Context, text: str) -> tuple[Option, ...]:
    wanted = text.strip().lower()
    return tuple(each for each in _options() if wanted in f"{each.label} {each.value}".lower())


async def values_like(ctx: Context, text: str) -> tuple[Option, ...]:
    setting = SETTINGS.get(ctx.call.args.get("name", ""))
    return await setting.kind.like(ctx, text) if setting else ()


@feature.command("settings", role=Role.ORGANISER, example="zone Europe/Paris")
async def settings(
    ctx: Context,
    name: Annotated[str | None, "Which setting", Suggest(names_like)] = None,
    value: Annotated[str | None, "What it becomes", Suggest(values_like)] = None,
) -> Reply | OpenForm:
    """See every setting in one place, and change it."""
    if name is None:
        return Reply(await page(ctx), update=True)
    setting = setting_called(name)
    return _ask(ctx, setting) if value is None else await put(ctx, setting, value)


def filled(setting: Setting, save: Save) -> Handler:
    """What a form of its own for each setting does, so that the form says what it asks for."""

    async def like(ctx: Context, text: str) -> tuple[Option, ...]:
        return await setting.kind.like(ctx, text)

    async def fill(
        ctx: Context,
        value: Annotated[str, setting.label, Suggest(like)] = "",
    ) -> Reply:
        if not value:
            raise UserError(f"Write what it becomes: {setting.kind.ways(ctx.content)}.", "value")
        try:
            return await save(ctx, setting, value)
        except UserError as error:
            raise UserError(error.says, "value") from None

    fill.__doc__ = setting.does
    return fill


async def put(ctx: Context, setting: Setting, text: str) -> Reply:
    """Change it, after a question where others would read what comes of it. Raises UserError."""
    value = await setting.kind.read(ctx, text)
    said = await setting.first(ctx, ctx.spot, value) if setting.first else ""
    if not said:
        return await change(ctx, setting, text)
    yes = settle.button("Yes, do it", Style.MAIN, of=setting.name, to=setting.kind.typed(value))
    no = leave.button("No, leave it", of=setting.name)
    return Reply(Card(TITLES[setting.name], said, buttons=(yes, no)), midway=True)


async def change(ctx: Context, setting: Setting, text: str, was: str = "") -> Reply:
    """Change it, carry out what follows, and offer the way back. Raises UserError."""
    value = await setting.kind.read(ctx, text)  # it may ask the platform: before the transaction
    community = await ctx.own_community()
    before = setting.of(community)
    if was and _sign(setting, before) != was:
        raise UserError("It was changed again since then, so I left it. `/settings` shows it.")
    setting.put(community, value)
    _prove(setting, community.prefs)
    then = await setting.then(ctx, ctx.spot) if setting.then else ""
    now, was = (setting.kind.words(each, ctx.content, community) for each in (value, before))
    said = f"It is **{now}** already." if value == before else f"Now **{now}**; before, {was}."
    buttons = () if value == before else _way_back(setting, before, value)
    return Reply(
        Card(TITLES[setting.name], f"{said}\n\n{then}".strip(), buttons=buttons), update=True
    )


FORMS = {
    name: feature.action(f"settings {name}", role=Role.ORGANISER, form=TITLES[name])(
        filled(setting, put)
    )
    for name, setting in SETTINGS.items()
}


@feature.action("settle", role=Role.ORGANISER)
async def settle(
    ctx: Context,
    of: Annotated[str, "Which setting"],
    to: Annotated[str, "What it becomes"],
) -> Reply:
    """Change it, now that it is clear what that means."""
    return await change(ctx, setting_called(of), to)


@feature.action("settle not", role=Role.ORGANISER, noted=False)
async def leave(ctx: Context, of: Annotated[str, "Which setting"]) -> Reply:
    """Leave it as it was."""
    setting = setting_called(of)
    text = f"It stays as it was: **{_now(ctx, setting)}**."
    return Reply(Card(TITLES[setting.name], text), update=True)


@feature.action("set back", role=Role.ORGANISER)
async def set_back(
    ctx: Context,
    of: Annotated[str, "Which setting"],
    to: Annotated[str, "What it was before"],
    was: Annotated[str, "The sign of what it became"] = "",
) -> Reply:
    """Undo, unless somebody has changed it since."""
    return await change(ctx, setting_called(of), to, was)


def _sign(setting: Setting, value: object) -> str:
    """Of a value, short enough for a button."""
    return f"{crc32(setting.kind.typed(value).encode()):08x}"


def _way_back(setting: Setting, before: object, now: object) -> tuple[Button, ...]:
    """A button, which knows what it takes back where there is room for that. Where the old value
    itself is too long for one, the reply has it in words."""
    typed = setting.kind.typed(before)
    for more in ({"was": _sign(setting, now)}, {}):
        try:
            undo = set_back.button("Undo", of=setting.name, to=typed, **more)
        except ValueError:
            continue
        return (undo,)
    return ()


def _prove(setting: Setting, prefs: Prefs) -> None:
    """What holds between two settings, both counted from the event's end. Raises UserError."""
    if prefs.retro_summary_hours <= prefs.retro_hours:
        first = f"retro-hours {prefs.retro_summary_hours - 1}"
        if setting.name == "retro-hours":
            first = f"retro-summary-hours {prefs.retro_hours + 72}"
        raise UserError(
            f"The retro opens {prefs.retro_hours} hours after an event, so its summary can't come "
            f"{prefs.retro_summary_hours} hours after it. First type `/settings {first}`."
        )


def _ask(ctx: Context, setting: Setting) -> Reply | OpenForm:
    """What is one of a few is picked, everything else is typed over what it is now."""
    picks = setting.kind.picks(ctx.content)
    if not picks:
        draft = {"value": setting.kind.typed(setting.of(ctx.community))}
        return OpenForm(FORMS[setting.name].name, ctx.new_id(), draft=draft)
    choice = settings.choice(setting.label, "value", picks, name=setting.name)
    text = f"{setting.does}\n\nNow: **{_now(ctx, setting)}**."
    return Reply(Card(TITLES[setting.name], text, choice=choice), update=True)


async def page(ctx: Context) -> Card:
    """All settings, and what did not arrive lately. It only looks."""
    community = await ctx.fresh_community()
    begin = "`/setup` goes through the first ones with you. " if community.setup_next else ""
    return Card(
        "Settings",
        f"{begin}How things are done here. Pick one to change it, or type it: "
        "`/settings principle-hour 18`. The way back is always offered.",
        (*[await _field(ctx, section) for section in SECTIONS], *await _undelivered(ctx)),
        choice=settings.choice("Change a setting", "name", _options()),
    )


@feature.home(role=Role.ORGANISER)
async def at_home(ctx: Context) -> Part | None:
    fields = await _undelivered(ctx)
    return Part(fields[0], (settings.button("Settings"),)) if fields else None


async def _undelivered(ctx: Context) -> tuple[Field, ...]:
    """What did not arrive lately and why, so that somebody can mend it."""
    rows = await parked_since(ctx.session, ctx.now - LATELY, ctx.community.id)
    if not rows:
        return ()
    reasons = dict.fromkeys(plain(row.parked or "", 150) for row in rows)
    return (Field(f"Did not arrive lately: {len(rows)}", bulleted(list(reasons)[:SHOWN])),)


async def _field(ctx: Context, section: Section) -> Field:
    lines = "\n".join(
        f"- {each.label}: **{_now(ctx, each)}** · `{each.name}`" for each in section.settings
    )
    outlook = await section.outlook(ctx, ctx.spot) if section.outlook else ""
    return Field(section.title, f"{lines}\n\n{outlook}".strip())


def _now(ctx: Context, setting: Setting) -> str:
    return _words(ctx, setting, setting.of(ctx.community))


def _words(ctx: Context, setting: Setting, value: object) -> str:
    return setting.kind.words(value, ctx.content, ctx.community, ctx.spot)


def _options() -> tuple[Option, ...]:
    return tuple(
        Option(shorten(TITLES[name], OPTION_LABEL), name, shorten(setting.does, OPTION_LABEL))
        for name, setting in SETTINGS.items()
    )
