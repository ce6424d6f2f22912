"""Every setting in one place: shown, proved, changed at once, and taken back."""

import asyncio
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from adapters.local.workspace import WHERE, Workspace
from bot.actions import Registry, Role
from bot.app import App
from bot.content import Content
from bot.context import Call, Place
from bot.db import Database
from bot.features import principles
from bot.features import settings as settings_
from bot.features.settings.document import document
from bot.features.settings.table import SECTIONS, SETTINGS
from bot.features.weekly.actions import feature as weekly
from bot.markup import text_of
from bot.outbox import Outgoing
from bot.people import Caller, Community, Prefs, Space, Where
from bot.replies import FIELD_VALUE, OPTION_LABEL, OPTIONS, Reply
from bot.zones import read_zone

NOW = datetime(2026, 5, 6, 10, tzinfo=UTC)
GENERAL, HOSTS = Place("#general"), Place("#hosts")
DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"

Start = Callable[[], Workspace]


@pytest.fixture
def start(content: Content, database: Database) -> Start:
    """A process of its own on the same database."""
    numbers = itertools.count(1)

    def process() -> Workspace:
        workspace = Workspace(NOW)
        workspace.join("org", Role.ORGANISER)
        app = App(
            Registry([principles.feature, weekly, settings_.feature]),
            content,
            database,
            [workspace],
            clock=workspace.clock,
            new_id=lambda: f"{next(numbers):016x}",
        )
        workspace.connect(app)
        return workspace

    return process


@pytest.fixture
def workspace(start: Start) -> Workspace:
    return start()


def answer(workspace: Workspace) -> str:
    card = workspace.messages[-1].card
    return text_of("\n\n".join([card.title, card.text, *(each.value for each in card.fields)]))


async def org(workspace: Workspace, line: str, place: Place = GENERAL) -> str:
    await workspace.say("org", place, line)
    return answer(workspace)


async def only_community(database: Database) -> Community:
    async with database.session() as session:
        return (await session.scalars(select(Community))).one()


def test_every_choice_of_organisers_is_in_the_table() -> None:
    assert {each.field for each in SETTINGS.values()} == {"zone", *Prefs.model_fields}


def test_the_document_is_current(content: Content) -> None:
    written = DOCUMENT.read_text(encoding="utf-8")
    assert written == document(content), (
        "Run: python -m bot.features.settings.document > docs/settings.md"
    )


def test_all_fits_on_one_card() -> None:
    assert len(SETTINGS) <= OPTIONS
    assert len(SETTINGS) == sum(len(section.settings) for section in SECTIONS)


async def test_one_card_shows_every_setting_in_words(workspace: Workspace) -> None:
    said = await org(workspace, "/settings")
    card = workspace.messages[-1].card
    assert [field.name for field in card.fields] == [section.title for section in SECTIONS]
    for setting in SETTINGS.values():
        assert f"• {setting.label}: " in said
        assert f" · {setting.name}" in said
        assert len(setting.does) <= OPTION_LABEL
    assert "Time zone: UTC" in said
    assert "Hour: 09:00" in said
    assert "Messages a week: 7 at most" in said
    assert all(len(field.value) < FIELD_VALUE / 2 for field in card.fields)


async def test_a_number_is_typed_over_what_it_is_now(
    workspace: Workspace, database: Database
) -> None:
    await org(workspace, "/settings")
    await workspace.choose("org", "Messages to members: messages a week")
    form = workspace.forms["org"]
    assert form.asks.draft == {"value": "7"}
    assert [param.label for param in form.params] == ["Messages a week"]
    await workspace.fill("org", {"value": "99"})
    assert workspace.forms["org"].wrong["value"].startswith("99 does not work here.")
    await workspace.fill("org", {"value": "5"})
    assert "Now 5 at most; before, 7 at most." in answer(workspace)
    assert (await only_community(database)).prefs.messages_a_week == 5
    await workspace.press("org", "Undo")
    assert "Now 7 at most; before, 5 at most." in answer(workspace)
    await workspace.press("org", "Undo")
    assert (await only_community(database)).prefs.messages_a_week == 5


