"""The pulse: what it tells, its rows, its weekly post, its two questions, and its page on paper."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest
from sqlalchemy import select

from adapters.local.workspace import WHERE, Workspace
from bot.context import Call, Place, Scene
from bot.db import Database
from bot.features.events.model import Event
from bot.features.metrics.model import Staff
from bot.features.program.model import ProgramChange
from bot.features.pulse import report as pages
from bot.features.pulse.model import Decision
from bot.features.pulse.picture import quarters
from bot.features.pulse.reading import Pulse
from bot.features.retros.model import RetroAction
from bot.markup import text_of
from bot.numbers.figures import Share
from bot.numbers.flywheel import Stage
from bot.numbers.rows import History, Night
from bot.numbers.story import facts
from bot.people import Caller, Community, Person, Where
from bot.replies import Card, Refusal
from tests.features.organisers import GENERAL, Start, answer, do, say, start, workspace
from tests.features.years import three_years

__all__ = ["start", "workspace"]
pytestmark = pytest.mark.usefixtures("everyone_agrees")

ORGANISERS = Place("#organisers")
ADA = Caller(WHERE, "ada", "ada")
NASTY = '<script>alert("x")</script> & *bold* @everyone'


async def rows(database: Database, table: type) -> list:  # type: ignore[type-arg]
    async with database.session() as session:
        return list(await session.scalars(select(table)))


async def settle_weekly(workspace: Workspace) -> None:
    await workspace.say("olga", ORGANISERS, "/settings pulse-channel here")
    await workspace.press("olga", "Yes, do it")


def pulses(workspace: Workspace) -> list[str]:
    return [m.card.title for m in workspace.messages if m.place == ORGANISERS and not m.private]


async def decide(workspace: Workspace, **words: str) -> str:
    await do_form(workspace)
    await workspace.fill("olga", words)
    return answer(workspace)


async def do_form(workspace: Workspace) -> None:
    await say(workspace, "olga", "/pulse")
    await workspace.press("olga", "Answer the two questions")


async def test_with_nothing_on_record_it_says_what_to_do_and_when_there_is_more(
    workspace: Workspace,
) -> None:
    said = await say(workspace, "olga", "/pulse")
    assert "Nothing is on record yet. Plan your first event with /event create, or bring" in said
    card = workspace.messages[-1].card
    assert card.choice is None
    assert card.picture is None
    assert "Returning builders: 90 days after somebody has built for the first time." in said
    assert "Sponsor renewal: 60 days after the first sponsor's term has ended." in said
    labels = [each.label for each in card.buttons]
    assert labels == ["Answer the two questions", "Post it here every week", "Decisions"]
    await say(workspace, "olga", '/event create "Demo night" "Friday 15 May 18:30" 2h Mill')
    await workspace.press("olga", "Yes, announce it")
    assert "Your next event is on Fri 15 May: note who comes" in await say(
        workspace, "olga", "/pulse"
    )


@pytest.mark.parametrize("line", ["/pulse", "/settings pulse-channel here"])
async def test_before_it_comes_each_week_it_says_who_reads_it(
    workspace: Workspace, database: Database, line: str
) -> None:
    async def asked() -> str:
        await say(workspace, "olga", line)
        if line == "/pulse":
            await workspace.press("olga", "Post it here every week")
        return answer(workspace)

    said = await asked()
    assert "It goes in this channel, first on Monday" in said
    assert "Everyone in that channel reads it, figures for organisers too." in said
    await workspace.press("olga", "No, leave it")
    assert "It stays as it was: off." in answer(workspace)
    assert "Nothing is listed here yet." in await say(workspace, "olga", "/changes")
    await asked()
    assert (await rows(database, Community))[0].prefs.pulse_channel is None
    await workspace.press("olga", "Yes, do it")
    assert "The next pulse comes on Monday" in answer(workspace)
    assert (await rows(database, Community))[0].prefs.pulse_channel
    assert "already" in await say(workspace, "olga", "/settings pulse-channel here")


async def test_it_tells_what_the_records_say_and_opens_to_the_rows(
    workspace: Workspace, database: Database
) -> None:
    await three_years(workspace)
    said = await say(workspace, "olga", "/pulse")
    shown = workspace.messages[-1]
    assert shown.private
    told = text_of(shown.card.text)
    assert "; that rose from" in told
    assert told.startswith("• No next event is planned.\n• ")
    assert re.search(r"At the last 6 events \d+ to \d+ came, [\d.]+ in the middle; at the 6", told)
    assert "Start this week: plan the next event, with /event create. There, for " in told
    assert "`" not in told
    quoted = shown.card.fields[0]
    assert quoted.name.startswith("Figures you can quote")
    for each in text_of(quoted.value).splitlines():
        assert re.search(r", (\w{3}( \d{4})? to )?\w{3} \d{4}$", each), "it says of when it is"
    assert re.search(r"\d%\s\(\d+ of \d+\), \d+ to \d+%", text_of(quoted.value))
    assert said.count("right 95 times in 100") == 1
    assert " %" not in said, "no line breaks between a number and its sign"
    assert len(told.split()) < 195, "it is read on a phone, within 45 seconds"
    assert len(said.split()) < 340
    assert shown.card.picture
    assert re.search(r"\d+ to \d+ came, [\d.]+ in the middle", shown.card.picture.alt)
    assert shown.card.choice
    for option in shown.card.choice.options:
        await workspace.choose("olga", option.value)
        rows_ = workspace.messages[-1]
        assert rows_.private
        assert text_of(rows_.card.text).count("•") >= 1
        said += answer(workspace)
        workspace.messages.remove(rows_)
    names = {person.name for person in await rows(database, Person)} - {"olga"}
    assert len(names) > 100
    assert not any(name in said for name in names), "people are counted and never listed"


async def test_the_rows_of_a_change_add_up_to_both_figures(workspace: Workspace) -> None:
    await three_years(workspace)
    told = text_of((await pulse_card(workspace)).text)
    found = re.search(r"\((\d+) of (\d+)\) came .* rose from \d+% \((\d+) of (\d+)\)", told)
    assert found
    now, before = await groups(workspace, "show-rate")
    sums = [sum(each) for group in (now, before) for each in zip(*group, strict=True)]
    assert sums == [int(each) for each in found.groups()]


async def test_the_rows_of_a_step_are_those_of_its_stage(workspace: Workspace) -> None:
    await three_years(workspace)
    card = await pulse_card(workspace)
    assert card.choice
    start = next(each.value for each in card.choice.options if each.value.startswith("start-"))
    assert start == "start-feedback"
    (shown,) = await groups(workspace, start)
    rows_ = text_of(workspace.messages[-1].card.text)
    found = re.search(r"within 48 hours: \d+% \((\d+) of (\d+)\)", rows_)
    assert found
    assert [sum(each) for each in zip(*shown, strict=True)] == [
        int(each) for each in found.groups()
    ]


async def pulse_card(workspace: Workspace) -> Card:
    await say(workspace, "olga", "/pulse")
    return workspace.messages[-1].card


async def groups(workspace: Workspace, sentence: str) -> list[list[tuple[int, int]]]:
    """Of each heading of the rows behind a sentence: part and whole, row by row."""
    await workspace.choose("olga", sentence)
    parts = text_of(workspace.messages[-1].card.text).split("\n\n")
    listed = [each for each in parts if each.startswith("•")]
    row = re.compile(r": (\d+) of (\d+) ")
    return [[(int(a), int(b)) for a, b in row.findall(each)] for each in listed]


async def test_rows_show_what_was_noted_whole_and_the_calendar_where_that_is_told(
    workspace: Workspace,
) -> None:
    await three_years(workspace)
    card = await pulse_card(workspace)
    assert card.choice
    keep = next(each.value for each in card.choice.options if each.label.startswith("Keep"))
    await workspace.choose("olga", keep)
    noted = "we ask everybody two days before whether they still come (sample)"
    assert text_of(workspace.messages.pop().card.text).count(noted) == 2
    await workspace.choose("olga", "unplanned")
    rows_ = text_of(workspace.messages[-1].card.text)
    assert "• The next event: none is planned\n• " in rows_
    assert "came" not in rows_


def test_the_chart_names_a_month_each_quarter_and_the_year_at_its_turn() -> None:
    days = [date(2025, 11, 25) + timedelta(days=14 * n) for n in range(26)]
    nights = [Night(str(day), "Demo night", day, 9) for day in days]
    assert list(quarters(nights).values()) == ["Jan 2026", "Apr", "Jul", "Oct"]
    few = [nights[0], nights[4], nights[12]]
    assert quarters(few) == {0: "Nov 2025", 1: "Jan 2026", 2: "May"}


async def test_staff_are_said_to_be_left_out(workspace: Workspace, database: Database) -> None:
    await three_years(workspace)
    found = (await rows(database, Person))[0]
    async with database.transaction() as session:
        session.add(
            Staff(person_id=found.id, community_id=found.community_id, marked_at=workspace.now)
        )
    assert "1 person marked as staff left out." in await say(workspace, "olga", "/pulse")


async def test_it_is_for_organisers(workspace: Workspace) -> None:
    assert "organisers" in await say(workspace, "ada", "/pulse")
    for action in ("pulse rows", "pulse post", "pulse decide", "pulse preview"):
        outcome = await workspace.app.run(
            Call(
                action, {"day": "2026-05-04", "sentence": "x"}, Caller(WHERE, "ada", "ada"), GENERAL
            )
        )
        assert isinstance(outcome, Refusal), action


async def test_it_is_posted_after_a_look_at_it_and_once_a_day(workspace: Workspace) -> None:
    assert "I know no organisers' channel yet" in await do(workspace, "olga", "pulse preview")
    await settle_weekly(workspace)
    await say(workspace, "olga", "/pulse")
    await workspace.press("olga", "Post it to the organisers")
    assert pulses(workspace) == []
    assert "Everyone in that channel reads it" in answer(workspace)
    await workspace.press("olga", "Yes, post it")
    assert pulses(workspace) == ["The pulse, 4 May 2026"]
    assert "posted there already" in await do(workspace, "olga", "pulse post")


async def test_it_comes_each_week_until_it_is_off(workspace: Workspace, start: Start) -> None:
    await settle_weekly(workspace)
    await workspace.advance(timedelta(days=8))
    again = start()
    again.now = workspace.now
    again._sent, again.messages = workspace._sent, workspace.messages
    await again.advance(timedelta(days=7))
    assert pulses(again) == [
        "The pulse, 4 May 2026",
        "The pulse, 11 May 2026",
        "The pulse, 18 May 2026",
    ]
    await say(again, "olga", "/settings pulse-channel off")
    await again.advance(timedelta(days=14))
    assert len(pulses(again)) == 3


async def test_a_deleted_channel_stops_one_post_and_not_the_next(workspace: Workspace) -> None:
    await settle_weekly(workspace)
    workspace.closed_channels.add("#organisers")
    await workspace.advance(timedelta(days=2))
    assert pulses(workspace) == []
    workspace.closed_channels.clear()
    await workspace.advance(timedelta(days=7))
    assert pulses(workspace) == ["The pulse, 11 May 2026"]


async def test_a_decision_is_asked_about_four_weeks_later_and_once_answered_no_more(
    workspace: Workspace, database: Database
) -> None:
    await settle_weekly(workspace)
    said = await decide(workspace, trying=f"One line {NASTY}", stopping="")
    assert "Try: One line <script>" in said
    await workspace.advance(timedelta(days=22))
    assert "weeks ago" not in text_of(workspace.messages[-1].card.fields[1].value)
    await workspace.advance(timedelta(days=7))
    asked = workspace.messages[-1]
    assert asked.card.title == "The pulse, 1 June 2026"
    assert "Four weeks ago you chose to try: “One line" in answer(workspace)
    await workspace.press("olga", "Still trying")
    assert "I ask again from 29 June 2026 on" in answer(workspace)
    await workspace.advance(timedelta(days=28))
    assert "Eight weeks ago you chose to try" in answer(workspace)
    await workspace.press("olga", "Done")
    await workspace.press("olga", "Undo")
    (open_again,) = await rows(database, Decision)
    assert (open_again.became, open_again.recall_on) == (None, date(2026, 6, 29))
    assert "Eight weeks ago you chose to try" in await say(workspace, "olga", "/pulse")
    await workspace.press("olga", "Done")
    assert [each.became for each in await rows(database, Decision)] == ["done"]
    await workspace.advance(timedelta(days=7))
    assert "weeks ago" not in answer(workspace)
    assert "done" in await say(workspace, "olga", "/pulse decisions")


async def test_two_decisions_are_asked_about_one_after_the_other(workspace: Workspace) -> None:
    await settle_weekly(workspace)
    await decide(workspace, stopping="The long welcome", trying="Name tags")
    await workspace.advance(timedelta(days=29))
    assert "you chose to stop: “The long welcome”" in answer(workspace)
    await workspace.press("olga", "Dropped")
    assert "you chose to try: “Name tags”" in answer(workspace)
    await workspace.press("olga", "Still trying")
    assert "you chose" not in answer(workspace)


async def test_a_decision_is_logged_as_a_change_once_and_taken_back(
    workspace: Workspace, database: Database
) -> None:
    await decide(workspace, stopping="The long welcome", trying="Name tags")
    found = {each.question: each for each in await rows(database, Decision)}
    for _ in range(2):
        await do(workspace, "olga", "pulse log", decision=found["stop"].id)
    noted = await rows(database, ProgramChange)
    assert [each.words for each in noted] == ["we stopped this: The long welcome"]
    await workspace.press("olga", "Undo “try”")
    assert "no decision any more" in answer(workspace)
    left = [each.label for each in workspace.seen_by("olga")[-1].card.buttons]
    assert left == ["Undo “stop”", "Write another", "Decisions"], "the other one can still go"
    assert [each.question for each in await rows(database, Decision)] == ["stop"]
    assert "gone" in await do(workspace, "olga", "pulse log", decision=found["try"].id)


async def test_the_longest_and_strangest_words_fit_every_card(
    workspace: Workspace, database: Database
) -> None:
    await three_years(workspace)
    async with database.transaction() as session:
        for event in await session.scalars(select(Event)):
            event.title = "*" * 150
        for changed in await session.scalars(select(ProgramChange)):
            changed.words = "_" * 200
        for action in await session.scalars(select(RetroAction)):
            action.title, action.done_at = "#" * 150, None
    for _ in range(9):
        await decide(workspace, stopping="~" * 150, trying="|" * 150)
    assert "Written down" in answer(workspace)
    assert "and 3 more" in await say(workspace, "olga", "/pulse decisions")
    assert "The pulse" in await say(workspace, "olga", "/pulse")
    choice = workspace.messages[-1].card.choice
    assert choice
    for option in choice.options:
        await workspace.choose("olga", option.value)
        assert "The rows behind it" in answer(workspace)
        workspace.messages.pop()


async def test_an_empty_form_keeps_what_was_written_and_says_what_is_missing(
    workspace: Workspace, database: Database
) -> None:
    await do_form(workspace)
    assert workspace.forms["olga"].title == "Two questions"
    await workspace.fill("olga", {"stopping": " "})
    assert "Answer one of the two" in text_of(workspace.messages[-1].card.text)
    await workspace.fill("olga", {"trying": "x" * 151})
    assert "There is room for 150" in text_of(workspace.messages[-1].card.text)
    assert await rows(database, Decision) == []


async def test_another_communitys_decision_is_not_to_be_seen(
    workspace: Workspace, database: Database
) -> None:
    await decide(workspace, trying="Name tags")
    (found,) = await rows(database, Decision)
    elsewhere = Where("local", "elsewhere", "Other")
    for action, args in (
        ("pulse became", {"what": "done"}),
        ("pulse log", {}),
        ("pulse forget", {}),
        ("pulse decision", {}),
    ):
        said = await do(workspace, "olga", action, elsewhere, decision=found.id, **args)
        assert "gone" in said, action
    (same,) = await rows(database, Decision)
    assert same.became is None


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "2026-05-04"])
async def test_an_old_or_broken_button_says_what_to_do(workspace: Workspace, day: str) -> None:
    said = await do(workspace, "olga", "pulse rows", day=day, sentence="show-rate")
    assert "`/pulse` shows" in said


class Page(HTMLParser):
    """Every tag closed, every address and picture looked at."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.alts: list[str | None] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        self.alts += [value for name, value in attrs if name == "alt"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


