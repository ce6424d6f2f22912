"""Sponsors: what was agreed, until when, and a word in time. Amounts are never guessed."""

import asyncio
from datetime import date, timedelta

import pytest

from bot.actions import Role
from bot.content import Content
from bot.context import Call, Place, Via
from bot.db import Database
from bot.errors import UserError
from bot.features import sponsors
from bot.features.sponsors.model import Sponsor, SponsorTerm, next_span
from bot.features.sponsors.money import read_money
from bot.numbers.money import Money
from bot.people import Caller, Where
from bot.replies import Outcome, Refusal, Reply
from tests.features.evenings import HOSTS, Evenings, text_in

HALL = Place(HOSTS)
DAY = timedelta(days=1)
YEAR = '"1 June 2026" "31 May 2027"'
NASTY = "<@U1> @everyone **b** [x](https://evil.example)"


@pytest.fixture
async def desk(content: Content, database: Database) -> Evenings:
    desk = Evenings(content, database, features=(sponsors.feature,))
    await desk.host("olga", Role.ORGANISER)
    return desk


async def say(desk: Evenings, line: str, who: str = "olga") -> str:
    await desk.workspace.say(who, HALL, line)
    return text_in(desk.workspace.seen_by(who)[-1])


async def press(desk: Evenings, label: str) -> str:
    await desk.workspace.press("olga", label)
    return text_in(desk.workspace.seen_by("olga")[-1])


async def fill(desk: Evenings, **values: str) -> str:
    await desk.workspace.fill("olga", values)
    return text_in(desk.workspace.seen_by("olga")[-1])


async def do(desk: Evenings, action: str, where: Where | None = None, /, **args: str) -> Outcome:
    caller = Caller(where or desk.where, "olga", "olga", Role.ORGANISER)
    return await desk.workspace.app.run(Call(action, args, caller, HALL, Via.PRESS))


async def terms(desk: Evenings) -> list[SponsorTerm]:
    return sorted(await desk.all(SponsorTerm), key=lambda term: term.starts)


def reminded(desk: Evenings, place: str = "@olga") -> list[date]:
    found = desk.posted(place)
    return [m.at.date() for m in found if m.card.title.startswith("A term runs out")]


@pytest.mark.parametrize(
    ("text", "minor", "currency"),
    [
        ("1,500 EUR", 150_000, "EUR"),
        ("€1.500", 150_000, "EUR"),
        ("1500.50 usd", 150_050, "USD"),
        ("1.500,50 €", 150_050, "EUR"),
        ("CHF 1'500.5", 150_050, "CHF"),
        ("1\u202f500 EUR", 150_000, "EUR"),
        ("1.500 JPY", 1500, "JPY"),
        ("1.5000 KWD", 1500, "KWD"),
        ("0 EUR", 0, "EUR"),
    ],
)
def test_amounts_as_people_write_them(text: str, minor: int, currency: str) -> None:
    money = read_money(text, "value")
    assert money == Money(minor, currency)
    assert read_money(money.typed, "value") == money


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("$500", "stands for several currencies"),
        ("¥500", "Write JPY or CNY"),
        ("1.500 KWD", "Is that 1500 KWD, or 1.500 KWD?"),
        ("1500", "In which currency?"),
        ("-5 EUR", "can't be less than nothing"),
        ("€ -5", "can't be less than nothing"),
        ("1,2345 EUR", "I can't tell how much"),
        ("1,50,000 INR", "I can't tell how much"),
        ("100.5 JPY", "no smaller unit"),
        ("5 XYZ", "I don't know the currency"),
        ("EUR 5 USD", "two currencies"),
        ("99999999999999 EUR", "a digit too many"),
        ("five EUR", "as an amount"),
        ("9" * 10_000, "as an amount"),
    ],
)
def test_what_may_mean_two_amounts_is_asked_about(text: str, words: str) -> None:
    with pytest.raises(UserError) as error:
        read_money(text, "value")
    assert words in error.value.says
    assert error.value.field == "value"


def test_the_next_term_is_as_long() -> None:
    def term(starts: date, ends: date) -> SponsorTerm:
        return SponsorTerm(starts=starts, ends=ends)

    year = term(date(2026, 6, 1), date(2027, 5, 31))
    assert next_span(year) == (date(2027, 6, 1), date(2028, 5, 31))
    leap = term(date(2024, 2, 29), date(2025, 2, 28))
    assert next_span(leap) == (date(2025, 3, 1), date(2026, 3, 1))
    quarter = term(date(2026, 1, 1), date(2026, 3, 31))
    assert next_span(quarter) == (date(2026, 4, 1), date(2026, 6, 29))


async def test_a_term_is_noted_reminded_of_and_renewed(desk: Evenings) -> None:
    said = await say(desk, f'/sponsor add "Mill Ltd" "€1.500" {YEAR}')
    assert "Value: 1,500 EUR" in said
    assert "60 and 14 days before" in said
    await desk.workspace.advance(date(2027, 4, 2) - desk.now.date())
    assert reminded(desk) == [date(2027, 4, 1)]
    assert "1,500" not in text_in(desk.posted("@olga")[-1])
    await press(desk, "Renew")
    assert "before it begins" in await fill(desk, ends="1 June 2026")
    assert "Renewed: Mill Ltd" in await fill(desk, ends="31 May 2028", value="2000 EUR")
    old, new = await terms(desk)
    assert (old.renewed_by_id, new.starts, new.minor) == (new.id, date(2027, 6, 1), 200_000)
    await desk.workspace.advance(100 * DAY)
    assert len(reminded(desk)) == 1
    assert "renewed already" in says(await do(desk, "sponsor ending", term=old.id, reason="x"))


