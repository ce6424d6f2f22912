"""`/sponsor`: terms are noted, renewed and ended by organisers, each change with its way back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Literal

from bot.actions import Action, Long, Role, Suggest
from bot.context import Context, Via
from bot.errors import UserError
from bot.features.events.when import read_day, whole_day
from bot.features.sponsors import cards, promises, store
from bot.features.sponsors.cards import heading
from bot.features.sponsors.feature import feature
from bot.features.sponsors.model import (
    AHEAD,
    LONGEST,
    LONGEST_NAME,
    LONGEST_REASON,
    Sponsor,
    SponsorTerm,
    next_span,
)
from bot.features.sponsors.money import read_money
from bot.features.sponsors.store import Pair
from bot.markup import one_line, plain
from bot.numbers.money import Money
from bot.paging import Page
from bot.replies import OPTIONS, Button, Card, OpenForm, Option, Reply, Style

Kind = Literal["renewing", "one-off"]


async def open_like(ctx: Context, text: str) -> tuple[Option, ...]:
    return tuple(cards.options(_like(await _open(ctx), text)[:OPTIONS], ctx.today))


Which = Annotated[str, "Which sponsor", Suggest(open_like)]
One = Annotated[str, "Which term"]
Value = Annotated[str, "Its value, such as 1500 EUR"]
Starts = Annotated[str, "From which day, such as 1 June 2026"]
Ends = Annotated[str, "To which day, such as 31 May 2027"]
How = Annotated[Kind, "Do you hope to renew it?"]


@feature.command(
    "sponsor add",
    role=Role.ORGANISER,
    example='"Mill Ltd" "1500 EUR" "1 June 2026" "31 May 2027"',
    form="A sponsor's term",
)
async def add(
    ctx: Context,
    name: Annotated[str, "Who sponsors"],
    value: Value,
    starts: Starts,
    ends: Ends,
    kind: How = "renewing",
) -> Reply:
    """Note a sponsor and their term: from when to when, and its value."""
    if len(name) > LONGEST_NAME:
        raise UserError(f"A name has {LONGEST_NAME} characters at most.", "name")
    money, (first, last) = read_money(value, "value"), _span(ctx, starts, ends)
    sponsor = await store.called(ctx, one_line(name, LONGEST_NAME))
    if sponsor:
        await _prove_nothing_open(ctx, sponsor)
    else:
        sponsor = Sponsor(
            id=ctx.new_id(),
            community_id=ctx.community.id,
            name=one_line(name, LONGEST_NAME),
            created_at=ctx.now,
        )
        ctx.session.add(sponsor)
        await ctx.session.flush()
    term = await _keep(ctx, sponsor, money, first, last, kind)
    return Reply(_kept(ctx, heading("Noted: ", sponsor), term, sponsor))


@feature.command("sponsor list", role=Role.ORGANISER)
async def list_(ctx: Context, page: Annotated[int, "Which page"] = 1) -> Reply:
    """See the sponsors' terms, and which need a word soon."""
    return Reply(await _list(ctx, page))


@feature.action("sponsor all", role=Role.ORGANISER)
async def turn(ctx: Context, page: Annotated[int, "Which page"] = 1) -> Reply:
    return Reply(await _list(ctx, page), update=True)


@feature.action("sponsor show", role=Role.ORGANISER)
async def show(ctx: Context, term: One) -> Reply:
    found, sponsor = await store.term_of(ctx, term)
    return Reply(cards.term(found, sponsor, ctx.today, _buttons(found)), update=True)


@feature.command("sponsor renew", role=Role.ORGANISER, example="Mill Ltd", form="Renew a term")
async def renew(ctx: Context, sponsor: Which) -> Reply | OpenForm:
    """Note that a sponsor goes on: a new term after the one that runs out."""
    found = await _meant(ctx, sponsor)
    return _which(again, found) if len(found) > 1 else _ask_again(ctx, found[0][0])


@feature.action("sponsor renewal", role=Role.ORGANISER, form="Renew a term")
async def again(
    ctx: Context, term: One, value: Value = "", starts: Starts = "", ends: Ends = ""
) -> Reply | OpenForm:
    """The new term follows the old one, and is linked to it."""
    old, sponsor = await store.term_of(ctx, term, lock=True)
    _prove_open(old)
    if ctx.call.via is not Via.FORM:
        return _ask_again(ctx, old)
    money, (first, last) = read_money(value, "value"), _span(ctx, starts, ends)
    if last <= old.ends:
        raise UserError(
            f"The term before it ends on {whole_day(old.ends)}. Name a later day.", "ends"
        )
    new = await _keep(ctx, sponsor, money, first, last, "renewing")
    await promises.drop(ctx, old)
    old.renewed_by_id = new.id
    return Reply(_kept(ctx, heading("Renewed: ", sponsor), new, sponsor), update=True)


