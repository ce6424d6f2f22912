"""A day with the numbers, through the hands of each platform: figures and their rows, the wheel, a
plan and its score, lists from elsewhere, and all of it taken along; also when it takes its time."""

import csv
import io
import time
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import func, select

from adapters.discord import door
from adapters.slack import listeners
from bot.actions import Role
from bot.db import Table
from bot.features.events.model import Attendance, Event
from bot.features.exports import files
from bot.features.forecasts import working
from bot.features.imports import plan
from bot.features.imports.model import Brought
from bot.imports import fetch
from tests.adapters.discord_hands import DiscordHands
from tests.adapters.hands import Hands, Seen
from tests.adapters.process import Life
from tests.adapters.slack_hands import SlackHands
from tests.adapters.test_community_map import wait_for_pictures
from tests.adapters.test_demo_night import arrives
from tests.adapters.test_month import (
    Start,
    about,
    count,
    discord,
    life,
    local,
    slack,
    start,
    until,
)
from tests.adapters.test_pulse import on_sqlite, years_on_record

__all__ = ["discord", "life", "local", "slack", "start"]

pytestmark = pytest.mark.usefixtures("everyone_agrees")
SCORED = datetime(2026, 10, 9, 10, tzinfo=UTC)
RANGES = "What to expect"
GUESTS = """\
event,event_date,person,email,rsvp,checked_in
=Supper,2026-03-02,Sam Hill,one@x.example,yes,yes
=Supper,2026-03-02,Sam Hil,two@x.example,yes,no
"""
LUMA = """\
guest_id,name,first_name,last_name,email,approval_status,checked_in_at
g1,Ada Moss,Ada,Moss,ada@x.example,approved,
"""