async def test_an_empty_form_says_what_to_write(workspace: Workspace) -> None:
    await workspace.say("org", GENERAL, "/settings messages-a-week")
    await workspace.fill("org", {"value": " "})
    assert workspace.forms["org"].wrong["value"] == "Write what it becomes: 1 to 21."


async def test_the_same_hour_twice_means_no_quiet_hours(workspace: Workspace) -> None:
    assert "No quiet hours" not in await org(workspace, "/settings quiet-from 7")
    assert "No quiet hours now." in await org(workspace, "/settings quiet-until 7")


async def test_one_of_a_few_is_picked(workspace: Workspace) -> None:
    await org(workspace, "/settings")
    await workspace.choose("org", "principle-day")
    assert "Now: Monday." in answer(workspace)
    await workspace.choose("org", "Friday")
    assert "Now Friday; before, Monday." in answer(workspace)
    await workspace.press("org", "Undo")
    assert "Day: Monday" in await org(workspace, "/settings")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("zone Europe/Paris", "Now Europe/Paris; before, UTC."),
        ("zone europe/paris", "Now Europe/Paris"),
        ("zone New York", "Now America/New_York"),
        ("zone UTC", "It is UTC already."),
        ("hosts-channel here", "Now in the channel #general; before, off."),
        ("hosts-channel #General", "Now in the channel #general; before, off."),
        ("hosts-channel general", "Now in the channel #general; before, off."),
        ("hosts_channel off", "It is off already."),
        ("principle-day Thursday", "Now Thursday"),
        ("principle-day thu", "Now Thursday"),
        ("principle-hour 18:00", "Now 18:00; before, 09:00."),
        ("principle-order by need", "Now by need"),
        ("principle-need weak ties", "Now Weak ties; before, nothing."),
        ("retro-hours 24h", "Now 24 hours after the event"),
        ("follow-up-count 0", "Now 0 for each"),
        ("quiet-from 7", "Now 07:00; before, 21:00."),
        ("name:quiet-until value:9", "Now 09:00"),
    ],
)
async def test_settings_are_typed_as_people_type(
    workspace: Workspace, line: str, says: str
) -> None:
    assert says in await org(workspace, f"/settings {line}")
    now = (
        says.partition(";")[0].removeprefix("Now ").replace("the channel #general", "this channel")
    )
    assert now in await org(workspace, "/settings") or "already" in says


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("zone Mars", "isn't a time zone that I know. Write it like Europe/Paris."),
        ("zone Europe/Pariss", "Did you mean Europe/Paris?"),
        ("zone Berln", "Did you mean Europe/Berlin?"),
        ("zone xyzzyx", "Write it like Europe/Paris."),
        ("zone Indianapolis", "or America/Indianapolis?"),
        ("zone EST", "Name a city: did you mean America/New_York?"),
        ("zone pdt", "did you mean America/Los_Angeles?"),
        ("zone CET", "did you mean Europe/Paris?"),
        ("retro-hours 0", "right after it people are on their way home"),
        ("retro-summary-hours 48", "First type /settings retro-hours 47."),
        ("principle-hour 25", "25 does not work here. Please choose from 0 to 23"),
        ("principle-hour -1", "“-1” is not a whole number"),
        ("principle-hour nine", "“nine” is not a whole number"),
        (f"principle-hour {'9' * 150}", "is not a whole number"),
        ("principle-hour ٣٣", "٣٣ does not work here."),
        ("messages-a-week 0", "Please choose from 1 to 21"),
        ("principle-day someday", "is none of them. You can choose mon, tue"),
        ("principle-need close-ties", "is none of them"),
        ("retro-hours 336", "First type /settings retro-summary-hours 408."),
        ("hosts-channel #nowhere", "In the right one, type /settings hosts-channel here."),
        ("hosts-channel nowhere/#general", "In that channel, type"),
        ("zon Paris", "There is no setting “zon”. Did you mean zone?"),
        ("xyzzy 1", "/settings shows them all."),
        (f"zone {'x' * 5000}", "There is room for 200"),
        ("zone <@U1> @everyone", "isn't a time zone"),
    ],
)
async def test_what_does_not_work_is_told_and_nothing_changes(
    workspace: Workspace, database: Database, line: str, says: str
) -> None:
    said = await org(workspace, f"/settings {line}")
    assert says in said
    assert len(said) < 400
    community = await only_community(database)
    assert (community.zone, community.prefs) == ("UTC", Prefs())