@feature.command("sponsor end", role=Role.ORGANISER, example="Mill Ltd")
async def end(ctx: Context, sponsor: Which) -> Reply | OpenForm:
    """Note that a sponsor does not go on, and why."""
    found = await _meant(ctx, sponsor)
    return _which(stop, found) if len(found) > 1 else stop.form(ctx, term=found[0][0].id)


@feature.action("sponsor ending", role=Role.ORGANISER, form="End a term")
async def stop(
    ctx: Context, term: One, reason: Annotated[str, "Why it ends", Long(LONGEST_REASON)]
) -> Reply:
    found, sponsor = await store.term_of(ctx, term, lock=True)
    _prove_open(found)
    await promises.drop(ctx, found)
    found.ended_on, found.ended_reason = ctx.today, one_line(reason, LONGEST_REASON)
    text = f"It ended today. The reason: {plain(found.ended_reason)}"
    buttons = (resume.button("Undo", term=term), show.button("Open", term=term))
    return Reply(Card(heading("Ended: ", sponsor), text, buttons=buttons), update=True)


@feature.action("sponsor resume", role=Role.ORGANISER)
async def resume(ctx: Context, term: One) -> Reply:
    """Undo that it ended."""
    found, sponsor = await store.term_of(ctx, term, lock=True)
    if found.ended_on is None:
        raise UserError("This term has not ended, so there is nothing to take back.")
    found.ended_on = found.ended_reason = None
    await promises.promise(ctx, found)
    note = "Taken back. It goes on as before."
    return Reply(cards.term(found, sponsor, ctx.today, _buttons(found), note=note), update=True)


@feature.action("sponsor correct", role=Role.ORGANISER, form="Correct a term")
async def correct(
    ctx: Context,
    term: One,
    value: Value = "",
    starts: Starts = "",
    ends: Ends = "",
    kind: How = "renewing",
) -> Reply | OpenForm:
    """Put a term right; the form has what stands there now. Its reminders move along."""
    found, sponsor = await store.term_of(ctx, term, lock=True)
    if ctx.call.via is not Via.FORM:
        draft = {**_draft(found.value, found.starts, found.ends), "kind": _kind(found)}
        return replace(correct.form(ctx, term=term), draft=draft)
    money, (first, last) = read_money(value, "value"), _span(ctx, starts, ends)
    note = f"Corrected. Before, it was {found.value.words}, {_days(found)}, {_kind(found)}."
    await promises.drop(ctx, found)
    found.minor, found.currency = money.minor, money.currency
    found.starts, found.ends, found.one_off = first, last, kind == "one-off"
    await promises.promise(ctx, found)
    return Reply(cards.term(found, sponsor, ctx.today, _buttons(found), note=note), update=True)


@feature.action("sponsor take-back", role=Role.ORGANISER)
async def take_back(ctx: Context, term: One) -> Reply:
    """Undo a term: whatever it renewed is open again."""
    found, sponsor = await store.term_of(ctx, term, lock=True)
    if not found.is_open:
        raise UserError("It was renewed or ended after that, so I left it as it is now.")
    await promises.drop(ctx, found)
    before = await store.term_before(ctx, term)
    title = heading("Taken back: ", sponsor)
    if before:
        before.renewed_by_id = None
        await ctx.session.flush()
        await promises.promise(ctx, before)
    await ctx.session.delete(found)
    await ctx.session.flush()
    if not await store.terms_with(ctx, sponsor.id):
        await ctx.session.delete(sponsor)
    text = "The term before it is open again." if before else "Nothing is kept of it."
    return Reply(Card(title, text, buttons=(turn.button("All terms"),)), update=True)


async def _list(ctx: Context, page: int) -> Card:
    pairs = await store.terms(ctx)
    open_ones = [each for each in pairs if each[0].is_open]
    closed = [each for each in reversed(pairs) if not each[0].is_open]
    ordered = [*open_ones, *closed]
    at = Page.of(page, len(ordered), cards.ON_PAGE)
    shown = at.shown(ordered)
    options = cards.options(shown, ctx.today)
    choice = show.choice("Look at one", "term", options) if options else None
    buttons = [*at.beside(turn), add.button("Add a sponsor")]
    running = cards.running(pairs, ctx.today) if at.number == 1 else ""
    return cards.listed(at.titled("Sponsors"), shown, ctx.today, running, buttons, choice)