class Shelf:
    """What stands at addresses; where nothing does, nobody is let in."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        app = web.Application()
        app.router.add_get("/{name:.*}", self._shown)
        self.server = TestServer(app)

    def put(self, name: str, page: str | bytes) -> str:
        self.pages[name] = page.encode() if isinstance(page, str) else page
        return f"http://localhost:{self.server.port}/{name}"

    async def _shown(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name == "private":
            raise web.HTTPFound("/login")
        if name not in self.pages:
            raise web.HTTPForbidden
        return web.Response(body=self.pages[name])


@pytest.fixture
async def shelf(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shelf]:
    shelf = Shelf()
    async with shelf.server:
        monkeypatch.setattr(fetch, "SCHEME", "http")
        monkeypatch.setattr(fetch, "PORT", shelf.server.port)
        monkeypatch.setattr(fetch, "is_public", lambda ip: ip in ("127.0.0.1", "::1"))
        yield shelf


async def come(hands: Hands) -> None:
    wait_for_pictures(hands)
    await hands.join("olga", Role.ORGANISER)
    await hands.join("hugo", Role.HOST)
    await hands.join("mia")
    await hands.say("hugo", "contribution", what="I set up chairs")
    await hands.say("olga", "role", person="hugo", role="host")


def last(hands: Hands, who: str = "olga") -> Seen:
    return hands.sees(who)[-1]


@on_sqlite
async def test_figures_and_plans(life: Life, start: Start) -> None:
    async with start() as hands:
        await come(hands)
        await years_on_record(life)
        await only_for_organisers(hands)
        await look(hands)
        await turn(hands)
        await plan_ahead(hands)
    async with start() as hands:
        wait_for_pictures(hands)
        await keep(hands)
        await until(life, SCORED)
        await compare(hands)
        assert all(seen.private for seen in hands.sees("olga"))


async def only_for_organisers(hands: Hands) -> None:
    asked: dict[str, dict[str, str]] = {
        "metric": {"name": "Newcomers"},
        "flywheel": {},
        "forecast": {"period": "next quarter"},
        "forecast scores": {},
        "export": {},
    }
    for command, options in asked.items():
        for who in ("mia", "hugo"):
            await hands.say(who, command, **options)
            assert "is for organisers" in last(hands, who).text
            assert last(hands, who).private


async def look(hands: Hands) -> None:
    """A figure beside the one that keeps it honest, and page by page what it counts."""
    await hands.say("olga", "metric", name="first-time-to-demo")
    figure = last(hands)
    assert any(name.startswith("Beside it: ") for name in figure.fields)
    await hands.press("olga", "Show the rows")
    first = last(hands)
    assert "Previous" not in first.buttons
    await hands.press("olga", "Next")
    assert last(hands).text != first.text
    await hands.press("olga", "Previous")
    assert last(hands).text == first.text
    await hands.press("olga", "Back to the figure")
    assert last(hands) == figure
    await hands.press("olga", "All numbers")
    offered = next(each for each in last(hands).options if each.startswith(f"{figure.title}:"))
    await hands.choose("olga", offered)
    assert last(hands) == figure


async def turn(hands: Hands) -> None:
    await hands.say("olga", "flywheel")
    wheel = last(hands)
    assert wheel.alt
    assert "ring of seven stages" in wheel.alt
    assert len(wheel.fields) == 7
    await hands.press("olga", "All numbers")
    assert last(hands).alt is None


async def plan_ahead(hands: Hands) -> None:
    """Five fields, a wrong one told without losing the others, then hours and assumptions."""
    await hands.say("olga", "forecast", period="next quarter", events="6")
    await hands.press("olga", "Change it")
    form = hands.form("olga")
    assert form
    assert len(form.labels) == 5
    written = {"money": "1500 EUR", "targets": "150 people, 20 demos"}
    await hands.fill("olga", slots="many", **written)
    form = hands.form("olga")
    if form is None:
        assert "whole number" in last(hands).text
        await hands.press("olga", "Try again")
        form = hands.form("olga")
    else:
        (wrong,) = form.errors.values()
        assert "whole number" in wrong
    assert form
    assert set(written.values()) < set(form.filled.values())
    await hands.fill("olga", slots="4")
    assert last(hands).title == "Your plan, changed"
    await hands.press("olga", "Host hours and assumptions")
    await hands.fill("olga", hours="10", assumed="One more host hour brings 0.5 demos")
    assert "0.5 demos" in last(hands).words
    await ranges(hands)
    await hands.press("olga", "Back to the plan")
    assert last(hands).alt is None
    assert last(hands).files == ()


async def ranges(hands: Hands) -> Seen:
    """As a fan, with the chance of what is hoped for and the price of each."""
    await hands.press("olga", "Show the ranges")
    await arrives(lambda: count(hands, "olga", RANGES))
    found = last(hands)
    assert found.alt
    assert "8 such plans in 10" in found.alt
    assert "Hoped for: 150" in found.alt
    assert "the 150 you hope for" in found.words
    assert "EUR" in found.words
    return found


async def keep(hands: Hands) -> None:
    """Kept as it was looked at, also by a process that never saw the plan."""
    looked = await ranges(hands)
    await hands.press("olga", "Keep it, to be scored")
    await hands.press("olga", "Open it")
    await arrives(lambda: count(hands, "olga", RANGES))
    assert last(hands).fields == looked.fields
    assert last(hands).alt == looked.alt


async def compare(hands: Hands) -> None:
    (told,) = about(hands, "olga", "How it went")
    assert "%" not in told.words
    await hands.press("olga", "See how it did")
    await hands.say("olga", "forecast scores")
    assert len(last(hands).options) == 1
    await hands.choose("olga", last(hands).options[0])
    assert about(hands, "olga", "How it went")


async def test_lists_from_elsewhere_and_back(life: Life, start: Start, shelf: Shelf) -> None:
    async with start() as hands:
        await come(hands)
        await refuse(hands, shelf)
        await ask(hands, shelf)
        await bring(life, hands, shelf)
        await take_along(hands, shelf)
        await take_back(life, hands)


async def refuse(hands: Hands, shelf: Shelf) -> None:
    """What can't be taken in is told in a sentence, and nothing is shown to import."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as bundle:
        bundle.writestr("guests.csv", GUESTS)
    shelf.put("login", "<!DOCTYPE html><title>Log in</title>")
    for address, words in (
        (shelf.put("guests.csv", packed.getvalue()), "ZIP"),
        (shelf.put("large.csv", b"x" * (fetch.LARGEST + 1)), "more than 4 MB"),
        (shelf.put("private", "x"), "log in"),
        (shelf.put("gone", "").replace("gone", "secret"), "403"),
        ("http://169.254.169.254/latest", "public"),
    ):
        await hands.say("hugo", "event import", address=address)
        await answered(hands, "hugo", words)
        assert last(hands, "hugo").private
        assert "Import" not in last(hands, "hugo").buttons
    await hands.say("mia", "event import", address=address)
    assert "is for hosts" in last(hands, "mia").text


