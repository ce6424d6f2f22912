"""`/event import`: shown before it is kept, nothing twice, nobody merged in silence, and all of it
taken back."""

import io
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import func, select

from adapters.local.workspace import Workspace
from bot.actions import Role
from bot.db import Database, Table
from bot.features.events.model import Attendance, Event, Rsvp
from bot.features.imports import actions, people
from bot.features.imports.model import Brought, Handle, ImportBatch, ImportKey, Likeness, Talk
from bot.imports import Unreadable, fetch
from bot.imports.fetch import cleaned, is_public
from bot.outbox import Outgoing
from bot.people import Account, Person, Where
from bot.replies import File
from tests.features.evenings import dump
from tests.features.organisers import answer, do, say, start, workspace

__all__ = ["start", "workspace"]
pytestmark = pytest.mark.usefixtures("everyone_agrees")

ADDRESS = "https://lists.example/x"
ATTENDANCE = """\
event,event_date,person,email,rsvp,checked_in
Supper,2026-03-02,Ada Moss,ada@x.example,yes,yes
Supper,2026-03-02,Bo Reed,bo@x.example,yes,
Supper,2026-04-06,Ada Moss,ada@x.example,yes,no
"""
GUESTS = """\
guest_id,name,email,approval_status,checked_in_at
g1,Ada Moss,ada@x.example,approved,2026-03-02T18:05:00Z
"""
CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
BEGIN:VEVENT
UID:one
SUMMARY:Walk *by* @everyone
DTSTART:20260301T180000Z
STATUS:TENTATIVE
END:VEVENT
BEGIN:VEVENT
UID:two
SUMMARY:Picnic
DTSTART:20260601T180000Z
END:VEVENT
END:VCALENDAR
"""


class Web:
    """What stands at addresses."""

    text = ATTENDANCE

    async def fetch(self, address: str) -> bytes:
        return self.text.encode()


@pytest.fixture(autouse=True)
def pages(monkeypatch: pytest.MonkeyPatch) -> Web:
    pages = Web()
    monkeypatch.setattr(actions, "fetch", pages.fetch)
    return pages


async def bring(workspace: Workspace, more: str = "") -> str:
    await say(workspace, "olga", f"/event import {ADDRESS}{more}")
    await workspace.press("olga", "Import")
    return answer(workspace)


async def count(database: Database, table: type[Table]) -> int:
    async with database.session() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def counts(database: Database) -> list[int]:
    tables = (Event, Brought, Rsvp, Attendance, Talk)
    return [await count(database, table) for table in tables]


async def test_it_is_shown_then_kept_then_known_then_gone(
    workspace: Workspace, database: Database
) -> None:
    await say(workspace, "olga", "/principle 1")
    before = {row for row in await dump(database) if row[0] not in ("import_key", "import_link")}
    shown = await say(workspace, "olga", f"/event import {ADDRESS}")
    for words in ("2 events", "2 people", "3 answers", "1 visit", "1 who did not come", "No hour"):
        assert words in shown
    assert await counts(database) == [0, 0, 0, 0, 0]
    await workspace.press("olga", "Import")
    assert "Nobody on a list is written to" in answer(workspace)
    assert await counts(database) == [2, 2, 3, 2, 0]
    again = await say(workspace, "olga", f"/event import {ADDRESS}")
    assert "All of it is here already" in again
    changes = await say(workspace, "olga", "/changes")
    assert "Imported: attendance list · 2 events" in changes
    workspace.roles["bob"] = Role.HOST
    await say(workspace, "olga", "/event import")
    await workspace.press("olga", "Undo 1: attendance list")
    assert "All that it added is gone" in answer(workspace)
    assert await counts(database) == [0, 0, 0, 0, 0]
    left = {row[0] for row in await dump(database) - before}
    assert left <= {"import_key", "import_link", "import_batch", "change", "person", "account"}
    assert "2 events" in await bring(workspace), "it can come again"


async def test_addresses_are_kept_as_hashes_that_need_a_key(
    workspace: Workspace, database: Database
) -> None:
    await bring(workspace)
    rows = await dump(database)
    assert not any("x.example" in row for _, row in rows)
    async with database.session() as session:
        keys = (await session.scalars(select(ImportKey.key))).all()
        hashes = (await session.scalars(select(Handle.hash))).all()
    assert len(keys) == 1
    assert {len(each) for each in hashes} == {64}


async def test_nobody_who_was_imported_is_written_to(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    pages.text = "event,event_date,person,rsvp\nPicnic,2026-06-01,Ada Moss,yes\n"
    seen = len(workspace.messages)
    await bring(workspace)
    await workspace.advance(timedelta(days=60))
    told = [each for each in workspace.messages[seen:] if each.reader != "olga"]
    assert [each.card.title for each in told if each.private or "retro" not in str(each.card)] == []
    async with database.session() as session:
        parked = select(Outgoing).where(
            Outgoing.parked.is_not(None), Outgoing.kind != "retros.open"
        )
        assert (await session.scalars(parked)).all() == []


async def test_a_calendar_is_taken_quietly_and_its_words_are_inert(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    pages.text = CALENDAR
    await bring(workspace)
    await say(workspace, "ada", "/events")
    assert "Picnic" in str(workspace.messages[-1].card)
    assert not [each for each in workspace.messages if each.reader is None], "nothing is announced"
    pages.text = CALENDAR.replace("20260601", "20260602").replace("UID:two", "UID:three")
    assert "1 event" in await say(workspace, "olga", f"/event import {ADDRESS}")


async def test_what_changed_after_the_preview_is_shown_anew(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    await say(workspace, "olga", f"/event import {ADDRESS}")
    pages.text += "Supper,2026-05-04,Cy,cy@x.example,yes,\n"
    await workspace.press("olga", "Import")
    assert "has changed since" in answer(workspace)
    assert await count(database, Event) == 0
    await workspace.press("olga", "Import")
    assert await count(database, Event) == 3


async def test_the_list_of_one_event_asks_which_it_is(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    pages.text = GUESTS
    assert "does not say which event" in await say(workspace, "olga", f"/event import {ADDRESS}")
    unknown = await say(workspace, "olga", f"/event import {ADDRESS} event:Supper")
    assert "no event called “Supper”" in unknown
    assert "1 event" in await bring(workspace, ' event:Supper starts:"2026-03-02 19:00"')
    async with database.session() as session:
        event = (await session.scalars(select(Event))).one()
    assert (event.status, event.starts_at.hour) == ("closed", 19)


async def test_what_a_list_leaves_open_is_asked_with_its_address_at_hand(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    pages.text = GUESTS
    await say(workspace, "olga", f"/event import {ADDRESS} event:Supper")
    await workspace.press("olga", "Name the event")
    assert workspace.forms["olga"].asks.draft == {"event": "Supper", "starts": ""}
    await workspace.fill("olga", {"starts": "soon"})
    assert "starts" in workspace.forms["olga"].wrong
    await workspace.fill("olga", {"starts": "2026-03-02 19:00"})
    await workspace.press("olga", "Import")
    assert await counts(database) == [1, 1, 1, 1, 0]
    pages.text = "event,event_date,person\nWalk,03/02/2026,Ada\nTea,4 Mar 2026,Bo\n"
    await say(workspace, "olga", f"/event import {ADDRESS}")
    await workspace.press("olga", "Month first")
    await workspace.press("olga", "Import")
    async with database.session() as session:
        days = set(await session.scalars(select(Event.starts_at)))
    assert {f"{day:%d %b}" for day in days} == {"02 Mar", "04 Mar"}
    await workspace.press("olga", "Undo")
    await say(workspace, "olga", f"/event import {ADDRESS}")
    workspace.now += timedelta(hours=2)
    await workspace.press("olga", "Day first")
    assert "more than an hour old" in answer(workspace)


DOOR = """\
event,event_date,person,email,rsvp,checked_in
Supper,2026-03-02,Ada Moss,ada@x.example,yes,yes
Supper,2026-03-02,Bo Reed,bo@x.example,yes,
Supper,2026-03-02,Cy Dale,cy@x.example,yes,no
Supper,2026-03-02,Di Hart,di@x.example,no,
Lunch,2026-03-09,Ada Moss,ada@x.example,yes,
"""


async def test_the_rest_is_unknown_until_somebody_says_that_they_did_not_come(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    """Bo said yes and is not checked in. Nobody was at the door of the lunch, so nothing is asked
    of it."""
    pages.text = DOOR

    async def notes() -> list[bool]:
        async with database.session() as session:
            found = await session.scalars(select(Attendance.present).order_by(Attendance.present))
            return list(found)

    shown = await say(workspace, "olga", f"/event import {ADDRESS}")
    assert "1 who said yes has no check-in. If the list at the door was complete" in shown
    await workspace.press("olga", "Import")
    assert await notes() == [False, True]
    assert "All of it is here already" in await say(workspace, "olga", f"/event import {ADDRESS}")
    await workspace.press("olga", "Import, the rest did not come")
    assert "1 who did not come" in answer(workspace)
    assert await notes() == [False, False, True]
    again = await say(workspace, "olga", f"/event import {ADDRESS}")
    assert "no check-in" not in again
    assert "Import, the rest did not come" not in again
    await workspace.press("olga", "Undo")
    assert await notes() == [False, True]


async def test_a_list_of_who_came_closes_what_a_calendar_brought(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    pages.text = CALENDAR
    await bring(workspace)
    pages.text = (
        "event,event_date,person,checked_in\nWalk,2026-03-01,Ada,yes\nPicnic,2026-06-01,Bo,yes\n"
    )
    await bring(workspace)
    async with database.session() as session:
        found = await session.execute(select(Event.title, Event.status).order_by(Event.starts_at))
    assert [status for _, status in found] == ["closed", "planned"]


async def test_two_of_one_name_stay_two_until_a_host_says_so(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    pages.text = (
        "event,event_date,person,email,rsvp\n"
        "Supper,2026-03-02,Sam Hill,one@x.example,yes\n"
        "Supper,2026-03-02,Sam Hill,two@x.example,yes\n"
        "Supper,2026-03-02,Sam Hil,three@x.example,yes\n"
    )
    shown = await say(workspace, "olga", f"/event import {ADDRESS}")
    assert "more than one person of that name" in shown
    await workspace.press("olga", "Import")
    assert await count(database, Brought) == 3
    await workspace.press("olga", "Look at who is who")
    assert "Is this one person?" in answer(workspace)
    assert "@x.example" not in answer(workspace)
    pairs = await count(database, Likeness)
    await workspace.press("olga", "The same person")
    assert await count(database, Brought) == 2
    for _ in range(pairs):
        if "Two people" in [b.label for b in workspace.messages[-1].card.buttons]:
            await workspace.press("olga", "Two people")
    assert "That was the last" in answer(workspace)
    assert "Nothing new in it" in await say(workspace, "olga", f"/event import {ADDRESS}")


async def test_words_out_of_a_file_are_inert(workspace: Workspace, pages: Web) -> None:
    pages.text = "[Win](https://evil.example),**b**\n1,2\n"
    assert "“[Win](https://evil.example)”, “**b**”" in await say(
        workspace, "olga", f"/event import {ADDRESS}"
    )


async def test_who_is_asked_about_is_counted(
    workspace: Workspace, database: Database, pages: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "MOST_PAIRS", 2)
    names = [*["Sam Hill"] * 3, *["Guest"] * 20]
    rows = [f"Supper,2026-03-02,{name},{n}@x.example\n" for n, name in enumerate(names)]
    pages.text = "event,event_date,person,email\n" + "".join(rows[:3])
    shown = await say(workspace, "olga", f"/event import {ADDRESS}")
    assert "3 pairs of names" in shown
    assert "about the 2 most alike. The others stay two people." in shown
    await workspace.press("olga", "Import")
    assert await count(database, Likeness) == 2
    pages.text = "event,event_date,person,email\n" + "".join(rows)
    assert "85 pairs" in await say(workspace, "olga", f"/event import {ADDRESS}")


async def test_a_member_meets_their_history_only_when_a_host_says_so(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    pages.text = "event,event_date,person,rsvp\nSupper,2026-03-02,ADA,yes\n"
    await bring(workspace)
    await say(workspace, "ada", "/contribution I set up chairs")
    await say(workspace, "olga", "/event people")
    assert "ada, a member" in answer(workspace)
    await workspace.press("olga", "The same person")
    async with database.session() as session:
        (kept,) = (
            await session.execute(
                select(Person.name, Rsvp.answer)
                .join(Account, Account.person_id == Person.id)
                .join(Rsvp, Rsvp.person_id == Person.id)
            )
        ).all()
    assert tuple(kept) == ("ada", "coming")
    await say(workspace, "olga", "/event import")
    await workspace.press("olga", "Undo 1: attendance list")
    assert "1 person" in answer(workspace), "a member stays"
    async with database.session() as session:
        assert "ada" in (await session.scalars(select(Person.name))).all()


async def test_a_buyers_address_stands_for_the_buyer_only(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    pages.text = (
        "Order #,First Name,Last Name,Email,Attendee Status\n"
        "1,Ada,Moss,ada@x.example,Attending\n1,Ben,Wood,ada@x.example,Checked In\n"
    )
    more = ' event:Supper starts:"2026-03-02 19:00"'
    assert "2 people" in await bring(workspace, more)
    assert "Nothing new" in await say(workspace, "olga", f"/event import {ADDRESS}{more}")


async def test_only_hosts_and_only_here(workspace: Workspace, database: Database) -> None:
    assert "is for hosts" in await say(workspace, "bob", f"/event import {ADDRESS}")
    await bring(workspace)
    async with database.session() as session:
        batch = (await session.scalars(select(ImportBatch))).one()
    elsewhere = Where("local", "other", "Others")
    assert "no such import" in await do(
        workspace, "olga", "event unimport", elsewhere, batch=batch.id
    )
    await do(workspace, "olga", "event unimport", batch=batch.id)
    assert "taken back already" in await do(workspace, "olga", "event unimport", batch=batch.id)
    assert "more than an hour old" in await do(workspace, "olga", "event bring", link="0" * 16)


async def test_an_export_leaves_out_what_is_personal_and_is_known_again(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    pages.text = ATTENDANCE + "Supper,2026-03-02,=cmd(),evil@x.example,yes,\n"
    await bring(workspace)
    assert "is for organisers" in await say(workspace, "bob", "/export")
    await say(workspace, "olga", "/export")
    (file,) = workspace.messages[-1].files
    assert isinstance(file, File)
    bundle = zipfile.ZipFile(io.BytesIO(file.data))
    names = set(bundle.namelist())
    assert {"README.txt", "events.csv", "attendance.csv", "tables/person.csv"} <= names
    assert not {"tables/handle.csv", "tables/retro_answer.csv", "tables/account.csv"} & names
    attendance = bundle.read("attendance.csv").decode("utf-8-sig")
    assert "'=cmd()" in attendance
    pages.text = attendance
    assert "Nothing new in it" in await say(workspace, "olga", f"/event import {ADDRESS}")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:10.0.0.1",
     "2002:7f00:1::", "64:ff9b::a00:1", "127.0.0.1.", "2130706433", "0", "100.64.0.1",
     "0.0.0.0", "224.0.0.1", "fd00::1"],
)  # fmt: skip
def test_addresses_of_our_own_network_are_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("ftp://x.example/a", "begins with https"),
        ("file:///etc/passwd", "begins with https"),
        ("http://x.example/a", "begins with https"),
        ("nonsense", "begins with https"),
        ("https://[::1]/a", "public"),
        ("https://169.254.169.254/latest", "public"),
        ("https://１２７.0.0.1/a", "public"),
        ("https://127。0。0。1/a", "public"),
        ("https://127.0.0.1./a", "public"),
        ("https://2130706433/a", "public"),
        ("https:///a", "no web address"),
        ("https://user:pw@x.example/a", "public"),
        ("https://x.example:8080/a", "public"),
        ("https://x.example:port/a", "no web address"),
    ],
)
def test_what_is_no_public_web_address_is_refused(address: str, says: str) -> None:
    with pytest.raises(Unreadable) as refused:
        cleaned(address)
    assert says in refused.value.says


def test_calendars_by_their_own_scheme_are_web_addresses() -> None:
    assert cleaned("<webcal://x.example/a.ics>") == "https://x.example/a.ics"


async def large(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    for _ in range(100):
        await answer.write(b"x" * 2**16)
    return answer


async def around(request: web.Request) -> web.Response:
    raise web.HTTPFound("/around")


async def inside(request: web.Request) -> web.Response:
    raise web.HTTPFound("http://169.254.169.254/latest")


async def fine(request: web.Request) -> web.Response:
    return web.Response(text="all well")


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TestServer]:
    """A web of one machine, which tests may reach by the one door there is."""
    app = web.Application()
    for path, handler in (
        ("/large", large), ("/around", around), ("/inside", inside), ("/fine", fine)
    ):  # fmt: skip
        app.router.add_get(path, handler)
    server = TestServer(app)
    await server.start_server()
    monkeypatch.setattr(fetch, "SCHEME", "http")
    monkeypatch.setattr(fetch, "PORT", server.port)
    yield server
    await server.close()


async def test_the_web_is_read_in_bounds(
    server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def told(path: str) -> str:
        with pytest.raises(Unreadable) as refused:
            await fetch.fetch(f"http://localhost:{server.port}{path}")
        return refused.value.says

    assert "public" in await told("/fine"), "a name that leads into our own network"
    real = fetch.is_public
    monkeypatch.setattr(fetch, "is_public", lambda ip: ip in ("127.0.0.1", "::1") or real(ip))
    assert await fetch.fetch(f"http://localhost:{server.port}/fine") == b"all well"
    assert "more than 4 MB" in await told("/large")
    assert "on and on" in await told("/around")
    assert "public" in await told("/inside")
    assert "404" in await told("/nothing")