async def _keep(
    ctx: Context, sponsor: Sponsor, money: Money, starts: date, ends: date, kind: Kind
) -> SponsorTerm:
    term = SponsorTerm(
        id=ctx.new_id(),
        community_id=ctx.community.id,
        sponsor_id=sponsor.id,
        starts=starts,
        ends=ends,
        minor=money.minor,
        currency=money.currency,
        one_off=kind == "one-off",
        added_by=(await ctx.person()).id,
        created_at=ctx.now,
    )
    ctx.session.add(term)
    await ctx.session.flush()
    await promises.promise(ctx, term)
    return term


def _kept(ctx: Context, title: str, term: SponsorTerm, sponsor: Sponsor) -> Card:
    buttons = (
        take_back.button("Undo", term=term.id),
        correct.button("Correct", term=term.id),
        turn.button("All terms"),
    )
    return cards.term(term, sponsor, ctx.today, buttons, title, _what_follows(ctx, term))


def _what_follows(ctx: Context, term: SponsorTerm) -> str:
    if term.ends < ctx.today:
        return "Its last day has passed. It is kept for the record."
    if term.one_off:
        return "It is a one-off, so I won't remind you of its end."
    ahead = [str(days) for days in AHEAD if (term.ends - ctx.today).days > days]
    if not ahead:
        return "It ends soon, so it is time to talk about what comes next."
    return f"I remind organisers {' and '.join(ahead)} days before it ends."


def _ask_again(ctx: Context, old: SponsorTerm) -> OpenForm:
    starts, ends = next_span(old)
    draft = _draft(old.value, starts, ends)
    return replace(again.form(ctx, term=old.id), draft=draft)


def _draft(value: Money, starts: date, ends: date) -> dict[str, str]:
    return {"value": value.typed, "starts": whole_day(starts), "ends": whole_day(ends)}


def _buttons(found: SponsorTerm) -> list[Button]:
    buttons = []
    if found.is_open:
        buttons = [
            again.button("Renew", Style.MAIN, term=found.id),
            stop.button("End", term=found.id),
        ]
    elif found.ended_on:
        buttons = [resume.button("It goes on after all", term=found.id)]
    return [*buttons, correct.button("Correct", term=found.id), turn.button("All terms")]


def _kind(found: SponsorTerm) -> Kind:
    return "one-off" if found.one_off else "renewing"


def _days(found: SponsorTerm) -> str:
    return f"{whole_day(found.starts)} to {whole_day(found.ends)}"


def _span(ctx: Context, starts: str, ends: str) -> tuple[date, date]:
    """Raises UserError at the field."""
    first = read_day(starts, ctx.today, "starts")
    last = read_day(ends, ctx.today, "ends")
    if last < first:
        raise UserError(
            f"It would end on {whole_day(last)}, before it begins on {whole_day(first)}. "
            "Write both days with their year.",
            "ends",
        )
    if last - first > LONGEST:
        raise UserError("That is more than ten years. Is the year right?", "ends")
    return first, last


async def _prove_nothing_open(ctx: Context, sponsor: Sponsor) -> None:
    """Two open terms of one sponsor would hide whether they renewed."""
    for each in await store.terms_with(ctx, sponsor.id):
        if each.is_open and not each.one_off:
            raise UserError(
                f"{plain(sponsor.name)} has a term until {whole_day(each.ends)} already. "
                "`/sponsor renew` goes on from it, and `/sponsor end` ends it.",
                "name",
            )


def _prove_open(found: SponsorTerm) -> None:
    if found.renewed_by_id:
        raise UserError("This term is renewed already. `/sponsor list` shows the new one.")
    if found.ended_on:
        raise UserError(f"This term ended on {whole_day(found.ended_on)} already.")


async def _open(ctx: Context) -> list[Pair]:
    return [each for each in await store.terms(ctx) if each[0].is_open]


def _like(pairs: Sequence[Pair], words: str) -> list[Pair]:
    wanted = words.strip().casefold()
    exact = [each for each in pairs if wanted in (each[0].id, each[1].name.casefold())]
    return exact or [each for each in pairs if wanted in each[1].name.casefold()]


async def _meant(ctx: Context, words: str) -> list[Pair]:
    """One at least. Raises UserError."""
    if found := _like(await _open(ctx), words):
        return found
    raise UserError(
        f"No open term is of a sponsor like “{plain(words, 40)}”. `/sponsor list` shows all.",
        "sponsor",
    )


def _which(action: Action, found: Sequence[Pair]) -> Reply:
    options = [
        Option(each.label, each.value, each.hint)
        for each in cards.options(found[:OPTIONS], found[0][0].ends)
    ]
    return Reply(Card("Which one?", choice=action.choice("Pick a term", "term", options)))
