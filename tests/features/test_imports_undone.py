"""Taking an import back leaves what was there, and what somebody here said or did since."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from adapters.local.workspace import Workspace
from bot.db import Database
from bot.features.demos.model import Demo
from bot.features.events.model import Attendance, Event, Rsvp
from bot.features.imports import plan as plans
from bot.features.imports.model import Brought, Likeness
from bot.features.imports.people import NAMESAKES
from bot.people import Person
from tests.features.organisers import Start, answer, do, say, start, workspace
from tests.features.test_imports import Web, bring, count, pages

__all__ = ["pages", "start", "workspace"]
pytestmark = pytest.mark.usefixtures("everyone_agrees")

PERSON = "event,event_date,person,email"
SAID = f"{PERSON},rsvp\n"
CAME = f"{PERSON},checked_in\n"


async def bring_text(workspace: Workspace, pages: Web, text: str) -> str:
    """Returns the import's id."""
    pages.text = text
    assert "Imported" in await bring(workspace)
    _, button = workspace.find_button("olga", "Undo")
    return dict(button.press.args)["batch"]  # type: ignore[union-attr]


async def undo(workspace: Workspace, batch: str) -> str:
    return await do(workspace, "olga", "event unimport", batch=batch)


async def event_called(database: Database, title: str) -> Event:
    async with database.session() as session:
        return (await session.scalars(select(Event).where(Event.title == title))).one()


async def named(database: Database, name: str) -> str:
    async with database.session() as session:
        return (await session.scalars(select(Person.id).where(Person.name == name))).one()


async def join_ada(workspace: Workspace) -> None:
    """A host says that the member is the one on the list."""
    await say(workspace, "ada", "/contribution I set up chairs")
    await say(workspace, "olga", "/event people")
    await workspace.press("olga", "The same person")
    assert "is one person now" in answer(workspace)


@pytest.mark.parametrize("said", ["maybe", "coming"])
async def test_an_answer_that_somebody_gave_is_theirs(
    workspace: Workspace, database: Database, pages: Web, said: str
) -> None:
    rows = "Picnic,2026-06-01,ADA,a@x.example,yes\nPicnic,2026-06-01,Bo,b@x.example,yes\n"
    batch = await bring_text(workspace, pages, SAID + rows)
    await join_ada(workspace)
    picnic = await event_called(database, "Picnic")
    await do(workspace, "ada", "event rsvp", event=picnic.id, answer=said)
    assert "1 event and 1 person" in await undo(workspace, batch)
    async with database.session() as session:
        left = (await session.execute(select(Rsvp.person_id, Rsvp.answer))).all()
    assert [tuple(each) for each in left] == [(await named(database, "ada"), said)]