async def test_undo_of_a_renewal_opens_the_term_before_it(desk: Evenings) -> None:
    await say(desk, f'/sponsor add "Mill Ltd" "1500 EUR" {YEAR}')
    await desk.workspace.say("olga", HALL, "/sponsor renew mill")
    await fill(desk)
    assert "before it is open again" in await press(desk, "Undo")
    (only,) = await terms(desk)
    assert only.is_open
    await desk.workspace.advance(400 * DAY)
    assert reminded(desk) == [date(2027, 4, 1), date(2027, 5, 17)]


async def test_reminders_follow_a_correction_and_stop_with_an_end(desk: Evenings) -> None:
    await desk.hosts_channel()
    await say(desk, f'/sponsor add "Mill Ltd" "1500 EUR" {YEAR}')
    await press(desk, "Correct")
    assert "Before, it was 1,500 EUR" in await fill(desk, ends="31 August 2026")
    await desk.workspace.advance(date(2026, 7, 3) - desk.now.date())
    assert reminded(desk, HOSTS) == [date(2026, 7, 2)]
    await desk.workspace.say("olga", HALL, "/sponsor end Mill")
    assert "They moved" in await fill(desk, reason="They moved")
    await desk.workspace.advance(60 * DAY)
    assert len(reminded(desk, HOSTS)) == 1
    await press(desk, "Undo")
    (term,) = await terms(desk)
    assert (term.ended_on, term.ended_reason) == (None, None)
    assert "over, and not renewed yet" in await say(desk, "/sponsor list")


async def test_undo_leaves_nothing_and_a_one_off_is_never_asked_about(desk: Evenings) -> None:
    await say(desk, f'/sponsor add "{NASTY}" "10 EUR" {YEAR}')
    assert "Nothing is kept" in await press(desk, "Undo")
    assert await desk.all(Sponsor) == await terms(desk) == []
    assert "one-off" in await say(desk, f'/sponsor add "{NASTY}" "10 EUR" {YEAR} one-off')
    assert NASTY in await say(desk, "/sponsor list")
    await desk.workspace.advance(500 * DAY)
    assert reminded(desk) == []
    assert "· over" in await say(desk, "/sponsor list")


async def test_two_renew_at_once_and_one_is_told(desk: Evenings) -> None:
    await say(desk, f'/sponsor add "Mill Ltd" "1500 EUR" {YEAR}')
    (term,) = await terms(desk)
    filled = {"value": "1 EUR", "starts": "1 June 2027", "ends": "31 May 2028"}

    def send(who: str) -> Call:
        caller = Caller(desk.where, who, who, Role.ORGANISER)
        known = {"term": term.id}
        return Call("sponsor renewal", filled, caller, HALL, Via.FORM, known, f"form {who}")

    app = desk.workspace.app
    told = await asyncio.gather(*(app.run(send(who)) for who in ("olga", "hugo")))
    assert sum(isinstance(each, Reply) for each in told) == 1
    assert len(await terms(desk)) == 2


async def test_bad_input_is_told_and_nothing_kept(desk: Evenings) -> None:
    for line, words in (
        (f'"Mill" "-5 EUR" {YEAR}', "less than nothing"),
        ('"Mill" "5 EUR" "1 June 2027" "31 May 2027"', "before it begins"),
        ('"Mill" "5 EUR" "1 June 2026" "31 May 2062"', "more than ten years"),
        ('"Mill" "5 EUR" "soon" "31 May 2027"', "as a day"),
        (f'"{"x" * 101}" "5 EUR" {YEAR}', "100 characters"),
        (f'"Mill" "5 EUR" {YEAR} maybe', "please choose one of"),
    ):
        assert words in await say(desk, f"/sponsor add {line}"), line
    assert await desk.all(Sponsor) == []
    await say(desk, f'/sponsor add "Mill" "5 EUR" {YEAR}')
    assert "has a term until" in await say(desk, f'/sponsor add "mill" "5 EUR" {YEAR}')
    assert "No open term" in await say(desk, "/sponsor renew Bank")
    over = await say(desk, '/sponsor add "Bank" "5 EUR" "1 June 2024" "31 May 2025"')
    assert "kept for the record" in over


async def test_for_organisers_and_their_own_community(desk: Evenings) -> None:
    await say(desk, f'/sponsor add "Mill" "5 EUR" {YEAR}')
    await desk.host("hugo", Role.HOST)
    for line in ("add", "list", "renew Mill", "end Mill"):
        assert "is for organisers" in await say(desk, f"/sponsor {line}", "hugo")
    (term,) = await terms(desk)
    other = Where("local", "elsewhere", "Elsewhere")
    for action in ("show", "renewal", "correct", "take-back", "resume"):
        assert isinstance(await do(desk, f"sponsor {action}", other, term=term.id), Refusal)
    assert "Nothing is noted" in says(await do(desk, "sponsor list", other))


def says(outcome: Outcome) -> str:
    assert isinstance(outcome, Reply | Refusal)
    return outcome.says if isinstance(outcome, Refusal) else outcome.card.text