async def ask(hands: Hands, shelf: Shelf) -> None:
    """What a list does not say of itself is asked, and its address is not typed again."""
    dates = "event,event_date,person\nA,03/02/2026,Ada\nB,2026-03-04,Bo\nC,5 Mar 2026,Cy\n"
    await hands.say("hugo", "event import", address=shelf.put("dates.csv", dates))
    await answered(hands, "hugo", "3 formats")
    await hands.press("hugo", "Day first")
    await answered(hands, "hugo", "3 events")
    await hands.press("hugo", "Leave it")
    await hands.say("hugo", "event import", address=shelf.put("luma.csv", LUMA))
    await answered(hands, "hugo", "which event")
    await hands.press("hugo", "Name the event")
    await hands.fill("hugo", event="Spring supper")
    if hands.form("hugo") is None:
        await hands.press("hugo", "Try again")
    form = hands.form("hugo")
    assert form
    assert "Spring supper" in form.filled.values()
    await hands.fill("hugo", starts="2026-03-20 19:00")
    await answered(hands, "hugo", "1 event")
    await hands.press("hugo", "Leave it")


async def answered(hands: Hands, who: str, words: str) -> None:
    """With a card that says so somewhere."""
    with suppress(AssertionError):
        await arrives(lambda: words in last(hands, who).words)
    assert words in last(hands, who).words


async def bring(life: Life, hands: Hands, shelf: Shelf) -> None:
    """From an address as long as Discord makes them for a file, asked about who is who."""
    address = shelf.put(f"{'a' * 300}/guests.csv", GUESTS)
    await hands.say("olga", "event import", address=address)
    await arrives(lambda: count(hands, "olga", "Import this?"))
    assert "1 pair of names that look alike" in last(hands).words
    assert await kept(life) == [0, 0, 0]
    await hands.press("olga", "Import")
    await arrives(lambda: count(hands, "olga", "Imported: "))
    assert await kept(life) == [1, 2, 2]
    await hands.press("olga", "Look at who is who")
    await hands.press("olga", "Two people")
    assert "last" in last(hands).text


async def take_along(hands: Hands, shelf: Shelf) -> None:
    """A private file without a formula in it, and an import knows all of it again."""
    await hands.say("olga", "export")
    name = "community-export.zip"
    await arrives(lambda: any(name in seen.files for seen in hands.sees("olga")))
    (sent,) = [seen for seen in hands.sees("olga") if name in seen.files]
    assert sent.private
    with zipfile.ZipFile(io.BytesIO(hands.opens("olga", name))) as bundle:
        found = {each: bundle.read(each).decode("utf-8-sig") for each in bundle.namelist()}
    sheets = [text for each, text in found.items() if each.endswith(".csv")]
    lines = (row for text in sheets for row in csv.reader(io.StringIO(text, newline="")))
    cells = {cell for row in lines for cell in row}
    assert "'=Supper" in cells
    assert not [cell for cell in cells if cell.startswith("=")]
    for each in ("events.csv", "attendance.csv"):
        await hands.say("olga", "event import", address=shelf.put(each, found[each]))
        await arrives(lambda: "All of it is here already" in str(hands.sees("olga")[-1]))


