"""Files as other tools write them, with made-up rows: bytes in, plain rows out."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.exports.files import ATTENDANCE, EVENTS, as_csv
from bot.imports import Guest, Reading, Settled, Unreadable, Which, read
from bot.imports.dates import Order
from bot.imports.ours import escaped, unescaped

NOW = datetime(2026, 5, 4, tzinfo=UTC)
LUMA = {
    "early 2025": "api_id,name,first_name,last_name,email,created_at,approval_status,custom_source,"
    "checked_in_at,What do you build?",
    "late 2025": "api_id,name,first_name,last_name,email,created_at,approval_status,checked_in_at,"
    "custom_source,What do you build?",
    "early 2026": "guest_id,name,first_name,last_name,email,created_at,approval_status,"
    "checked_in_at,utm_source,What do you build?",
    "2026": "guest_id,name,first_name,last_name,email,created_at,approval_status,checked_in_at,"
    "utm_source,referrer,referred_by,What do you build?",
}
MEETUP = (
    "Name\tUser ID\tTitle\tEvent Host\tRSVP\tGuests\tRSVPed on\tJoined Group on\t"
    "URL of Member Profile"
)
PROFILE = "https://www.meetup.com/xy/members/{}/"


def reading(text: str | bytes, zone: str = "Europe/Paris", dates: Order | None = None) -> Reading:
    data = text if isinstance(text, bytes) else text.encode()
    return read(data, Settled(zone, NOW, dates))


def refusal(text: str | bytes, dates: Order | None = None) -> str:
    with pytest.raises(Unreadable) as refused:
        reading(text, dates=dates)
    assert len(refused.value.says) < 600
    return refused.value.says


def table(*rows: Sequence[str], delimiter: str = ",") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("generation", LUMA)
def test_luma_of_four_generations_is_read_by_the_names_of_its_columns(generation: str) -> None:
    header = LUMA[generation].split(",")

    def row(**values: str) -> list[str]:
        return [values.get(name, "") for name in header]

    text = table(
        header,
        row(name="Ada “A” Moss", email="ada@x.example", approval_status="approved",
            created_at="2026-04-09T20:18:25.760Z", checked_in_at="2026-05-02T17:10:00.000Z"),
        row(first_name="Bo", last_name="Reed", email="bo@x.example", approval_status="approved"),
        row(name="Cy", email="cy@x.example", approval_status="pending_approval"),
        row(name="Di", email="di@x.example", approval_status="declined"),
        row(name="Ed", email="ed@x.example", approval_status="waitlist",
            checked_in_at="2026-05-02T17:10:00.000Z"),
    )  # fmt: skip
    found = reading(text)
    assert found.kind == "Luma guest list"
    assert found.about_one
    ada, bo, ed = found.guests
    assert (ada.name, ada.answer, ada.present) == ("Ada “A” Moss", "coming", True)
    assert ada.seen_at == datetime(2026, 5, 2, 17, 10, tzinfo=UTC)
    assert (bo.name, bo.answer, bo.present) == ("Bo Reed", "coming", None), "unknown, not absent"
    assert (ed.name, ed.answer, ed.present) == ("Ed", "", True)
    assert any("Row 4" in each and "approval" in each for each in found.doubts)


def test_meetup_is_known_in_any_language() -> None:
    english = [MEETUP, f"Ada Moss\tuser 7\tOrganizer\tYes\tYes\t0\tx\ty\t{PROFILE.format(7)}"]
    english.append(f'Bo "B" Reed\tuser 8\t\t\tNo\t2\tx\ty\t{PROFILE.format(8)}')
    found = reading("\r\n".join(english))
    assert [(each.name, each.handle, each.answer) for each in found.guests] == [
        ("Ada Moss", "meetup:7", "coming"),
        ('Bo "B" Reed', "meetup:8", "no"),
    ]
    assert all(each.present is None for each in found.guests)
    header = ["Jméno", "Číslo", "Titul", "Hostitel", "Účast", "Hosté", "Kdy", "Od", "Profil"]
    row = ["Eva Malá", "user 9", "", "", "Ano", "", "x", "y", PROFILE.format(9)]
    found = reading(table(header, row))
    assert (found.kind, found.guests[0].answer) == ("Meetup attendee list", "")
    assert "an answer that I don't know" in found.doubts[0]


def test_eventbrite_of_three_generations() -> None:
    american = table(
        [
            "Order #",
            "First Name",
            "Last Name",
            "Email",
            "Quantity",
            "Attendee #",
            "Attendee Status",
        ],
        ["1", "Ada", "Moss", "ada@x.example", "1", "11", "Attending"],
        ["1", "Ben", "Moss", "ada@x.example", "1", "12", "Checked In"],
        ["2", "Cy", "Reed", "cy@x.example", "2", "13", "Not Attending"],
    )
    found = reading(american)
    assert found.shares_email
    assert [(each.answer, each.present) for each in found.guests] == [
        ("coming", None), ("coming", True), ("no", None),
    ]  # fmt: skip
    british = table(
        ["Order no.", "First Name", "Surname", "Email", "Attendee Status"],
        ["1", "Ada", "Moss", "ada@x.example", "Attending"],
    )
    assert reading(british).about_one
    newest = table(
        ["Order ID", "Attendee first name", "Attendee last name", "Attendee email", "Event name",
         "Event ID", "Event start date", "Event start time", "Event timezone"],
        ["1", "Ada", "Moss", "ada@x.example", "Supper", "5", "2025-01-15", "18:00:00",
         "America/Los_Angeles"],
    )  # fmt: skip
    found = reading(newest)
    (supper,) = found.meetings
    assert supper.starts_at == datetime(2025, 1, 16, 2, tzinfo=UTC)
    assert found.guests[0].event == Which(key=supper.key)
    assert not found.about_one


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"]
NAMES = st.text(st.sampled_from('aeBné öß,;|" \t\n0'), min_size=1, max_size=12)


@given(
    st.sampled_from(ENCODINGS),
    st.sampled_from(",;|"),
    st.lists(NAMES.filter(lambda name: name.strip() and name == name.strip()), min_size=1),
)
def test_encodings_and_delimiters_are_found_by_themselves(
    encoding: str, delimiter: str, names: list[str]
) -> None:
    rows = [["Evening", name, "yes"] for name in names]
    text = table(["event", "person", "checked_in"], *rows, delimiter=delimiter)
    found = reading(text.encode(encoding))
    assert [each.name for each in found.guests] == names
    assert all(each.present for each in found.guests)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_no_cell_is_a_formula_and_all_come_back(text: str) -> None:
    cell = escaped(text)
    assert unescaped(cell) == text
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@given(
    st.lists(
        st.tuples(
            st.text(st.sampled_from("=+-@'aé \"\n,"), min_size=1, max_size=9).filter(
                lambda title: title.strip() == title
            ),
            st.integers(10**7, 3 * 10**7).map(lambda m: datetime.fromtimestamp(m * 60, UTC)),
            st.integers(1, 10_000),
            st.none() | st.integers(1, 500),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_what_is_exported_is_read_as_it_was(events: list[tuple[str, datetime, int, int]]) -> None:
    rows = [
        {"id": f"{number:016x}", "title": title, "starts_at": at, "minutes": minutes, "place": "",
         "details": "", "capacity": capacity, "status": "closed"}
        for number, (title, at, minutes, capacity) in enumerate(events)
    ]  # fmt: skip
    found = reading(as_csv(EVENTS, rows)).meetings
    assert [(e.title, e.starts_at, e.minutes, e.capacity) for e in found] == events
    assert [each.id for each in found] == [row["id"] for row in rows]
    cells = ("1", "x", "2026-01-02", "2", "=Ada", "", "yes", "yes")
    (guest,) = reading(as_csv(ATTENDANCE, [dict(zip(ATTENDANCE, cells, strict=True))])).guests
    here = Which("x", date(2026, 1, 2), "1")
    assert guest == Guest("=Ada", person="2", event=here, present=True, walk_in=True)


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (["2026-05-04", "2026-12-31"], ["2026-05-04", "2026-12-31"]),
        (["31/01/2026", "04/05/2026"], ["2026-01-31", "2026-05-04"]),
        (["01/31/2026", "04/05/2026"], ["2026-01-31", "2026-04-05"]),
        (
            ["4 May 2026", "May 5th, 2026", "Mon, 6 Jul 2026"],
            ["2026-05-04", "2026-05-05", "2026-07-06"],
        ),
        (["05/05/2026"], ["2026-05-05"]),
        (["2026/5/4", "20260506"], ["2026-05-04", "2026-05-06"]),
        (
            ["03/14/2025", "2025-05-06", "13.04.2025", "05.06.2025", "05/06/2025"],
            ["2025-03-14", "2025-05-06", "2025-04-13", "2025-06-05", "2025-05-06"],
        ),
    ],
)
def test_dates_that_can_be_read_in_one_way_are(cells: list[str], days: list[str]) -> None:
    found = reading(table(["title", "date"], *(["Supper", cell] for cell in cells)))
    assert [each.starts_at.date().isoformat() for each in found.meetings] == days
    assert not any(each.hour_known for each in found.meetings)


@pytest.mark.parametrize(
    "cells",
    [
        ["04/05/2026"],
        ["2026-05-04", "04/05/2026", "4 May 2026"],
        ["31/01/2026", "01/31/2026"],
        ["31.01.2026", "04/05/2026"],
        ["04/05/26", "06/07/26"],
    ],
)
def test_dates_that_can_be_read_in_several_ways_are_asked_about(cells: list[str]) -> None:
    text = table(["title", "When", "date"], *(["Supper", "", cell] for cell in cells))
    says = refusal(text)
    assert "The column “date”" in says
    assert "the day, the month or the year?" in says
    found = reading(text, dates="dmy")
    left_out = [cell for cell in cells if cell == "01/31/2026"]
    assert len(found.meetings) == len(cells) - len(left_out)
    assert bool(left_out) == any("no date that I can read" in each for each in found.doubts)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 and more", "ZIP or Excel"),
        (b"\xd0\xcf\x11\xe0 old", "old Excel"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"title,date\nA\0B,2026-01-01", "no text"),
        (b"\x81\x8d\x8f\x90\x9d", "can't read the letters"),
        (b"what,ever\n1,2\n", "I don't know these columns: “what”, “ever”"),
        (b'event,person\nSupper,"Ada\nSupper,Bo\n', "never closed"),
        (b'event,person\nSupper,"Ada"x\n', "do not pair"),
        (b"event,person\nSupper," + b"x" * 200_000, "far too long"),
        (b"x" * (48 * 2**20 + 1), "48 MB"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART", "broken or cut off"),
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence(data: bytes, says: str) -> None:
    assert says in refusal(data)


def test_half_a_row_is_left_out_and_told() -> None:
    found = reading("event,person,rsvp\nSupper,Ada,yes\nSupper,Bo,yes,more\nSupper,C")
    assert [each.name for each in found.guests] == ["Ada"]
    assert found.doubts[0].startswith("Row 3: more cells")
    assert found.doubts[1].startswith("Row 4: fewer cells")


def calendar(*entries: str, head: str = "") -> str:
    body = "".join(f"BEGIN:VEVENT\nUID:one\n{entry}\nEND:VEVENT\n" for entry in entries)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{head}{body}END:VCALENDAR\n"


def starts(text: str, zone: str = "Europe/Paris") -> list[str]:
    return [f"{each.starts_at:%Y-%m-%dT%H:%M}" for each in reading(text, zone).meetings]


WEEKLY = "DTSTART;TZID=Europe/Paris:20260317T190000\nDTEND;TZID=Europe/Paris:20260317T210000\n"


def test_a_calendar_keeps_the_hour_over_a_clock_change_and_what_was_changed() -> None:
    series = f"{WEEKLY}SUMMARY:Supper\nRRULE:FREQ=WEEKLY;COUNT=5\n"
    series += "EXDATE;TZID=Europe/Paris:20260324T190000"
    moved = (
        "RECURRENCE-ID;TZID=Europe/Paris:20260331T190000\nDTSTART:20260401T160000Z\nSUMMARY:Late"
    )
    off = "RECURRENCE-ID;TZID=Europe/Paris:20260407T190000\nSTATUS:CANCELLED\n"
    off += "DTSTART:20260407T170000Z"
    found = reading(calendar(series, moved, off))
    assert starts(calendar(series, moved, off)) == [
        "2026-03-17T18:00", "2026-04-14T17:00", "2026-04-01T16:00",
    ]  # fmt: skip
    assert [each.title for each in found.meetings] == ["Supper", "Supper", "Late"]
    assert [each.minutes for each in found.meetings[:2]] == [120, 120]
    assert len({each.key for each in found.meetings}) == 3
    assert [f"{each.starts_at:%d %b}" for each in found.cancelled] == ["07 Apr"]
    assert [f"{each.starts_at:%d %b}" for each in found.excepted] == ["24 Mar"]


def test_rules_without_an_end_and_far_dates_are_bounded() -> None:
    endless = calendar(f"{WEEKLY}RRULE:FREQ=DAILY")
    found = reading(endless).meetings
    assert 300 < len(found) <= 1000
    assert max(each.starts_at for each in found) <= NOW + timedelta(days=365)
    assert len(reading(calendar("DTSTART:20000101T180000Z\nRRULE:FREQ=DAILY")).meetings) == 1000
    assert starts(calendar(f"{WEEKLY}RRULE:FREQ=SECONDLY")) == ["2026-03-17T18:00"]
    assert starts(calendar(f"{WEEKLY}RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")) == [
        "2026-03-17T18:00"
    ]
    assert starts(calendar("DTSTART:20990101T180000Z")) == []


@pytest.mark.parametrize(
    "rule",
    ["FREQ=DAILY;INTERVAL=0", "FREQ=WEEKLY;INTERVAL=0", "FREQ=MONTHLY;INTERVAL=0",
     "FREQ=DAILY;INTERVAL=7;BYDAY=MO", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
     "FREQ=WEEKLY;COUNT=-1"],
)  # fmt: skip
def test_a_rule_that_never_comes_ends(rule: str) -> None:
    found = reading(calendar(f"{WEEKLY}RRULE:{rule}"))
    assert [each.starts_at.day for each in found.meetings] == [17]
    assert "only the first date" in found.doubts[0]


def test_many_rules_together_are_bounded_too() -> None:
    never = f"{WEEKLY}RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"
    assert "broken" in refusal(calendar(*[never] * 6).encode())
    assert "repeat" in refusal(calendar(*[f"{WEEKLY}RRULE:FREQ=WEEKLY"] * 501).encode())


@pytest.mark.parametrize(
    "entry",
    [f"{WEEKLY}RDATE;VALUE=PERIOD:20260401T180000Z/PT1H", f"{WEEKLY}RDATE:soon",
     f"{WEEKLY}RRULE:FREQ=WEEKLY\nEXDATE:soon", "DTSTART:20260601T180000Z\nDTEND:late",
     "DTSTART:20260601T180000Z\nDURATION:long", "DTSTART;TZID=Asia/Tokyo:00010101T000000",
     "DTSTART:hello"],
)  # fmt: skip
def test_an_entry_that_cannot_be_read_is_told_and_the_others_are_taken(entry: str) -> None:
    found = reading(calendar(entry, "UID:two\nDTSTART:20260602T180000Z"))
    assert [f"{each.starts_at:%m-%d}" for each in found.meetings] == ["06-02"]
    (doubt,) = found.doubts
    assert "can't read" in doubt
    assert "soon" not in doubt


def test_numbers_that_are_none_do_no_harm() -> None:
    found = reading(
        f"title,date,capacity,minutes\nSupper,2026-06-01,{'9' * 5000},{'9' * 5000}\n"
        "Tea,2026-06-01 10:00 +99:99,5,60\n"
    )
    assert [(each.title, each.capacity, each.minutes) for each in found.meetings] == [
        ("Supper", None, 120)
    ]
    assert len(found.doubts) == 3


def test_what_is_written_and_makes_no_sense_is_told() -> None:
    text = table(
        ["title", "date", "time", "status", "capacity"],
        ["Night", "2026-01-05", "19h", "foo", "abc"],
        ["Night", "2026-01-12", "25:99", "closed", "-5"],
        ["Night", "1899-01-01", "", "", ""],
        ["Night", "2999-01-01", "", "", ""],
        ["Night", "soon", "", "", ""],
    )
    found = reading(text)
    assert [each.closed for each in found.meetings] == [False, True]
    told = "\n".join(found.doubts)
    for says in (
        "Rows 2, 3: a time that I can't read",
        "Row 2: a status that I don't know",
        "Rows 2, 3: a capacity that I can't read",
        "Rows 4, 5: a date before 1900 or after 2200",
        "Row 6: no date that I can read",
    ):
        assert says in told
    assert "after 2200" in reading("event,event_date,person\nx,2999-01-01,Ada\n").doubts[0]
    calendars = reading(calendar("DTSTART:18990101T180000Z\nSUMMARY:Old"))
    assert calendars.doubts == ("“Old” on 1 January 1899: before 1900. Left out.",)


def test_how_dates_were_read_is_told_where_there_was_a_choice() -> None:
    (says,) = reading("title,date\nA,01.02.2025\nB,13.02.2025\n").how
    assert says == "“01.02.2025” is read as 1 February 2025, the day first."
    (says,) = reading("title,date\nA,01/02/2025\n", dates="mdy").how
    assert says == "“01/02/2025” is read as 2 January 2025, the month first."
    assert reading("title,date\nA,2025-02-01\n").how == ()


def test_a_date_that_no_answer_can_read_is_named_in_the_question() -> None:
    cells = ["31/01/2026", "01/31/2026", "04/05/2026", "13.04.2026"]
    text = table(["title", "date"], *(["Supper", cell] for cell in cells))
    says = refusal(text)
    assert "With the day first I can't read “01/31/2026” in row 3" in says
    assert "with the month first, “31/01/2026” in row 2" in says
    found = reading(text, dates="mdy")
    days = [each.starts_at.date().isoformat() for each in found.meetings]
    assert days == ["2026-01-31", "2026-04-05", "2026-04-13"], "dots speak for themselves"
    assert found.doubts == ("Row 2: no date that I can read. Left out.",)


@given(st.lists(st.dates(date(2001, 1, 1), date(2099, 12, 31)), min_size=1), st.data())
def test_each_separator_is_read_in_its_own_order_or_asked_about(
    days: list[date], data: st.DataObject
) -> None:
    forms = {"/": "%m/%d/%Y", ".": "%d.%m.%Y", "-": "%Y-%m-%d"}
    signs = data.draw(st.lists(st.sampled_from("/.-"), min_size=len(days), max_size=len(days)))
    cells = [day.strftime(forms[sign]) for day, sign in zip(days, signs, strict=True)]
    text = table(["title", "date"], *([f"Supper {n}", cell] for n, cell in enumerate(cells)))
    apart = {
        sign: [day for day, its in zip(days, signs, strict=True) if its == sign] for sign in "/."
    }
    if any(
        all(day.day <= 12 for day in those) and any(day.day != day.month for day in those)
        for those in apart.values()
    ):
        assert "What comes first" in refusal(text)
    else:
        assert [each.starts_at.date() for each in reading(text).meetings] == days


def test_a_day_without_hours_is_the_communitys_own() -> None:
    text = calendar("DTSTART;VALUE=DATE:20260801").encode()
    (day,) = read(text, Settled("Europe/Berlin", NOW, home="UTC")).meetings
    assert day.starts_at == datetime(2026, 8, 1, tzinfo=UTC)


def test_a_time_of_hearing_that_can_be_read_in_two_ways_is_asked_about() -> None:
    head = ["event_date", "event_title", "presenter", "demo_title", "heard_at"]
    text = table(head, ["2026-10-05", "Supper", "Ada", "A loom", "06/10/2026"])
    assert "The column “heard_at”" in refusal(text)
    (demo,) = reading(text, dates="dmy").demos
    assert demo.heard_at
    assert f"{demo.heard_at:%d %b}" == "06 Oct"


def test_a_calendar_of_tentative_floating_and_whole_days() -> None:
    assert starts(calendar("DTSTART:20260601T180000Z\nSTATUS:TENTATIVE")) == ["2026-06-01T18:00"]
    assert starts(calendar("DTSTART:20260601T180000"), "Asia/Tokyo") == ["2026-06-01T09:00"]
    head = "X-WR-TIMEZONE:America/New_York\n"
    assert starts(calendar("DTSTART:20260601T180000", head=head)) == ["2026-06-01T22:00"]
    until = "RRULE:FREQ=DAILY;UNTIL=20260318T180000Z"
    assert starts(calendar(f"{WEEKLY}{until}")) == ["2026-03-17T18:00", "2026-03-18T18:00"]
    (day,) = reading(calendar("DTSTART;VALUE=DATE:20260601\nDTEND;VALUE=DATE:20260603")).meetings
    assert day.minutes == 2 * 24 * 60
    assert starts(calendar("DTSTART;VALUE=DATE:20260601\nDTEND;VALUE=DATE:20260701")) == []


def test_talks_name_their_event_by_day_title_and_series() -> None:
    found = reading(
        "event_series,event_date,event_title,speaker,talk_title\nTalks,2025-01-15,,Ada,Engines\n"
    )
    (talk,) = found.talks
    assert talk.event == Which("Talks", date(2025, 1, 15), series="Talks")
    assert (talk.speaker, talk.title) == ("Ada", "Engines")
