"""The calendar feed and the sign of life, over real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
from icalendar import Calendar
from sqlalchemy import select

from adapters.local.workspace import Workspace
from adapters.web import WebServer
from bot.actions import Role
from bot.app import App
from bot.db import Database
from bot.people import Community
from bot.platform import Platform
from tests.adapters.local_hands import LocalHands


@pytest.fixture
async def server(
    local_hands: LocalHands, app_on: Callable[[Platform], App]
) -> AsyncIterator[WebServer]:
    web = WebServer(0)
    web.connect(local_hands.workspace.app)
    running = asyncio.create_task(web.run())
    await web.ready()
    yield web
    running.cancel()
    await asyncio.wait([running])


async def get(server: WebServer, path: str) -> tuple[int, str, bytes]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{server.port}{path}") as answer,
    ):
        return answer.status, answer.content_type, await answer.read()


async def test_a_calendar_program_follows_the_events(
    server: WebServer, local_hands: LocalHands, database: Database
) -> None:
    workspace: Workspace = local_hands.workspace
    await local_hands.join("olga", Role.ORGANISER)
    await local_hands.say("olga", "event create", title="Demo, <night>; one", when="Friday 18:30")
    await local_hands.press("olga", "Yes, announce it")
    async with database.session() as session:
        key = (await session.scalars(select(Community.feed_key))).one()
    status, media_type, body = await get(server, f"/{key}/calendar.ics")
    assert (status, media_type) == (200, "text/calendar")
    (entry,) = Calendar.from_ical(body).walk("VEVENT")
    assert str(entry["summary"]) == "Demo, <night>; one"
    workspace.app.public_url = "https://bot.example.org"
    await local_hands.say("ada", "events")
    assert "Calendar feed" in local_hands.sees("ada")[-1].buttons


async def test_who_has_no_key_gets_nothing(server: WebServer) -> None:
    for path in ("/x/calendar.ics", "/%27%20OR%201=1/calendar.ics", "/x/../../etc/passwd", "/"):
        status, _, body = await get(server, path)
        assert status == 404
        assert b"VCALENDAR" not in body


async def test_health_tells_whether_the_database_answers(
    server: WebServer, local_hands: LocalHands, database: Database
) -> None:
    assert (await get(server, "/health"))[0] == 200
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE outgoing RENAME TO gone")
    status, _, body = await get(server, "/health")
    assert (status, b"database" in body) == (503, True)
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE gone RENAME TO outgoing")