async def test_the_page_for_leadership_stands_alone_and_escapes_what_people_wrote(
    workspace: Workspace, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await three_years(workspace)
    await say(workspace, "olga", f'/program change "{NASTY.replace(chr(34), "")}"')
    await decide(workspace, trying=NASTY)
    async with database.transaction() as session:
        for event in await session.scalars(select(Event)):
            event.title = NASTY
        (community,) = await session.scalars(select(Community))
        community.name = NASTY
    outlook = pages.Outlook(NASTY, "153 to 299", "150: about 90 times in 100", "5 EUR", "78")
    issued = pages.Expected("1 June 2026 to 31 August 2026", "6 events", (NASTY,), (outlook,))

    async def current(_: Scene) -> list[pages.Expected]:
        return [issued]

    monkeypatch.setattr(pages, "forecasts", [current])
    scene = Scene(
        workspace.now,
        workspace.app.new_id,
        workspace.app.registry,
        workspace.app.content,
        community,
        database,
    )
    written = await pages.report(scene, 365)
    await scene.close()
    page = Page(written)
    assert "<script" not in written
    assert written.count("&lt;script&gt;") > 26
    assert "http" not in written.replace("http-equiv", "")
    assert [each[:22] for each in page.addresses] == ["data:image/png;base64,"]
    assert all(page.alts)
    assert "There, for " in written
    assert "`" not in written
    for said in (issued.days, issued.plan, outlook.range, outlook.hoped, outlook.price):
        assert said in written
    assert not re.search(r"(?<![\w<])/(event|demo|ship|spark|sponsor|contribution)\b", written)
    names = {person.name for person in await rows(database, Person)}
    assert not any(name in written for name in names - {"olga"})


async def test_a_page_about_nothing_yet_is_a_page(workspace: Workspace, database: Database) -> None:
    await say(workspace, "olga", "/pulse")
    (community,) = await rows(database, Community)
    app = workspace.app
    scene = Scene(workspace.now, app.new_id, app.registry, app.content, community, database)
    written = await pages.report(scene, 90)
    await scene.close()
    assert Page(written).addresses == []
    assert "Nothing is on record yet. The first figures follow the first event." in written
    assert "No event was held." in written
    assert "It can be told once a demo or a spark here begins something." in written


async def test_the_sample_is_written_once_and_says_that_it_is_one(
    workspace: Workspace, database: Database
) -> None:
    for _ in range(2):
        await three_years(workspace)
    events = await rows(database, Event)
    assert len(events) == 78
    assert all("(sample)" in each.title for each in events)
    assert all("(sample)" in each.name for each in await rows(database, Person))


def test_of_few_the_page_shows_the_count_and_draws_no_bar() -> None:
    found = facts(History(), date(2026, 5, 4))
    stage = replace(found.wheel.stages[0].main, share=Share(1, 2))
    drawn = pages._turn(Pulse(found, ()), Stage("trust", stage))
    assert (drawn.value, drawn.range) == ("1 of 2", None)