async def test_only_organisers_may_see_or_change(workspace: Workspace, database: Database) -> None:
    workspace.join("host", Role.HOST)
    await org(workspace, "/settings principle-hour 10")
    message, _ = workspace.find_button("org", "Undo")
    message.reader = None
    for member in ("ada", "host"):
        for line in ("/settings", "/settings zone", "/settings zone Europe/Paris"):
            await workspace.say(member, GENERAL, line)
            assert "for organisers" in answer(workspace)
        await workspace.press(member, "Undo")
        assert "for organisers" in answer(workspace)
    assert (await only_community(database)).prefs.principle_hour == 10


async def test_a_channel_has_to_be_open_for_us(workspace: Workspace) -> None:
    workspace.closed_channels.add("#hosts")
    assert "#hosts is gone" in await org(workspace, "/settings hosts-channel here", HOSTS)
    direct = Place("@org", direct=True)
    assert "Only you read here" in await org(workspace, "/settings hosts-channel here", direct)
    workspace.closed_channels.clear()
    await org(workspace, "/settings hosts-channel here", HOSTS)
    assert "Hosts' channel: in the channel #hosts" in await org(workspace, "/settings")
    await org(workspace, "/settings hosts-channel here")
    await workspace.press("org", "Undo")
    assert "Now in the channel #hosts; before, in the channel #general." in answer(workspace)
    await org(workspace, "/settings hosts-channel here")
    workspace.closed_channels.add("#hosts")
    await workspace.press("org", "Undo")
    assert "I can't post there." in answer(workspace)


async def test_a_channel_of_another_community_is_refused(
    workspace: Workspace, database: Database
) -> None:
    await org(workspace, "/settings")
    elsewhere = Caller(Where("local", "elsewhere", "Another"), "eve", "eve", Role.ORGANISER)
    await workspace.app.run(Call("settings", {}, elsewhere, GENERAL))
    async with database.session() as session:
        found = select(Space.id).where(Space.external_id == "elsewhere")
        theirs = await session.scalar(found)
    assert "In that channel, type" in await org(
        workspace, f"/settings hosts-channel {theirs}/#general"
    )


async def test_an_undo_fits_with_the_longest_real_ids(workspace: Workspace) -> None:
    discord = Place("1234567890123456789")
    await org(workspace, "/settings principle-channel here", discord)
    await org(workspace, "/settings principle-channel here")
    await workspace.press("org", "Undo")
    assert "Now in the channel #1234567890123456789" in answer(workspace)
    await org(workspace, "/settings principle-channel here", Place(f"#{'long-' * 10}"))
    await org(workspace, "/settings principle-channel here")
    assert workspace.messages[-1].card.buttons == ()
    assert "before, in the channel #long-long-" in answer(workspace)


async def test_looking_at_the_settings_writes_nothing_and_holds_nobody_up(
    workspace: Workspace, database: Database
) -> None:
    await org(workspace, "/settings principle-channel here")
    async with database.transaction() as session:
        await session.execute(delete(Outgoing))
    await org(workspace, "/settings")
    assert "The next principle of the week comes on Monday" in answer(workspace)
    async with database.session() as session:
        assert await session.scalar(select(func.count()).select_from(Outgoing)) == 0
    if not database.is_sqlite:  # where whoever reads waits for nobody
        async with database.transaction() as session:
            await session.execute(select(Community).with_for_update())
            async with asyncio.timeout(5):
                await org(workspace, "/settings")


