"""Events from the plan to the list of who came, through the front door."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import icalendar
import pytest
from sqlalchemy import select

from adapters.local.workspace import WHERE, Message
from bot.actions import Role
from bot.codes import Guess
from bot.content import Content
from bot.context import Call, Place
from bot.db import Database
from bot.features.events import feed_for
from bot.features.events.model import (
    CANCELLED,
    CLOSED,
    Attendance,
    Draft,
    Event,
    Rsvp,
    Series,
)
from bot.outbox import Outgoing
from bot.people import Caller, Community, Where
from bot.replies import File, Refusal, Reply
from tests.features.hall import NOW, PLACE, Hall, words

pytestmark = pytest.mark.usefixtures("everyone_agrees")

ELSEWHERE = Where("local", "elsewhere", "Another")
STARTS = datetime(2026, 5, 8, 18, 30, tzinfo=UTC)


@pytest.fixture
def hall(database: Database, content: Content) -> Hall:
    return Hall(database, content)


async def open_rows(hall: Hall, event: Event) -> dict[str, datetime]:
    """What is still promised for an event, by key without its id."""
    rows = [row for row in await hall.all(Outgoing) if row.settled_at is None]
    mine = [row for row in rows if row.arguments.get("event") == event.id]
    return {row.key.replace(event.id, "*"): row.due_at for row in mine}


def kinds(rows: dict[str, datetime]) -> set[str]:
    return {key.partition(":")[0] for key in rows}


# Planning


async def test_nothing_is_stored_or_said_before_the_host_says_yes(hall: Hall) -> None:
    shown = await hall.say("olga", '/event create "Demo night" "Friday 18:30" 2h')
    assert "Friday 8 May 2026, 18:30 (UTC), 2 hours" in words(shown)
    assert "in 4 days" in words(shown)
    assert shown.private
    await hall.advance(hours=1)
    assert await hall.all(Event) == []
    assert hall.public == []
    await hall.press("olga", "Yes, announce it")
    await hall.advance(minutes=1)
    (event,) = await hall.all(Event)
    assert (event.title, event.starts_at, event.minutes) == ("Demo night", STARTS, 120)
    assert [each.card.title for each in hall.public] == ["Demo night"]
    assert await hall.all(Draft) == []


async def test_the_draft_can_be_changed_filled_out_and_dropped(hall: Hall) -> None:
    await hall.say("olga", '/event create "Demo night" "Friday 18:30"')
    await hall.press("olga", "Change")
    form = hall.workspace.forms["olga"]
    assert [param.name for param in form.params] == ["title", "when", "minutes", "place", "repeat"]
    assert form.asks.draft["when"] == "Friday 8 May 2026 18:30 UTC"
    await hall.workspace.fill("olga", {"when": "tomorrowish"})
    assert "I can't read “tomorrowish” as a time" in hall.workspace.forms["olga"].wrong["when"]
    await hall.workspace.fill("olga", {"when": "Saturday 11:00", "place": "The *Library*"})
    await hall.press("olga", "Places and details")
    await hall.workspace.fill("olga", {"capacity": "12", "details": "Bring <@U1>.\nDoors at ten."})
    shown = words(hall.workspace.messages[-1])
    for part in ("Saturday 9 May 2026, 11:00", "The *Library*", "12; then", "Bring <@U1>."):
        assert part in shown
    await hall.press("olga", "Drop this")
    assert await hall.all(Draft) == []
    await hall.advance(days=1)
    assert hall.public == []


async def test_a_form_opens_for_what_is_missing(hall: Hall) -> None:
    await hall.workspace.say("olga", PLACE, "/event create")
    await hall.workspace.fill("olga", {"title": "Supper", "when": "tomorrow 19:00"})
    await hall.press("olga", "Yes, announce it")
    assert [event.title for event in await hall.all(Event)] == ["Supper"]


async def test_yes_twice_is_one_event(hall: Hall) -> None:
    await hall.say("olga", '/event create "Demo night" "Friday 18:30"')
    (draft,) = await hall.all(Draft)
    outcomes = await asyncio.gather(
        *(hall.do("olga", "event confirm", draft=draft.id) for _ in range(4))
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["Refusal"] * 3 + ["Reply"]
    assert len(await hall.all(Event)) == 1


async def test_a_yes_that_comes_too_late_is_told(hall: Hall) -> None:
    await hall.say("olga", '/event create "Soon" "in 2 hours"')
    await hall.advance(hours=3)
    assert "has passed by now" in words(await hall.press("olga", "Yes, announce it"))
    assert await hall.all(Event) == []
    assert len(await hall.all(Draft)) == 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('"Night" "yesterday 18:30"', "has passed"),
        ('"Night" tomorrowish', "I can't read “tomorrowish” as a time."),
        ("Board games Friday 18:30", "I read “games” as the time. Put the title in quotes:"),
        ('"Night" "Friday 18:30" 999d', "How long?"),
        ('"Night" "Friday 18:30" 1', "lasts from 5 minutes"),
        ('"Night" "Friday 18:30" 90 Hall hourly', "can't read that as a repeat"),
        ('"Night" "Friday 18:30" 90 Hall "weekly 10000 times"', "500 times is the most"),
        ('"Night" "Friday 18:30" 90 Hall "" 0', "At least one place"),
        (f'"{"long " * 30}" "Friday 18:30"', "1 to 100 characters"),
        ('"Night" "25 October 02:30 second" 90 Hall weekly', "Write “first”"),
    ],
)
async def test_bad_input_is_refused_in_one_sentence(hall: Hall, line: str, says: str) -> None:
    await hall.settle("Europe/Paris")
    refused = await hall.say("olga", f"/event create {line}")
    assert says in words(refused)
    assert refused.private
    assert await hall.all(Draft) == []


async def test_times_are_read_in_the_communitys_zone(hall: Hall) -> None:
    await hall.settle("Europe/Paris")
    event = await hall.plan()
    assert event.starts_at == STARTS - timedelta(hours=2)
    assert "18:30 (Europe/Paris)" in words(hall.public[0])
    seconds = int(event.starts_at.timestamp())
    assert f"](time:{seconds})" in hall.public[0].card.text


async def test_a_link_is_a_link_and_javascript_is_only_text(hall: Hall) -> None:
    await hall.plan('Good "Friday 18:30" 90 https://meet.example/x')
    await hall.plan('Bad "Friday 19:30" 90 javascript:alert(1)')
    good, bad = (each.card.fields[0].value for each in hall.public)
    assert "(https://meet.example/x)" in good
    assert "](" not in bad
    assert "javascript:alert(1)" in words(hall.public[1])


async def test_members_can_not_do_what_hosts_do(hall: Hall) -> None:
    event = await hall.plan()
    assert [a.name for a in hall.app.registry.actions.values() if a.role is Role.MEMBER] == [
        "events",
        "event page",
        "event show",
        "event rsvp",
        "event calendar",
        "event calendar-all",
        "checkin",
        "event here",
    ]
    for name in [a.name for a in hall.app.registry.actions.values() if a.role is Role.HOST]:
        args = {
            param.name: {"event": event.id, "was": "here"}.get(param.name, "x")
            for param in hall.app.registry.get(name).params
            if param.required
        }
        outcome = await hall.do("ada", name, **args)
        assert isinstance(outcome, Refusal), name
        assert "for hosts" in outcome.says
    assert (await hall.event(event.id)).version == 0


async def test_another_communitys_event_is_no_event(hall: Hall) -> None:
    event = await hall.plan()
    hall.workspace.roles["eve"] = Role.HOST
    await hall.say("olga", '/event create "Draft" "Friday 20:00"')
    (draft,) = await hall.all(Draft)
    for name, args in {
        "event show": {},
        "event rsvp": {"answer": "coming"},
        "event calendar": {},
        "event here": {},
        "event edit": {},
        "event cancel": {},
        "event call-off": {"every": "yes"},
        "event checkin": {},
        "event door": {},
        "event close": {},
        "event list": {},
        "event closed": {},
        "event rest": {},
        "event rest-undo": {},
        "event walk-ins": {"names": "Mallory"},
    }.items():
        outcome = await hall.do("eve", name, ELSEWHERE, event=event.id, **args)
        assert isinstance(outcome, Refusal), name
        assert "no such event" in outcome.says, name
    for name in ("event confirm", "event change", "event discard"):
        assert isinstance(await hall.do("eve", name, ELSEWHERE, draft=draft.id), Refusal)
    assert [type(each) for each in await hall.all(Rsvp)] == []
    assert (await hall.event(event.id)).status == "planned"
    assert len(await hall.all(Draft)) == 1
    code = Call("checkin", {"code": event.code}, Caller(ELSEWHERE, "eve", "eve"), PLACE)
    assert isinstance(await hall.app.run(code), Reply)
    assert await hall.all(Attendance) == []


async def test_in_a_direct_message_nothing_can_be_announced(hall: Hall) -> None:
    await hall.workspace.say("olga", Place("@olga", direct=True), '/event create A "Friday 18:30"')
    assert "in the channel where the event belongs" in words(hall.workspace.messages[-1])


async def test_an_event_is_chosen_by_number_title_or_from_a_list(hall: Hall) -> None:
    await hall.plan('"Demo night" "Friday 18:30"')
    await hall.plan('"Long breakfast" "Saturday 10:00"')
    assert "What should change? Long breakfast" in words(await hall.say("olga", "/event edit 2"))
    assert "What should change? Demo night" in words(await hall.say("olga", "/event edit demo"))
    assert "There is no number 3. Numbers go from 1 to 2." in words(
        await hall.say("olga", "/event edit 3")
    )
    assert "no event like" in words(await hall.say("olga", "/event edit zzzzzz"))
    await hall.say("olga", "/event cancel")
    await hall.workspace.choose("olga", "Sat 9 May 10:00 · Long breakfast")
    assert "Cancel Long breakfast?" in words(hall.workspace.messages[-1])
    call = Call("event edit", {}, Caller(WHERE, "olga", "olga"), PLACE)
    offered = await hall.app.suggest(call, "event", "breakf")
    assert [each.label for each in offered] == ["Sat 9 May 10:00 · Long breakfast"]


# Answers


async def test_answers_are_private_and_counted_in_public(hall: Hall) -> None:
    await hall.plan()
    mine = await hall.press("ada", "Coming")
    assert mine.private
    assert "You are coming. I will remind you a day and an hour before." in words(mine)
    await hall.press("bob", "Maybe")
    await hall.advance(minutes=1)
    assert "1 coming · 1 maybe" in words(hall.public[0])
    assert "ada" not in words(hall.public[0])
    await hall.press("ada", "Not coming")
    await hall.advance(minutes=1)
    assert "0 coming · 1 maybe" in words(hall.public[0])
    assert len(hall.public) == 1


async def test_many_answers_are_few_edits(hall: Hall) -> None:
    await hall.plan()
    for number in range(50):
        await hall.press(f"member{number}", "Coming")
    await hall.advance(minutes=5)
    refreshes = [row for row in await hall.all(Outgoing) if row.kind == "events.refresh"]
    assert len(refreshes) == 1
    assert "50 coming" in words(hall.public[0])


async def test_two_who_take_the_last_place_at_once(hall: Hall) -> None:
    event = await hall.plan('Supper "Friday 18:30" 90 Home "" 1')
    people = [f"member{number}" for number in range(8)]
    outcomes = await asyncio.gather(
        *(hall.do(who, "event rsvp", event=event.id, answer="coming") for who in people)
    )
    told = [outcome.card.text for outcome in outcomes if isinstance(outcome, Reply)]
    assert len(told) == 8
    assert sum("You are coming" in text for text in told) == 1
    assert sum("waiting list" in text for text in told) == 7
    assert sum(not rsvp.waiting for rsvp in await hall.all(Rsvp)) == 1


async def test_whoever_waits_longest_moves_up_and_is_told(hall: Hall) -> None:
    await hall.plan('Supper "Friday 18:30" 90 Home "" 1')
    await hall.press("ada", "Coming")
    for who in ("bob", "eve"):
        await hall.advance(minutes=1)
        await hall.press(who, "Coming")
    assert "You are number 2" in words(hall.workspace.messages[-1])
    await hall.press("ada", "Not coming")
    await hall.advance(minutes=1)
    assert [title for _, title in hall.direct("bob")] == ["A place fell free: Supper, Fri 8 May"]
    assert hall.direct("eve") == []
    await hall.press("bob", "Maybe")
    await hall.advance(minutes=1)
    assert [title for _, title in hall.direct("eve")] == ["A place fell free: Supper, Fri 8 May"]


async def test_more_places_let_people_in_and_fewer_throw_nobody_out(hall: Hall) -> None:
    event = await hall.plan('Supper "Friday 18:30" 90 Home "" 1')
    for who in ("ada", "bob", "eve"):
        await hall.press(who, "Coming")
        await hall.advance(minutes=1)
    for places, waiting in (("2", 1), ("1", 1), ("", 0)):
        await hall.say("olga", "/event edit 1")
        await hall.press("olga", "Change")
        await hall.workspace.fill("olga", {"capacity": places})
        await hall.press("olga", "Save")
        await hall.advance(minutes=1)
        assert sum(rsvp.waiting for rsvp in await hall.all(Rsvp)) == waiting
    assert (await hall.event(event.id)).capacity is None
    assert len(hall.direct("bob")) == len(hall.direct("eve")) == 1


async def test_after_the_end_nobody_can_answer(hall: Hall) -> None:
    await hall.plan()
    await hall.advance(days=5)
    assert "It is over" in words(await hall.press("ada", "Coming"))
    assert await hall.all(Rsvp) == []


async def test_a_page_of_events_with_the_longest_links_fits(hall: Hall) -> None:
    link = "https://example.org/" + "_" * 180
    for number in range(9):
        title = f"{number}" + "*" * 99
        await hall.say("olga", f'/event create "{title}" "Friday {10 + number}:30" 2h {link}')
        await hall.press("olga", "Yes, announce it")
    first = await hall.say("ada", "/events")
    assert len(first.card.fields) == 8
    await hall.workspace.choose("ada", first.card.choice.options[0].label)  # type: ignore[union-attr]
    assert link in hall.workspace.seen_by("ada")[-1].card.fields[0].value


async def test_events_lists_what_is_coming(hall: Hall) -> None:
    assert "Nothing is planned yet" in words(await hall.say("ada", "/events"))
    await hall.plan()
    await hall.plan('"Long *breakfast*" "Saturday 10:00" 90 Café')
    listed = await hall.say("ada", "/events")
    assert [each.name for each in listed.card.fields] == ["1 · Demo night", "2 · Long *breakfast*"]
    assert "on the clock of UTC" in words(listed)
    await hall.workspace.choose("ada", "Sat 9 May 10:00 · Long *breakfast*")
    assert "You are coming" in words(await hall.press("ada", "Coming"))
    assert len(await hall.all(Rsvp)) == 1


# Reminders and other promises


async def test_reminders_come_once_at_their_minute_also_across_a_restart(hall: Hall) -> None:
    await hall.plan()
    await hall.press("ada", "Coming")
    await hall.press("bob", "Maybe")
    await hall.advance(days=2)
    later = hall.again()
    await later.advance(days=1, hours=12)
    again = later.again()
    await again.advance(days=2)
    heard = [each for at in (hall, later, again) for each in at.direct("ada")]
    assert heard == [
        (STARTS - timedelta(hours=24), "Demo night is tomorrow"),
        (STARTS - timedelta(hours=1), "Demo night is in an hour"),
    ]
    assert [each for at in (hall, later, again) for each in at.direct("bob")] == []


async def test_a_reminder_that_is_late_is_not_sent(hall: Hall) -> None:
    await hall.plan()
    await hall.press("ada", "Coming")
    hall.workspace.now = STARTS - timedelta(minutes=10)
    await hall.app.tick()
    assert hall.direct("ada") == []


async def test_waiting_people_are_not_reminded(hall: Hall) -> None:
    await hall.plan('Supper "Friday 18:30" 90 Home "" 1')
    await hall.press("ada", "Coming")
    await hall.press("bob", "Coming")
    await hall.advance(days=5)
    assert len(hall.direct("ada")) == 2
    assert hall.direct("bob") == []


async def test_all_promises_move_with_the_event(hall: Hall) -> None:
    event = await hall.plan()
    await hall.press("ada", "Coming")
    await hall.advance(minutes=1)
    before = await open_rows(hall, event)
    await edit(hall, {"when": "Saturday 18:30"})
    await hall.advance(minutes=1)
    after = await open_rows(hall, event)
    assert kinds(before) == kinds(after) == {"remind", "close", "retro", "followups"}
    day = timedelta(days=1)
    assert sorted(after.values()) == sorted(due + day for due in before.values())
    assert before["retro:*"] == event.ends_at + timedelta(hours=48)
    assert before["followups:*"] == event.ends_at
    assert [title for _, title in hall.direct("ada")] == ["Changed: Demo night, Sat 9 May"]
    assert "18:30 (UTC)" in words(hall.public[0])
    assert "Saturday 9 May" in words(hall.public[0])


async def test_an_event_that_moves_after_its_reminder_reminds_again(hall: Hall) -> None:
    await hall.plan()
    await hall.press("ada", "Coming")
    await hall.advance(days=4)
    await edit(hall, {"when": "Sunday 18:30"})
    await hall.advance(minutes=1)
    await edit(hall, {"when": "Friday 18:30"})
    await hall.advance(minutes=1)
    await edit(hall, {"when": "Sunday 18:30"})
    await hall.advance(days=3)
    assert [(at, title) for at, title in hall.direct("ada") if "Changed" not in title] == [
        (STARTS - timedelta(hours=24), "Demo night is tomorrow"),
        (STARTS + timedelta(hours=24), "Demo night is tomorrow"),
        (STARTS + timedelta(hours=47), "Demo night is in an hour"),
    ]


async def test_a_cancelled_event_drops_its_promises_and_tells_who_meant_to_come(
    hall: Hall,
) -> None:
    event = await hall.plan()
    await hall.press("ada", "Coming")
    await hall.press("bob", "Not coming")
    await hall.say("olga", "/event cancel")
    assert (await hall.event(event.id)).status == "planned"
    await hall.press("olga", "Cancel this one")
    await hall.advance(minutes=1)
    assert await open_rows(hall, event) == {}
    assert (await hall.event(event.id)).status == CANCELLED
    assert hall.public[0].card.title == "Cancelled: Demo night"
    assert hall.public[0].card.buttons == ()
    assert [title for _, title in hall.direct("ada")] == ["Cancelled: Demo night"]
    assert hall.direct("bob") == []
    await hall.advance(days=10)
    assert len(hall.direct("ada")) == 1
    refused = await hall.do("ada", "event rsvp", event=event.id, answer="coming")
    assert isinstance(refused, Refusal)
    assert "cancelled" in refused.says


async def edit(hall: Hall, values: dict[str, str], which: str = "1") -> Message:
    await hall.say("olga", f"/event edit {which}")
    await hall.press("olga", "Change")
    await hall.workspace.fill("olga", values)
    return await hall.press("olga", "Save")


async def test_a_changed_title_is_shown_and_bothers_nobody(hall: Hall) -> None:
    event = await hall.plan()
    await hall.press("ada", "Coming")
    await edit(hall, {"title": "Show and tell"})
    await hall.advance(minutes=1)
    assert hall.public[0].card.title == "Show and tell"
    assert hall.direct("ada") == []
    assert (await hall.event(event.id)).version == 1


async def test_another_channel_until_it_is_announced(hall: Hall) -> None:
    await hall.say("olga", '/event create Walk "Friday 18:30" 90 Park weekly')
    await hall.press("olga", "Yes, announce it")
    await hall.advance(minutes=1)
    await hall.workspace.say("olga", Place("#walks"), "/event edit Walk 15 May")
    await hall.press("olga", "Announce it here")
    await hall.press("olga", "Save")
    await hall.workspace.say("olga", Place("#walks"), "/event edit 1")
    labels = [button.label for button in hall.workspace.messages[-1].card.buttons]
    assert "Announce it here" not in labels
    await hall.advance(days=6)
    assert [each.place.id for each in hall.public] == ["#demo-night", "#walks"]


async def test_a_channel_that_is_gone_and_a_closed_door_stop_nothing_else(hall: Hall) -> None:
    hall.workspace.closed_channels.add(PLACE.id)
    hall.workspace.closed_dms.add("ada")
    await hall.say("olga", '/event create Walk "Friday 18:30"')
    refused = hall.workspace.messages[-1].card.text
    assert "I could not announce it in this channel. \\#demo\\-night is gone" in refused
    hall.workspace.closed_channels.clear()
    event = await hall.plan()
    hall.workspace.closed_channels.add(PLACE.id)
    for who in ("ada", "bob"):
        await hall.do(who, "event rsvp", event=event.id, answer="coming")
    await hall.advance(days=5)
    parked = {row.kind: row.parked for row in await hall.all(Outgoing) if row.parked}
    assert parked == {"events.reminder": "ada takes no direct messages."}
    assert len(hall.direct("bob")) == 2
    assert "Who came?" in hall.direct("olga")[0][1]


async def test_who_came_is_asked_outside_quiet_hours(hall: Hall) -> None:
    event = await hall.plan('Late "Friday 22:30" 60')
    await hall.press("ada", "Coming")
    await hall.advance(days=5)
    assert hall.direct("olga") == [
        (datetime(2026, 5, 9, 8, tzinfo=UTC), "Who came? Late, Fri 8 May")
    ]
    (row,) = [each for each in await hall.all(Outgoing) if each.kind == "events.ask"]
    assert row.person_id == event.created_by


async def test_a_daily_series_asks_its_host_no_more_than_the_week_allows(hall: Hall) -> None:
    await hall.plan('Walk "Friday 10:00" 60 Park daily')
    for event in (await hall.all(Event))[:12]:
        await hall.do("ada", "event rsvp", event=event.id, answer="coming")
    await hall.advance(days=15)
    asked = [at for at, _ in hall.direct("olga")]
    assert len(asked) == 7 + 4
    assert all(sum(at <= other < at + timedelta(weeks=1) for other in asked) <= 7 for at in asked)


async def test_the_hosts_channel_is_asked_at_once(hall: Hall) -> None:
    event = await hall.plan('Late "Friday 22:30" 60')
    await hall.press("ada", "Coming")
    async with hall.database.transaction() as session:
        community = (await session.scalars(select(Community))).one()
        community.prefer(hosts_channel=f"{event.spot.partition('/')[0]}/#hosts")
    await hall.advance(days=5)
    assert hall.direct("olga") == []
    asked = [each for each in hall.public if each.place.id == "#hosts"]
    assert [(each.at, each.card.title) for each in asked] == [
        (event.ends_at + timedelta(hours=2), "Who came? Late, Fri 8 May")
    ]


async def test_nobody_is_asked_about_an_evening_that_nobody_answered(hall: Hall) -> None:
    await hall.plan()
    await hall.press("bob", "Not coming")
    await hall.advance(days=6)
    assert hall.direct("olga") == []


# Changes


async def test_what_changed_is_said_and_who_hears_of_it(hall: Hall) -> None:
    await hall.plan('Supper "Friday 18:30" 90 Home "" 3')
    for who in ("ada", "bob"):
        await hall.press(who, "Coming")
    said = []
    for values in ({"title": "Feast"}, {}, {"capacity": "1"}, {"when": "Saturday 18:30"}):
        said.append(words(await edit(hall, values)))
        await hall.advance(minutes=1)
    same = "Saved. The time and place are the same, so I write to nobody."
    assert same in said[0]
    assert "Nothing changed." in said[1]
    assert f"{same} 2 have said that they come. They keep their places" in said[2]
    assert "I write to 2 who meant to come." in said[3]
    assert [title for _, title in hall.direct("ada")] == ["Changed: Feast, Sat 9 May"]


async def test_whoever_moves_up_by_a_change_of_time_gets_one_message(hall: Hall) -> None:
    await hall.plan('Supper "Friday 18:30" 90 Home "" 1')
    for who in ("ada", "bob"):
        await hall.press(who, "Coming")
    assert "The one place is taken. You are number 1" in words(hall.workspace.messages[-1])
    await edit(hall, {"when": "Saturday 18:30", "capacity": "2"})
    await hall.advance(minutes=1)
    assert [title for _, title in hall.direct("ada")] == ["Changed: Supper, Sat 9 May"]
    assert [title for _, title in hall.direct("bob")] == ["A place fell free: Supper, Sat 9 May"]
    told = [each for each in hall.workspace.messages if each.place.direct and each.reader == "bob"]
    assert "It was on Friday 8 May 2026, 18:30, and is now on" in words(told[-1])


async def test_a_save_does_not_silently_undo_what_another_host_changed(hall: Hall) -> None:
    event = await hall.plan()
    hall.workspace.roles["hans"] = Role.HOST
    await hall.say("olga", "/event edit 1")
    await hall.press("olga", "Change")
    await hall.workspace.fill("olga", {"title": "Show and tell"})
    await hall.say("hans", "/event edit 1")
    await hall.press("hans", "Change")
    await hall.workspace.fill("hans", {"when": "Saturday 18:30"})
    await hall.press("hans", "Save")
    shown = words(await hall.press("olga", "Save"))
    assert "hans changed it after you began." in shown
    assert "Now: Saturday 9 May 2026, 18:30" in shown
    assert "Yours: Friday 8 May 2026, 18:30" in shown
    assert (await hall.event(event.id)).title == "Demo night"
    await hall.press("olga", "Save mine anyway")
    saved = await hall.event(event.id)
    assert (saved.title, saved.starts_at) == ("Show and tell", STARTS)
    assert await hall.all(Draft) == []


async def test_what_is_kept_is_kept(hall: Hall) -> None:
    event = await hall.plan()
    await hall.say("olga", "/event cancel 1")
    assert "Kept: Demo night, Fri 8 May" in words(await hall.press("olga", "Keep it"))
    assert (await hall.event(event.id)).status == "planned"


async def test_the_first_to_wait_is_the_first_to_move_up_within_one_second(hall: Hall) -> None:
    event = await hall.plan('Supper "Friday 18:30" 90 Home "" 1')
    people = ["ada", "zoe", "bob", "yan", "cyd"]
    for who in reversed(people):  # known before, so that ids and arrival differ
        await hall.do(who, "event rsvp", event=event.id, answer="no")
    for who in people:
        await hall.do(who, "event rsvp", event=event.id, answer="coming")
    for leaves, moves in pairwise(people):
        await hall.do(leaves, "event rsvp", event=event.id, answer="no")
        await hall.advance(minutes=1)
        assert len(hall.direct(moves)) == 1


# Series


async def test_a_daily_series_is_one_entry_and_all_its_dates_can_be_reached(hall: Hall) -> None:
    await hall.plan('Walk "Friday 18:30" 90 Park daily')
    await hall.plan('Supper "30 May 18:30"')
    listed = await hall.say("ada", "/events")
    assert [each.name for each in listed.card.fields] == ["1 · Walk", "2 · Supper"]
    dates = len(await hall.all(Event)) - 1
    assert f"And {dates - 1} more dates" in words(listed)
    await hall.workspace.choose("ada", "Fri 8 May 18:30 · Walk")
    page = await hall.press("ada", "Other dates")
    seen = len(page.card.fields)
    while any(each.label == "Next page" for each in page.card.buttons):
        page = await hall.press("ada", "Next page")
        seen += len(page.card.fields)
    assert seen == dates
    assert "What should change? Supper" in words(await hall.say("olga", "/event edit 2"))
    shown = words(await hall.say("olga", '/event edit "20 May"'))
    assert "What should change? Walk" in shown
    assert "Wednesday 20 May 2026" in shown


async def test_a_weekly_event_keeps_its_hour_through_a_clock_change(hall: Hall) -> None:
    hall.workspace.now = datetime(2026, 10, 12, 9, tzinfo=UTC)
    await hall.settle("Europe/Paris")
    await hall.plan('Supper "Friday 18:30" 90 Home weekly')
    await hall.press("ada", "Coming")
    dates = [event.starts_at for event in await hall.all(Event)]
    assert len(dates) == 8
    assert dates[0] == datetime(2026, 10, 16, 16, 30, tzinfo=UTC)
    assert dates[2] == datetime(2026, 10, 30, 17, 30, tzinfo=UTC)
    assert len(hall.public) == 1
    await hall.advance(days=31)
    assert [each.at.isoformat()[:16] for each in hall.public] == [
        "2026-10-12T09:00",
        "2026-10-16T18:00",
        "2026-10-23T18:00",
        "2026-10-30T19:00",
        "2026-11-06T19:00",
    ]
    slots = [event.slot for event in await hall.all(Event)]
    assert len(slots) == len(set(slots)) == 12
    assert len(hall.direct("ada")) == 2


async def test_a_date_that_was_skipped_or_moved_does_not_come_back(hall: Hall) -> None:
    await hall.plan('Supper "Friday 18:30" 90 Home weekly')
    await edit(hall, {"when": "Saturday 16 May 12:00"}, "15 May")
    await hall.say("olga", "/event cancel 1")
    await hall.press("olga", "Cancel this one")
    for _ in range(3):
        await hall.advance(days=8)
    events = await hall.all(Event)
    assert len({event.slot for event in events}) == len(events)
    by_slot = {event.slot: event for event in events}
    assert by_slot["2026-05-08"].status == CANCELLED
    assert by_slot["2026-05-15"].starts_at == datetime(2026, 5, 16, 12, tzinfo=UTC)
    assert sorted(by_slot)[:3] == ["2026-05-08", "2026-05-15", "2026-05-22"]


async def test_all_dates_are_called_off_and_each_person_hears_once(hall: Hall) -> None:
    await hall.plan('Supper "Friday 18:30" 90 Home weekly')
    for event in (await hall.all(Event))[:3]:
        await hall.do("ada", "event rsvp", event=event.id, answer="coming")
    await hall.say("olga", "/event cancel 1")
    ended = await hall.press("olga", "Cancel all dates")
    assert "Dates called off: 8" in words(ended)
    await hall.advance(days=60)
    assert {event.status for event in await hall.all(Event)} == {CANCELLED}
    assert len(await hall.all(Event)) == 8
    assert [title for _, title in hall.direct("ada")] == ["Cancelled: Supper"]
    assert [series.ended for series in await hall.all(Series)] == [True]


async def test_a_series_with_an_end_ends(hall: Hall) -> None:
    await hall.plan('Course "Friday 18:30" 90 Home "weekly 3 times"')
    await hall.advance(days=40)
    assert len(await hall.all(Event)) == 3
    assert len(hall.public) == 3
    assert [series.ended for series in await hall.all(Series)] == [True]


async def test_two_processes_plan_each_date_once(hall: Hall) -> None:
    await hall.plan('Supper "Friday 18:30" 90 Home daily')
    other = hall.again()
    for _ in range(4):
        for each in (hall, other):
            each.workspace.now += timedelta(days=7, minutes=1)
        await asyncio.gather(hall.app.tick(), other.app.tick())
    slots = [event.slot for event in await hall.all(Event)]
    assert len(slots) == len(set(slots))


async def test_after_a_long_absence_only_what_is_ahead_is_planned(hall: Hall) -> None:
    await hall.plan('Supper "Friday 18:30" 90 Home weekly')
    hall.workspace.now = NOW + timedelta(days=200)
    while await hall.app.tick():
        pass
    new = [event for event in await hall.all(Event) if event.starts_at > hall.workspace.now]
    assert len(new) == 8
    assert len(hall.public) == 2


# Attendance


async def at_the_door(hall: Hall, line: str = '"Demo night" "Friday 18:30" 2h') -> Event:
    event = await hall.plan(line)
    hall.workspace.now = event.starts_at - timedelta(minutes=30)
    return event


async def test_check_in_by_code(hall: Hall) -> None:
    event = await at_the_door(hall)
    shown = await hall.say("olga", "/event checkin")
    assert event.code in words(shown)
    assert shown.private
    for _ in range(2):
        arrived = await hall.say("ada", f"/checkin {event.code.lower()}")
        assert "You are checked in" in words(arrived)
    noted = await hall.all(Attendance)
    assert [(each.present, each.via) for each in noted] == [(True, "code")]


async def test_the_button_works_once_it_is_open(hall: Hall) -> None:
    event = await at_the_door(hall)
    refused = await hall.do("ada", "event here", event=event.id)
    assert isinstance(refused, Refusal)
    await hall.say("olga", "/event checkin")
    await hall.press("olga", "Open the button in the channel")
    await hall.advance(minutes=1)
    await hall.press("ada", "I am here")
    outcomes = await asyncio.gather(
        *(hall.do("bob", "event here", event=event.id) for _ in range(3))
    )
    assert {type(each) for each in outcomes} == {Reply}
    assert [each.via for each in await hall.all(Attendance)] == ["button", "button"]
    hall.workspace.now = event.ends_at + timedelta(hours=3, minutes=1)
    assert "Check-in is closed" in words(await hall.press("eve", "I am here"))


async def test_codes_work_only_around_the_event(hall: Hall) -> None:
    event = await hall.plan()
    assert "not the code" in words(await hall.say("ada", f"/checkin {event.code}"))
    assert "from an hour before" in words(await hall.say("olga", "/event checkin"))
    hall.workspace.now = event.ends_at + timedelta(hours=3, seconds=1)
    assert "not the code" in words(await hall.say("ada", f"/checkin {event.code}"))
    assert await hall.all(Attendance) == []


async def test_guessing_is_slow(hall: Hall) -> None:
    event = await at_the_door(hall)
    for number in range(5):
        assert "not the code" in words(await hall.say("eve", f"/checkin ABC{number}"))
    assert "too many wrong codes" in words(await hall.say("eve", f"/checkin {event.code}"))
    await hall.app.tidy()
    assert await hall.all(Guess)
    await hall.advance(minutes=11)
    await hall.app.tidy()
    assert await hall.all(Guess) == []
    assert "checked in" in words(await hall.say("ada", f"/checkin {event.code}"))
    await hall.advance(minutes=11)
    assert "checked in" in words(await hall.say("eve", f"/checkin {event.code}"))


async def test_closing_corrects_the_list_and_unknown_stays_unknown(hall: Hall) -> None:
    event = await at_the_door(hall)
    for who in ("ada", "bob", "cyd", "dot"):
        await hall.do(who, "event rsvp", event=event.id, answer="coming")
    await hall.say("ada", f"/checkin {event.code}")
    await hall.advance(hours=15)
    assert hall.direct("olga") == [
        (datetime(2026, 5, 9, 8, tzinfo=UTC), "Who came? Demo night, Fri 8 May")
    ]
    await hall.press("olga", "Say who came")
    await hall.workspace.choose("olga", "? bob")
    await hall.press("olga", "Was here")
    await hall.workspace.choose("olga", "? cyd")
    await hall.press("olga", "Was not here")
    await hall.press("olga", "Add walk-ins")
    await hall.workspace.fill("olga", {"names": "Grace *H*\nAlan, Edsger"})
    await hall.workspace.choose("olga", "✓ Alan")
    listed = await hall.press("olga", "Nobody knows")
    assert [each.name for each in listed.card.fields] == [
        "Here (4)",
        "Not here (1)",
        "Not known (1)",
    ]
    assert "ada, bob, Edsger, Grace *H*" in words(listed)
    done = await hall.press("olga", "Close the event")
    assert "Here: 4. Not here: 1. Not known: 1." in words(done)
    assert (await hall.event(event.id)).status == CLOSED
    rows = await hall.all(Attendance)
    assert sorted((each.via, each.present) for each in rows) == [
        ("code", True),
        ("host", False),
        ("host", True),
        ("host", True),
        ("host", True),
    ]
    await hall.press("olga", "Correct it")
    await hall.press("olga", "All others were here")
    assert "Here (5)" in words(hall.workspace.messages[-1])


async def test_the_rest_did_not_come_and_can_be_unknown_again(hall: Hall) -> None:
    event = await at_the_door(hall)
    for who in ("ada", "bob", "cyd", "dot"):
        await hall.do(who, "event rsvp", event=event.id, answer="coming")
    await hall.say("ada", f"/checkin {event.code}")
    await hall.advance(hours=3)
    await hall.say("olga", "/event close")
    done = await hall.press("olga", "Close the event")
    assert "Not known: 3." in words(done)
    assert "If the list at the door was complete" in words(done)
    listed = await hall.press("olga", "The rest did not come")
    assert "Marked as not here: 3." in words(listed)
    assert "Not here (3)" in words(listed)
    assert "The rest did not come" not in [each.label for each in listed.card.buttons]
    await hall.workspace.choose("olga", "✗ bob")
    await hall.press("olga", "Was here")
    await hall.workspace.choose("olga", "✗ cyd")
    await hall.press("olga", "Was not here")
    back = await hall.press("olga", "Undo “did not come”")
    assert "Not known again: 1." in words(back)
    assert [each.name for each in back.card.fields] == ["Here (2)", "Not here (1)", "Not known (1)"]
    assert "Undo “did not come”" not in [each.label for each in back.card.buttons]
    await hall.do("olga", "event rest-undo", event=event.id)
    assert len(await hall.all(Attendance)) == 3


async def test_a_walk_in_of_a_name_on_the_list_is_that_person(hall: Hall) -> None:
    event = await at_the_door(hall)
    await hall.do("bert", "event rsvp", event=event.id, answer="coming")
    await hall.advance(hours=3)
    await hall.say("olga", "/event close")
    await hall.press("olga", "Add walk-ins")
    await hall.workspace.fill("olga", {"names": "Bert\nGrace, grace\nGRACE"})
    shown = hall.workspace.messages[-1]
    assert "bert is on the list already: I marked them as here." in words(shown)
    assert [each.name for each in shown.card.fields] == [
        "Here (2)",
        "Not here (0)",
        "Not known (0)",
    ]
    assert "bert, Grace" in words(shown)
    await hall.press("olga", "Add walk-ins")
    await hall.workspace.fill("olga", {"names": "grace"})
    assert len(await hall.all(Attendance)) == 2


async def test_a_closed_event_is_not_asked_about(hall: Hall) -> None:
    event = await at_the_door(hall)
    await hall.do("ada", "event rsvp", event=event.id, answer="coming")
    await hall.advance(hours=3)
    await hall.say("olga", "/event close")
    await hall.press("olga", "Close the event")
    await hall.advance(days=1)
    assert hall.direct("olga") == []
    assert "retro" in kinds(await open_rows(hall, event))


async def test_a_long_list_has_pages(hall: Hall) -> None:
    event = await at_the_door(hall)
    for number in range(60):
        await hall.do(f"member{number:02}", "event rsvp", event=event.id, answer="coming")
    first = await hall.say("olga", "/event close")
    assert first.card.choice
    assert len(first.card.choice.options) == 25
    await hall.press("olga", "More names")
    last = await hall.press("olga", "More names")
    assert last.card.choice
    assert [each.label for each in last.card.choice.options][-1] == "? member59"
    assert len(last.card.choice.options) == 10


# Calendars


async def test_a_calendar_file_reads_back(hall: Hall) -> None:
    await hall.settle("Europe/Paris")
    event = await hall.plan('"Night; with, marks" "Friday 18:30" 2h "Hall, 2nd floor"')
    given = (await hall.press("ada", "Add to calendar")).files
    entry = read(given[0])
    assert given[0].name == "night-with-marks.ics"
    assert entry["summary"] == "Night; with, marks"
    assert entry["location"] == "Hall, 2nd floor"
    assert entry["dtstart"].dt == event.starts_at
    assert entry["dtend"].dt == event.ends_at
    assert (entry["uid"], entry["sequence"], entry["status"]) == (
        f"{event.id}@community-os",
        0,
        "CONFIRMED",
    )
    await edit(hall, {"when": "Saturday 18:30"})
    await hall.do("olga", "event call-off", event=event.id)
    outcome = await hall.do("ada", "event calendar", event=event.id)
    assert isinstance(outcome, Reply)
    after = read(outcome.files[0])
    assert (after["uid"], after["sequence"], after["status"]) == (entry["uid"], 2, "CANCELLED")


async def test_the_feed_holds_what_is_coming_and_nothing_of_others(hall: Hall) -> None:
    await hall.plan('Supper "Friday 18:30" 90 Home weekly')
    scene, _ = await hall.scene()
    calendar = icalendar.Calendar.from_ical(await feed_for(scene))
    await scene.close()
    assert len(calendar.walk("VEVENT")) == 8
    other, _ = await hall.scene(ELSEWHERE)
    assert b"VEVENT" not in await feed_for(other)
    await other.close()


def read(file: File) -> icalendar.Event:
    (entry,) = icalendar.Calendar.from_ical(file.data).walk("VEVENT")
    assert isinstance(entry, icalendar.Event)
    return entry


def test_forms_have_room_on_every_platform() -> None:
    """A reminder for whoever adds a field: a form holds five."""
    from bot.features.events.planning import change, create

    assert [param.name for param in create.asked(())] == [
        "title",
        "when",
        "minutes",
        "place",
        "repeat",
    ]
    assert [param.name for param in change.asked(("draft", "repeat"))][-1] == "capacity"