async def test_a_check_in_and_a_demo_that_a_host_looked_at_stay(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    rows = [f"Supper,2026-05-01,{name},{name}@x.example,{came}\n" for name, came in (
        ("Ada", "yes"), ("Bo", "yes"), ("Cy", "no"),
    )]  # fmt: skip
    batch = await bring_text(workspace, pages, CAME + "".join(rows))
    head = "event_date,event_title,presenter,demo_title,state\n"
    shown = "2026-05-01,Supper,Ada,A loom,idea\n2026-05-01,Supper,Bo,A kiln,idea\n"
    demos = await bring_text(workspace, pages, head + shown)
    supper = await event_called(database, "Supper")
    for name in ("Ada", "Cy"):
        whom = await named(database, name)
        await do(workspace, "olga", "event noted", event=supper.id, whom=whom, was="here")
    async with database.session() as session:
        loom = await session.scalar(select(Demo.id).where(Demo.title == "A loom"))
    assert loom
    for was in ("no-show", "shown"):
        await do(workspace, "olga", "demo mark", demo=loom, was=was)
    await undo(workspace, demos)
    await undo(workspace, batch)
    async with database.session() as session:
        here = select(Person.name, Attendance.present).join(
            Person, Person.id == Attendance.person_id
        )
        found = {tuple(row) for row in await session.execute(here)}
        assert list(await session.scalars(select(Demo.id))) == [loom]
    assert found == {("Ada", True), ("Cy", True)}


async def test_two_answers_of_one_person_are_what_they_said_themselves(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    await say(workspace, "olga", '/event create Picnic "2026-06-01 18:00"')
    await workspace.press("olga", "Yes, announce it")
    picnic = await event_called(database, "Picnic")
    await do(workspace, "ada", "event rsvp", event=picnic.id, answer="maybe")
    workspace.now += timedelta(hours=1)
    batch = await bring_text(workspace, pages, f"{SAID}Picnic,2026-06-01,ADA,a@x.example,yes\n")
    await join_ada(workspace)
    await undo(workspace, batch)
    async with database.session() as session:
        assert list(await session.scalars(select(Rsvp.answer))) == ["maybe"]


async def test_a_name_that_it_gave_to_somebody_goes_with_it(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    await bring_text(workspace, pages, "event,event_date,person\nSupper,2026-03-02,Ada Moss\n")
    wrong = await bring_text(workspace, pages, f"{SAID}Tea,2026-03-09,Ada Moss,a@x.example,yes\n")
    assert await count(database, Brought) == 1, "met by name alone"
    await undo(workspace, wrong)
    await bring_text(workspace, pages, f"{SAID}Walk,2026-03-16,Ann Moor,a@x.example,yes\n")
    async with database.session() as session:
        names = await session.scalars(select(Person.name).join(Rsvp))
        assert list(names) == ["Ann Moor"]


async def test_a_key_that_it_gave_to_an_event_goes_with_it(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    def calendar(*entries: str) -> str:
        body = "".join(f"BEGIN:VEVENT\n{each}\nEND:VEVENT\n" for each in entries)
        return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{body}END:VCALENDAR\n"

    await bring_text(workspace, pages, "title,date,time\nWalk,2026-06-01,18:00\n")
    walk = "UID:one\nSUMMARY:Walk\nDTSTART:20260601T180000Z"
    picnic = "UID:two\nSUMMARY:Picnic\nDTSTART:20260608T180000Z"
    wrong = await bring_text(workspace, pages, calendar(walk, picnic))
    assert await count(database, Event) == 2
    await undo(workspace, wrong)
    other = "UID:one\nSUMMARY:Lunch\nDTSTART:20260615T120000Z"
    await bring_text(workspace, pages, calendar(other))
    assert (await event_called(database, "Lunch")).starts_at.day == 15


async def test_what_it_closed_is_open_again_unless_somebody_closed_it(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    await bring_text(workspace, pages, "title,date,time\nWalk,2026-04-27,18:00\n")

    async def status() -> str:
        return (await event_called(database, "Walk")).status

    one = f"{CAME}Walk,2026-04-27,Ada,a@x.example,yes\n"
    first = await bring_text(workspace, pages, one)
    more = await bring_text(workspace, pages, f"{CAME}Walk,2026-04-27,Bo,b@x.example,yes\n")
    assert "had closed" not in await undo(workspace, first)
    assert await status() == "closed", "there is another list of who came"
    assert "1 event that it had closed opens again." in await undo(workspace, more)
    assert await status() == "planned"
    again = await bring_text(workspace, pages, one)
    walk = await event_called(database, "Walk")
    await do(workspace, "olga", "event closed", event=walk.id)
    assert "had closed" not in await undo(workspace, again)
    assert await status() == "closed"


async def test_places_that_fall_free_are_given_on_and_the_card_is_right_each_time(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    await say(workspace, "olga", '/event create Picnic "2026-06-01 18:00" capacity:1')
    await workspace.press("olga", "Yes, announce it")
    picnic = await event_called(database, "Picnic")

    async def shown() -> str:
        await workspace.advance(timedelta(minutes=1))
        (card,) = [each.card for each in workspace.messages if each.reader is None]
        return " ".join(each.value for each in card.fields)

    await shown()
    batch = await bring_text(workspace, pages, f"{SAID}Picnic,2026-06-01,Cy,c@x.example,yes\n")
    assert await shown() == "1 coming · no place left"
    await do(workspace, "bob", "event rsvp", event=picnic.id, answer="coming")
    assert "1 waiting" in await shown()
    told = await undo(workspace, batch)
    assert "1 who waited can come now: I tell them." in told
    assert await shown() == "1 coming · no place left"
    letters = [each.card.title for each in workspace.messages if each.reader == "bob"]
    assert "A place fell free: Picnic, Mon 1 Jun" in letters


@pytest.mark.parametrize("who", ["ada", "picnic"])
async def test_somebody_or_an_event_may_go_while_an_import_is_worked_out(
    workspace: Workspace, database: Database, pages: Web, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    await bring_text(workspace, pages, f"{SAID}Tea,2026-03-09,ADA,a@x.example,yes\n")
    await join_ada(workspace)
    await bring_text(workspace, pages, "title,date,time\nPicnic,2026-03-23,18:00\n")

    async def goes() -> None:
        if who == "ada":
            await say(workspace, "ada", "/privacy delete")
            await workspace.press("ada", "Yes, delete it all")
        else:
            async with database.transaction() as session:
                await session.execute(delete(Event).where(Event.title == "Picnic"))

    loop, real, planned = asyncio.get_running_loop(), plans.combine, 0

    def combine(*args: Any) -> plans.Plan:
        nonlocal planned
        planned += 1
        plan = real(*args)
        if planned == 2:
            asyncio.run_coroutine_threadsafe(goes(), loop).result(30)
        return plan

    monkeypatch.setattr(plans, "combine", combine)
    pages.text = f"{SAID}Picnic,2026-03-23,ADA,a@x.example,yes\n"
    assert "Imported" in await bring(workspace)
    assert planned == 3
    async with database.session() as session:
        names = select(Event.title, Person.name).join(Rsvp, Rsvp.event_id == Event.id)
        found = await session.execute(names.join(Person).where(Event.title == "Picnic"))
        assert [tuple(row) for row in found] == [("Picnic", "ADA" if who == "ada" else "ada")]


async def test_a_member_is_known_by_their_name_however_it_is_written(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    listed = ("ZOË  STRAßE", "Ｔｉｍ", "Guest")
    rows = "".join(f"Tea,2026-03-09,{name},{n}@x.example,yes\n" for n, name in enumerate(listed))
    await bring_text(workspace, pages, SAID + rows)
    for member in ("Zoë Strasse", "TIM", *(f"Guest{' ' * n}" for n in range(1, 9))):
        workspace.join(member)
        await say(workspace, member, "/contribution I set up chairs")
    for _ in range(2):
        await say(workspace, "olga", "/event people")
        assert await count(database, Likeness) == 2 + NAMESAKES, "each is asked about once"


async def test_two_who_mark_the_same_person_as_staff_at_once(start: Start) -> None:
    one, other = start(), start()
    await say(one, "ada", "/contribution I set up chairs")
    ada = await named(one.app.database, "ada")
    for to, says in (("yes", "ada is staff now"), ("no", "ada is not staff any more")):
        told = await asyncio.gather(*(
            do(each, "olga", "staff set", person=ada, to=to) for each in (one, other) * 2
        ))  # fmt: skip
        assert sum(each.startswith(says) for each in told) == 1
        already = "ada is staff already." if to == "yes" else "ada is not staff."
        assert told.count(already) == 3