@on_sqlite
async def test_a_file_from_their_device(
    life: Life, discord: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Discord a file is attached; all after that is as with an address."""
    async with discord() as hands:
        assert isinstance(hands, DiscordHands)
        monkeypatch.setattr(fetch, "SCHEME", "http")
        monkeypatch.setattr(fetch, "PORT", hands.discord.port)
        await come(hands)
        attach = hands.person("olga").attach
        large = attach("large.csv", b"x" * (fetch.LARGEST + 1))
        await hands.say("olga", "event import", file=large)
        assert "community-os import" in last(hands).text
        guests = attach("Our guests, März.csv", GUESTS.encode())
        await hands.say("olga", "event import", file=guests, address="https://x.example")
        assert "one of the two" in last(hands).text
        await hands.say("olga", "event import", file=guests)
        await answered(hands, "olga", "public https")
        monkeypatch.setattr(fetch, "is_public", lambda ip: ip in ("127.0.0.1", "::1"))
        await hands.say("olga", "event import", file=guests)
        await arrives(lambda: count(hands, "olga", "Import this?"))
        assert await kept(life) == [0, 0, 0]
    async with discord() as hands:
        await hands.press("olga", "Import")
        await arrives(lambda: count(hands, "olga", "Imported: "))
        assert await kept(life) == [1, 2, 2]
        assert all(seen.private for seen in hands.sees("olga"))
        await hands.press("olga", "Undo")
        await arrives(lambda: count(hands, "olga", "Taken back"))
        assert await kept(life) == [0, 0, 0]


@on_sqlite
async def test_a_file_is_offered_where_it_can_be_attached(life: Life, start: Start) -> None:
    async with start() as hands:
        await come(hands)
        attached = isinstance(hands, DiscordHands)
        await hands.say("olga", "help", command="event import")
        assert ("file" in last(hands).text.split()) is attached
        await hands.say("olga", "event import")
        assert ("attach the file itself" in last(hands).text) is attached
        assert ("I can't take a file here" in last(hands).text) is not attached
        if not attached:
            await hands.say("olga", "event import", file="https://lists.example/x")
            await answered(hands, "olga", "no web address")


async def take_back(life: Life, hands: Hands) -> None:
    await hands.say("olga", "event import")
    await hands.press("olga", "Undo 1: attendance list")
    await arrives(lambda: count(hands, "olga", "Taken back"))
    assert await kept(life) == [0, 0, 0]


async def kept(life: Life) -> list[int]:
    tables: tuple[type[Table], ...] = (Event, Brought, Attendance)
    async with life.database.session() as session:
        return [await session.scalar(select(func.count()).select_from(t)) or 0 for t in tables]


@on_sqlite
@pytest.mark.parametrize("start", ["discord", "slack"], indirect=True)
async def test_what_takes_long_is_acknowledged_in_time(
    life: Life, start: Start, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each platform waits three seconds for a sign: here a fifth, and the work takes more."""
    for module, name in (
        (plan, "combine"),
        (files, "as_csv"),
        (working, "_worked_out"),
    ):
        tarry(monkeypatch, module, name)
    async with start() as hands:
        await come(hands)
        hasten(hands, monkeypatch)
        await hands.say("olga", "event import", address=shelf.put("guests.csv", GUESTS))
        await arrives(lambda: count(hands, "olga", "Import this?"))
        await hands.press("olga", "Import")
        await arrives(lambda: count(hands, "olga", "Imported: "))
        await hands.say("olga", "forecast", period="next quarter", events="6", targets="150 people")
        await hands.press("olga", "Show the ranges")
        await arrives(lambda: count(hands, "olga", RANGES))
        assert last(hands).alt
        await hands.say("olga", "export")
        await arrives(lambda: "community-export.zip" in str(hands.sees("olga")))


def tarry(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
    """The first time is slow, and keeps the thread that it runs in."""
    real: Callable[..., Any] = getattr(module, name)
    waits = [2.0]

    def slow(*args: Any, **named: Any) -> Any:
        time.sleep(waits.pop() if waits else 0)
        return real(*args, **named)

    monkeypatch.setattr(module, name, slow)


def hasten(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "PATIENCE", 0.1)
    monkeypatch.setattr(listeners, "ACK", 0.1)
    if isinstance(hands, DiscordHands):
        hands.discord.desk.answer_within = 1.5
    if isinstance(hands, SlackHands):
        hands.slack.rules.ack = 1.5