async def zones_seen(workspace: Workspace, *wheres: Where) -> set[str]:
    """What the process takes for the community's zone, in each of these spaces."""
    homes = [await workspace.app._home(where, workspace.now) for where in wheres or (WHERE,)]
    return {community.zone for _, community in homes}


async def test_a_change_holds_at_once_in_every_space_of_the_process(
    workspace: Workspace, database: Database
) -> None:
    await org(workspace, "/settings")
    community = await only_community(database)
    second = Where("local", "second")
    async with database.transaction() as session:
        session.add(
            Space(id="2", community_id=community.id, platform="local", external_id="second")
        )
    assert await zones_seen(workspace, WHERE, second) == {"UTC"}
    await org(workspace, "/settings zone Pacific/Auckland")
    assert await zones_seen(workspace, WHERE, second) == {"Pacific/Auckland"}


async def test_on_the_other_platform_a_channel_keeps_its_name(
    workspace: Workspace, database: Database
) -> None:
    await org(workspace, "/settings hosts-channel here", HOSTS)
    community = await only_community(database)
    async with database.transaction() as session:
        space = Space(id="2", community_id=community.id, platform="local", external_id="second")
        session.add(space)
    other = Caller(Where("local", "second"), "org", "org", Role.ORGANISER)
    shown = await workspace.app.run(Call("settings", {}, other, HOSTS))
    assert isinstance(shown, Reply)
    assert "in the channel #hosts" in text_of(shown.card.fields[0].value)
    kept = {"name": "hosts-channel", "value": community.prefs.hosts_channel or ""}
    kept_too = await workspace.app.run(Call("settings", kept, other, GENERAL))
    assert isinstance(kept_too, Reply)
    assert "It is in the channel #hosts already." in text_of(kept_too.card.text)


async def test_another_process_sees_a_change_on_its_cards_at_once_and_elsewhere_soon(
    start: Start,
) -> None:
    one, two = start(), start()
    await zones_seen(two)
    await org(one, "/settings zone Pacific/Auckland")
    assert await zones_seen(two) == {"UTC"}
    assert "Time zone: Pacific/Auckland" in await org(two, "/settings")
    await org(one, "/settings zone Europe/Paris")
    two.now += timedelta(seconds=31)
    assert await zones_seen(two) == {"Europe/Paris"}


async def test_a_refused_change_leaves_no_trace_in_memory(workspace: Workspace) -> None:
    await org(workspace, "/settings")
    await org(workspace, "/settings retro-hours 336")
    assert "Retro opens: 48 hours" in await org(workspace, "/settings")
    _, remembered = await workspace.app._home(WHERE, workspace.now)
    assert remembered.prefs == Prefs()


@pytest.mark.parametrize(
    ("args", "name", "text", "found"),
    [
        ({}, "name", "quiet", ["quiet-from", "quiet-until"]),
        ({"name": "zone"}, "value", "berlin", ["Europe/Berlin"]),
        ({"name": "zone"}, "value", "berln", ["Europe/Berlin"]),
        ({"name": "principle-day"}, "value", "t", ["tue", "thu", "sat"]),
        ({"name": "principle-hour"}, "value", "2", ["2", "20", "21", "22", "23"]),
        ({"name": "hosts-channel"}, "value", "", ["here", "off"]),
        ({"name": "nothing"}, "value", "x", []),
    ],
)
async def test_choices_are_offered_while_typing(
    workspace: Workspace, args: dict[str, str], name: str, text: str, found: list[str]
) -> None:
    call = Call("settings", args, Caller(WHERE, "org", "org"), GENERAL)
    offered = [option.value for option in await workspace.app.suggest(call, name, text)]
    assert [each for each in offered if each in found] == found
    assert len(offered) <= OPTIONS


async def test_nothing_is_offered_to_others(workspace: Workspace) -> None:
    call = Call("settings", {"name": "zone"}, Caller(WHERE, "ada", "ada"), GENERAL)
    assert await workspace.app.suggest(call, "value", "berlin") == ()


def test_a_zone_is_read_as_it_is_written() -> None:
    for zone in ("Europe/Paris", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+3"):
        assert read_zone(f" {zone.upper()} ") == zone
