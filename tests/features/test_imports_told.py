"""An import says what it read, what it guessed and where it differs, and is taken back whole."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from adapters.local.workspace import Workspace
from bot.db import Database
from bot.features.demos.model import Demo
from bot.features.events.model import Attendance, Event
from bot.features.imports.model import Brought
from bot.people import Person
from tests.features.organisers import answer, say, start, workspace
from tests.features.test_imports import ADDRESS, Web, bring, count, pages

__all__ = ["pages", "start", "workspace"]
pytestmark = pytest.mark.usefixtures("everyone_agrees")

FAIR = "UID:f\nSUMMARY:Spring fair\nDTSTART:20270310T180000Z\nLOCATION:Hall"
SUPPER = "UID:s\nSUMMARY:Supper\nDTSTART:20270301T180000Z\nRRULE:FREQ=WEEKLY;COUNT=3"
OFF = "UID:s\nRECURRENCE-ID:20270308T180000Z\nDTSTART:20270308T180000Z\nSUMMARY:Supper"
OFF += "\nSTATUS:CANCELLED"


def calendar(*entries: str) -> str:
    body = "".join(f"BEGIN:VEVENT\n{entry}\nEND:VEVENT\n" for entry in entries)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{body}END:VCALENDAR\n"


async def show(workspace: Workspace, pages: Web, text: str) -> str:
    pages.text = text
    return await say(workspace, "olga", f"/event import {ADDRESS}")


async def test_a_calendar_that_differs_from_what_is_here_says_so(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    workspace.now += timedelta(days=200)
    shown = await show(workspace, pages, calendar(SUPPER, FAIR, OFF))
    assert "“Supper” on 8 March 2027 is cancelled in this calendar. Left out." in shown
    assert "Wed 10 March 2027, 18:00: Spring fair" in shown
    await workspace.press("olga", "Import")
    moved = FAIR.replace("0310", "0312").replace("Hall", "Park")
    off = OFF.replace("0308", "0301")
    again = await show(
        workspace, pages, calendar(f"{SUPPER}\nEXDATE:20270315T180000Z", moved, OFF, off)
    )
    for says in (
        "not all of it is the same",
        "“Spring fair” has another date in this file: 12 March 2027 (here 10 March 2027).",
        "Change it with /event edit.",
        "another place in this file: “Park” (here “Hall”)",
        "“Supper” on 1 March 2027 is cancelled in this file, and not here.",
        "“Supper” on 15 March 2027 is cancelled in this file, and not here.",
    ):
        assert says in again
    async with database.session() as session:
        days = await session.scalars(select(Event.starts_at).order_by(Event.starts_at))
        assert [f"{day:%d %b}" for day in days] == ["01 Mar", "10 Mar", "15 Mar"], "as it was"


async def test_a_list_whose_place_was_changed_says_so(workspace: Workspace, pages: Web) -> None:
    await bring_text(workspace, pages, "title,date,time,place\nSupper,2026-03-02,19:00,Hall\n")
    again = "title,date,time,place\nSupper,2026-03-02,19:00,Park\n"
    assert "another place in this file: “Park” (here “Hall”)" in await show(workspace, pages, again)


async def bring_text(workspace: Workspace, pages: Web, text: str) -> str:
    pages.text = text
    return await bring(workspace)


async def test_words_out_of_a_calendar_are_inert(workspace: Workspace, pages: Web) -> None:
    evil = "SUMMARY:[Win](https://evil.example) <@1> *now*"
    entries = [f"UID:{n}\n{evil}\n{rest}" for n, rest in enumerate(
        ("DTSTART:20260601T180000Z\nSTATUS:CANCELLED", "DTSTART:hello", "DTSTART:29990101T180000Z")
    )]  # fmt: skip
    shown = await show(workspace, pages, calendar(*entries))
    assert shown.count("“[Win](https://evil.example) <@1> *now*”") == 3


async def test_who_came_and_who_did_not_are_told_apart_and_so_is_what_contradicts_itself(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    rows = [f"Supper,2026-03-02,{name},{came}\n" for name, came in (
        ("Ada", "yes"), ("Bo", "no"), ("Cy", "yes"), ("Cy", "no"), ("Di", "no"),
    )]  # fmt: skip
    text = "event,event_date,person,checked_in\n" + "".join(rows)
    shown = await show(workspace, pages, text)
    assert "2 people came, 2 did not" in shown
    assert "1 person is on the list more than once, with different answers: “Cy”" in shown
    await workspace.press("olga", "Import")
    assert "2 people came, 2 did not" in answer(workspace)
    again = await show(workspace, pages, text.replace("Bo,no", "Bo,yes"))
    assert "is different here: “Bo”. What is here stays." in again
    assert await count(database, Attendance) == 4


async def test_what_is_left_out_makes_nobody_and_says_why(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    text = "event,event_date,person,rsvp,checked_in\nPicnic,2027-03-01,Ada,yes,yes\n,,Bo,yes,\n"
    text += "Which,,Cy,yes,yes\n"
    shown = await show(workspace, pages, text)
    assert "1 row says who came to “Picnic” on 1 March 2027, which is still ahead" in shown
    await workspace.press("olga", "Import")
    assert [await count(database, each) for each in (Brought, Attendance)] == [1, 0]
    only = "event,event_date,person\nWhich,,Cy\n"
    assert "Nothing in it could be read" in await show(workspace, pages, only)
    assert "a header and no rows" in await show(workspace, pages, "event,event_date,person\n")


async def test_questions_have_an_example_of_the_command(workspace: Workspace, pages: Web) -> None:
    guests = "guest_id,name,email,approval_status,checked_in_at\ng,Ada,a@x.example,approved,\n"
    assert 'event:"Spring supper" starts:"2026-03-20 19:00"' in await show(workspace, pages, guests)


async def test_each_import_is_listed_with_its_own_undo_and_leaves_no_orphans(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    head = "event,event_date,person,rsvp\n"
    await bring_text(
        workspace, pages, f"{head}Supper,2026-03-02,Ada,yes\nSupper,2026-03-02,Bo,no\n"
    )
    await bring_text(workspace, pages, f"{head}Walk,2026-03-09,Ada,yes\n")
    listed = await say(workspace, "olga", "/event import")
    assert "2 · attendance list" in listed
    await workspace.press("olga", "Undo 1: attendance list")
    assert "but 1 person: something else" in answer(workspace)
    await say(workspace, "olga", "/event import")
    await workspace.press("olga", "Undo 2: attendance list")
    assert "All that it added is gone, and" in answer(workspace)
    assert await count(database, Brought) == 0
    async with database.session() as session:
        named = select(func.count()).where(Person.name.in_(["Ada", "Bo"]))
        assert await session.scalar(named) == 0


async def test_two_names_are_shown_with_what_speaks_for_and_against(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    rows = [f"Supper,2026-03-0{day},{name},yes\n" for day, name in (
        (2, "José Núñez"), (3, "José Núñez"), (2, "Jose Nunez"), (2, "Hana 32"), (2, "Hana 128"),
    )]  # fmt: skip
    shown = await show(workspace, pages, "event,event_date,person,checked_in\n" + "".join(rows))
    assert "1 pair of names" in shown
    await workspace.press("olga", "Import")
    await workspace.press("olga", "Look at who is who")
    asked = answer(workspace)
    for says in (
        "Both were at Supper on 2 March 2026, which speaks for two people.",
        "on the lists of 2 events",
        "Supper on 3 March 2026",
    ):
        assert says in asked
    await workspace.press("olga", "The same person: José Núñez")
    assert "José Núñez is one person now" in answer(workspace)


async def test_an_imported_event_can_be_closed_once_it_is_over(
    workspace: Workspace, pages: Web
) -> None:
    await bring_text(
        workspace, pages, "title,date,time\nPicnic,2026-06-01,19:00\nOld,2026-04-01,19:00\n"
    )
    workspace.now += timedelta(days=30)
    home = await say(workspace, "olga", "/home")
    assert "Picnic, Mon 1 Jun" in home
    assert "Old" not in home, "it was over before it came here"
    await workspace.press("olga", "Who came? Picnic, Mon 1 Jun")
    assert "Picnic" in answer(workspace)


async def test_demos_of_the_time_before_come_and_go_with_their_import(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    text = "event_date,event_title,presenter,demo_title,state\n"
    text += "2026-03-02,Supper,Ada,A loom,idea\n2026-03-02,Supper,Bo,A kiln,done\n"
    assert "2 demos" in await bring_text(workspace, pages, text)
    async with database.session() as session:
        states = await session.scalars(select(Demo.state).order_by(Demo.title))
        assert list(states) == ["", "idea"], "what is not noted stays unknown"
    assert "All that I can read of it is here already" in await show(workspace, pages, text)
    await say(workspace, "olga", "/event import")
    await workspace.press("olga", "Undo 1: list of demos")
    assert [await count(database, each) for each in (Demo, Event, Brought)] == [0, 0, 0]


TWICE = "title,date,time\nSupper,2026-03-02,19:00\nSupper,2026-03-02,20:00\n"
TWICE += "Brunch,2026-03-04,10:00\nBrunch,2026-03-04,15:00\n"


async def test_two_of_one_title_in_one_file_are_two_and_the_same_again_is_nothing_new(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    assert "4 events" in await bring_text(workspace, pages, TWICE)
    again = await show(workspace, pages, TWICE)
    assert "All of it is here already. There is nothing to add." in again
    talks = (f"UID:{n}\nSUMMARY:Talk\nDTSTART:20260305T{n}0000Z" for n in (19, 20))
    assert "2 events" in await bring_text(workspace, pages, calendar(*talks))
    same = (f"UID:{n}\nSUMMARY:Quiz\nDTSTART:20260306T190000Z" for n in "ab")
    assert "2 events" in await bring_text(workspace, pages, calendar(*same))
    assert await count(database, Event) == 8


async def test_what_is_taken_as_another_is_told_and_nothing_stands_for_two(
    workspace: Workspace, pages: Web
) -> None:
    await bring_text(workspace, pages, TWICE)
    other = "title,date,time\nSupper,2026-03-02,20:30\nSupper,2026-03-02,20:15\n"
    other += "Supper,2026-03-02,21:00\nBrunch,2026-03-04,\n"
    shown = await show(workspace, pages, other)
    assert "1 event" in shown, "one more than there are to be taken as"
    for says in (
        "“Supper” at 20:15 on 2 March 2026: I take it as the one at 20:00.",
        "“Supper” at 20:30 on 2 March 2026: I take it as the one at 19:00.",
        "“Brunch” on 4 March 2026 has no hour in this file. I take it as the one at 15:00.",
    ):
        assert says in shown
    assert "Mon 2 March 2026, 21:00: Supper" in shown


async def test_a_list_of_who_came_tells_its_events_apart_by_their_hours(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    text = "event,event_date,time,person,checked_in\nLunch,2026-03-02,12:00,Ada,yes\n"
    text += "Lunch,2026-03-02,13:30,Bo,yes\nLunch,2026-03-02,,Cy,yes\nTea,2026-03-03,4h,Di,yes\n"
    text += "".join(f"Jam,2026-03-04,18:0{n},P{n},yes\n" for n in range(4))
    shown = await show(workspace, pages, text)
    for says in (
        "Mon 2 March 2026, 12:00: Lunch",
        "Mon 2 March 2026, 13:30: Lunch",
        "1 row left out, since I don't know their event or it could be one of several: “Lunch”",
        "Row 5: a time that I can't read",
        "Rows 6, 7, 8, 9: more than 3 times for one event on one day",
        "No hour that I can read for “Jam”, “Tea”",
    ):
        assert says in shown
    await workspace.press("olga", "Import")
    async with database.session() as session:
        hours = await session.scalars(select(Event.starts_at).order_by(Event.starts_at))
        assert [f"{at:%H:%M}" for at in hours] == ["12:00", "13:30", "18:00", "18:00"]


async def test_what_a_list_of_demos_does_not_say_is_unknown_to_the_figures(
    workspace: Workspace, pages: Web
) -> None:
    head = "event_date,event_title,presenter,demo_title"
    rows = [f"2026-04-2{n},Show {n},P{n},Loom {n}" for n in range(8)]
    shown = await bring_rows(workspace, pages, head, rows)
    for says in ("no column state", "no column heard_at", "no column minutes"):
        assert f"There is {says}" in shown
    wheel = await say(workspace, "olga", "/flywheel")
    assert "Demos shown unfinished: nothing yet" in wheel
    assert "Demos with feedback within 48 hours: nothing yet" in wheel
    told = [
        f"{row.replace('Loom', 'Kiln')},idea,5,2026-04-2{n} 21:00" for n, row in enumerate(rows)
    ]
    told[0] = told[0].replace(",idea,5,2026-04-20 21:00", ",shipped,5,")
    assert "There is no" not in await bring_rows(
        workspace, pages, f"{head},state,minutes,heard_at", told
    )
    wheel = await say(workspace, "olga", "/flywheel")
    assert "Demos shown unfinished: 7 of 8" in wheel
    assert "Demos with feedback within 48 hours: 7 of 8" in wheel


async def bring_rows(workspace: Workspace, pages: Web, head: str, rows: list[str]) -> str:
    shown = await show(workspace, pages, "\n".join([head, *rows]))
    await workspace.press("olga", "Import")
    return shown


async def test_a_demo_is_left_out_if_it_is_ahead_or_was_heard_of_before(
    workspace: Workspace, database: Database, pages: Web
) -> None:
    text = "event_date,event_title,presenter,demo_title,state,minutes,heard_at\n"
    text += "2026-03-02,Supper,Ada,A loom,idea,5000,2026-03-02\n"
    text += "2026-03-02,Supper,Bo,A kiln,idea,5,2026-03-01 10:00\n"
    text += "2026-03-02,Supper,Cy,A wheel,idea,5,yesterday\n"
    text += "2027-03-01,Picnic,Di,A kite,idea,5,\n2027-03-01,Picnic,Ed,A boat,idea,5,\n"
    shown = await show(workspace, pages, text)
    for says in (
        "1 demo with a heard_at before the event began: “A kiln”. Left out.",
        "Row 4: a heard_at that I can't read",
        "2 demos at “Picnic” on 1 March 2027, which is still ahead. Left out.",
        "Row 2: minutes that no demo lasts",
    ):
        assert says in shown
    await workspace.press("olga", "Import")
    assert [await count(database, each) for each in (Demo, Event, Brought)] == [1, 1, 1]
    talks = "event_date,event_title,speaker,talk_title\n2027-03-01,Picnic,Di,Kites\n"
    shown = await show(workspace, pages, talks)
    assert "Nothing of it has happened yet" in shown
    assert "1 talk at “Picnic” on 1 March 2027, which is still ahead. Left out." in shown


async def test_an_event_without_anybody_noted_is_told(workspace: Workspace, pages: Web) -> None:
    rows = "title,date,time\nSupper,2026-03-02,19:00\nTea,2026-03-09,19:00\nPicnic,2027-03-01,19:00"
    assert "2 events are over, and nobody is noted" in await show(workspace, pages, rows)
    await workspace.press("olga", "Import")
    came = "event,event_date,person,rsvp,checked_in\nSupper,2026-03-02,Ada,yes,yes\n"
    shown = await show(workspace, pages, f"{came}Tea,2026-03-09,Ada,yes,\n")
    assert "1 event is over, and nobody is noted as having come." in shown


async def test_who_waited_is_told(workspace: Workspace, pages: Web) -> None:
    rows = "Picnic,2027-06-01,Ada,coming\nPicnic,2027-06-01,Bo,waitlist\n"
    shown = await show(workspace, pages, f"event,event_date,person,rsvp\n{rows}")
    assert "Row 3: on the waiting list: no answer is taken." in shown


@pytest.mark.parametrize(
    "head",
    [
        "presenter,demo_title,event_date,time,event_title",
        "speaker,talk_title,event_date,time,event_title",
    ],
)
async def test_what_was_given_tells_its_events_apart_by_their_hours(
    workspace: Workspace, database: Database, pages: Web, head: str
) -> None:
    rows = "Ann,A parser,2026-03-05,12:00,Lunch\nBob,B thing,2026-03-05,18:30,Lunch\n"
    await bring_text(workspace, pages, f"{head}\n{rows}")
    async with database.session() as session:
        begun = (await session.scalars(select(Event.starts_at).order_by(Event.starts_at))).all()
    assert [f"{at:%H:%M}" for at in begun] == ["12:00", "18:30"]


async def test_what_was_taken_back_is_offered_no_more(workspace: Workspace, pages: Web) -> None:
    await bring_text(workspace, pages, "title,date\nSupper,2026-03-02\n")
    await say(workspace, "olga", "/changes")
    assert any(
        "Undo: Imported" in each.label for each in workspace.seen_by("olga")[-1].card.buttons
    )
    await say(workspace, "olga", "/event import")
    await workspace.press("olga", "Undo")
    await say(workspace, "olga", "/changes")
    assert not any(
        "Undo: Imported" in each.label for each in workspace.seen_by("olga")[-1].card.buttons
    )
