"""The Discord adapter where Discord is special: restarts, direct messages, limits, bad days."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Literal

import pytest
from discord import RateLimited

from adapters.discord import DiscordPlatform, client, commands, door, invite, render
from adapters.discord.pacer import in_our_words
from adapters.discord.parse import CustomId
from bot.actions import Feature, Long, Registry, Role
from bot.app import App
from bot.content import Content
from bot.context import Context
from bot.db import Database
from bot.errors import StartError, TryLater, Undeliverable, UserError
from bot.features import FEATURES
from bot.people import Address, Caller, Where
from bot.replies import (
    Button,
    Card,
    Choice,
    Field,
    File,
    OpenForm,
    Option,
    Picture,
    Press,
    Reply,
)
from tests.adapters import sample
from tests.adapters.discord_hands import DiscordHands, Drawn, platform_on, running, seen
from tests.adapters.sample import NASTY, png
from tests.conftest import Empty
from tests.standins.discord import Discord, NotAnswered, Permission, Rate

SEND = "POST /channels/{channel}/messages"
CALLBACK = "POST /interactions/{interaction}/{token}/callback"
SYNC = "PUT /applications/{application}/commands"
OPEN_DM = "POST /users/@me/channels"
Start = Callable[..., AbstractAsyncContextManager[DiscordPlatform]]

extra = Feature("extra")
HOWS = ("private", "public", "form", "refuse", "update", "public update")


@extra.command("slow")
async def slow(ctx: Context, how: Annotated[str, "How it answers"] = "private") -> Reply | OpenForm:
    """Take one's time."""
    await asyncio.sleep(0.3)
    match how:
        case "form":
            return sample.greet.form(ctx, tone="brief")
        case "refuse":
            raise UserError("Not today.")
        case "update" | "public update":
            return Reply(Card("Changed"), private=how == "update", update=True)
        case _:
            return Reply(Card("At last", buttons=slow_buttons()), private=how == "private")


def slow_buttons() -> tuple[Button, ...]:
    return tuple(slow.button(how, how=how) for how in HOWS)


@extra.command("board")
async def board(ctx: Context) -> Reply:
    """Show the slow buttons to all."""
    return Reply(Card("Board", buttons=slow_buttons()), private=False)


@extra.command("steps")
async def steps(ctx: Context, name: Annotated[str, "Name"]) -> OpenForm:
    """Ask for more once the first is known."""
    return sample.greet.form(ctx, name=name)


@extra.command("burst")
async def burst(ctx: Context) -> Reply:
    """Answer with more than Discord takes, which is a defect."""
    return Reply(Card("Too much", "<" * 3000))


@extra.action("gallery")
async def shown(ctx: Context, number: Annotated[int, "Number"]) -> Reply:
    if number == 9:
        await asyncio.sleep(0.2)
    return gallery(number)


def gallery(number: int) -> Reply:
    picture = Picture(File("dots.png", png(), "image/png"), f"Picture {number}")
    buttons = (shown.button("Next", number=number + 1), shown.button("Later", number=9))
    files = (File(f"{number}.txt", b"hello", "text/plain"),)
    card = Card("Gallery", buttons=buttons, picture=picture)
    return Reply(card, private=False, update=True, files=files)


@extra.command("essay")
async def essay(
    ctx: Context,
    theme: Annotated[str, "T" * 45],
    words: Annotated[str, "W" * 45, Long(3000)],
    pages: Annotated[int, "P" * 45],
    mood: Annotated[Literal["calm", "brisk"], "M" * 45] = "calm",
    final: Annotated[bool, "F" * 45] = False,
) -> Reply:
    """Write at length."""
    return Reply(Card("Essay", f"{len(theme)} {len(words)} {pages} {mood} {final}"))


REGISTRY = Registry([*FEATURES, sample.feature, extra])


@pytest.fixture
async def database(on_sqlite: Empty) -> AsyncIterator[Database]:
    """One is enough here: no query of the adapter's own exists."""
    async with on_sqlite() as database:
        yield database


@pytest.fixture
async def discord() -> AsyncIterator[Discord]:
    async with Discord() as discord:
        yield discord


@pytest.fixture
def start(discord: Discord, content: Content, database: Database) -> Start:
    """A new process: nothing is left of an earlier one but Discord and the database."""

    @asynccontextmanager
    async def started(registry: Registry = REGISTRY) -> AsyncIterator[DiscordPlatform]:
        platform = platform_on(discord)
        connect(platform, registry, content, database)
        async with running(platform):
            yield platform

    return started


def connect(
    platform: DiscordPlatform, registry: Registry, content: Content, database: Database
) -> None:
    app = App(
        registry,
        content,
        database,
        [platform],
        clock=lambda: datetime(2026, 5, 4, 9, tzinfo=UTC),
        new_id=lambda: secrets.token_hex(8),
    )
    platform.connect(app)


@pytest.fixture
async def hands(discord: Discord, start: Start) -> AsyncIterator[DiscordHands]:
    hands = DiscordHands(discord)
    async with start() as platform:
        hands.platform = platform
        yield hands


def where(hands: DiscordHands) -> Where:
    return Where("discord", str(hands.guild.id))


def in_general(hands: DiscordHands) -> Address:
    return Address(where(hands), channel=str(hands.general.id))


def to(hands: DiscordHands, who: str) -> Address:
    return Address(where(hands), user=str(hands.person(who).id))


def status(discord: Discord, route: str) -> list[int]:
    return [request.status for request in discord.requests if request.route == route]


HELLO = Reply(Card("Hello", "A *word*.", buttons=(sample.count.button("Count", number=1),)))


# Commands


def test_options_have_discords_own_types() -> None:
    payload = {each["name"]: each for each in commands.payload(REGISTRY)}
    name, times, tone, loud, note = payload["greet"]["options"]
    assert (name["type"], name["max_length"], name["description"]) == (3, 200, "Whom to greet")
    assert times["type"] == 4
    assert tone["choices"] == [
        {"name": "warm", "value": "warm"},
        {"name": "brief", "value": "brief"},
    ]
    assert loud["type"] == 5
    assert note["max_length"] == 300
    assert payload["principle"]["options"][0]["type"] == 4
    assert payload["principle"]["options"][0]["autocomplete"]
    assert not any("required" in option for option in payload["greet"]["options"])


def test_subcommands_stand_under_one_name() -> None:
    payload = {each["name"]: each for each in commands.payload(REGISTRY)}
    names = [option["name"] for option in payload["sample"]["options"]]
    assert names == ["all", "public", "channels"]
    assert "default_member_permissions" not in payload["sample"]
    assert "default_member_permissions" not in payload["organise"], "/role may have given the role"


def test_two_subcommands_of_one_name_fail_at_the_start() -> None:
    feature = Feature("twins")
    for name in ("twin", "twin show"):

        @feature.command(name)
        async def twin(ctx: Context) -> Reply:
            """Do something."""
            return HELLO

    with pytest.raises(ValueError, match="same name"):
        commands.payload(Registry([feature]))


async def test_commands_are_registered_only_when_they_changed(
    discord: Discord, start: Start
) -> None:
    for _ in range(2):
        async with start():
            pass
    assert status(discord, SYNC) == [200]
    async with start(Registry([sample.feature])):
        assert set(discord.commands) == {
            each.name.split()[0] for each in sample.feature.actions if each.typed
        }
    assert status(discord, SYNC) == [200, 200]


async def test_a_refused_sync_does_not_keep_the_bot_from_its_work(
    discord: Discord, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    hands = DiscordHands(discord)
    async with start():
        pass
    discord.traffic.fail(SYNC, 400)
    async with start(Registry([sample.feature])) as hands.platform:
        await hands.say("ada", "file")
    assert "commands could not be registered" in caplog.text


async def test_numbers_are_offered_as_numbers(hands: DiscordHands) -> None:
    choices = await hands.person("ada").type_option(hands.general, "principle", "number", "37")
    assert choices[0].value == 37


# Restarts


async def test_an_old_button_still_works_after_a_restart(discord: Discord, start: Start) -> None:
    hands = DiscordHands(discord)
    async with start() as hands.platform:
        await hands.say("ada", "sample")
    async with start() as hands.platform:
        await hands.press("ada", "Count")
        await hands.press("ada", "Count")
    assert hands.sees("ada")[-1].title == "Counted to 2"


async def test_a_form_that_was_open_is_read_after_a_restart(discord: Discord, start: Start) -> None:
    hands = DiscordHands(discord)
    async with start() as hands.platform:
        await hands.say("ada", "ask")
    async with start() as hands.platform:
        await hands.fill("ada", name="Grace", times=2)
    assert hands.sees("ada")[-1].text == "Grace 2 brief soft"


async def test_a_draft_survives_a_restart(discord: Discord, start: Start) -> None:
    hands = DiscordHands(discord)
    async with start() as hands.platform:
        await hands.say("ada", "ask")
        await hands.fill("ada", name="A long story", times=9, loud="yes")
    async with start() as hands.platform:
        await hands.press("ada", "Try again")
        form = hands.form("ada")
        assert form
        assert form.filled["Whom to greet"] == "A long story"
        await hands.fill("ada", times=3)
    assert hands.sees("ada")[-1].text == "A long story 3 brief loud"


async def test_nothing_that_was_sent_is_kept_in_memory(hands: DiscordHands) -> None:
    for _ in range(3):
        await hands.say("ada", "sample")
        await hands.press("ada", "Count")
        await hands.say("ada", "ask")
    await hands.platform.send(in_general(hands), HELLO, "a")
    store = hands.platform._client._connection._view_store
    assert not store._views
    assert not store._modals
    assert not store._synced_message_views


# Direct messages


async def test_a_press_in_a_direct_message_finds_its_community(hands: DiscordHands) -> None:
    hands.discord.guild("Another")
    sent = await hands.platform.send(to(hands, "ada"), HELLO, "n1")
    assert hands.person("ada").dms[-1].id == int(sent.message)
    for number in (1, 2):
        await hands.press("ada", "Count")
        assert [each.title for each in hands.sees("ada")] == [f"Counted to {number}"]


async def test_a_form_in_a_direct_message_finds_its_community(hands: DiscordHands) -> None:
    hands.discord.guild("Another")
    card = Card("A form", buttons=(sample.retry.button("Open it"),))
    await hands.platform.send(to(hands, "ada"), Reply(card), "n1")
    await hands.press("ada", "Open it")
    await hands.fill("ada", times=9)
    await hands.press("ada", "Try again")
    await hands.fill("ada", times=3)
    assert hands.sees("ada")[-1].text == "Known 3 warm soft"


async def test_the_direct_message_channel_is_opened_once(hands: DiscordHands) -> None:
    for nonce in ("a", "b", "c"):
        await hands.platform.send(to(hands, "ada"), HELLO, nonce)
    assert status(hands.discord, OPEN_DM) == [200]


async def test_a_command_in_a_direct_message_with_one_community(hands: DiscordHands) -> None:
    hands.in_dms.add("ada")
    await hands.say("ada", "sample")
    assert hands.sees("ada")[-1].private
    await hands.press("ada", "Count")
    assert [each.title for each in hands.sees("ada")] == ["Counted to 1"]
    assert hands.messages("ada")[-1].flags == 0


async def test_a_command_in_a_direct_message_with_several_communities(hands: DiscordHands) -> None:
    hands.person("ada")
    hands.in_dms |= {"ada", "eve"}
    hands.discord.guild("Another")
    await hands.say("ada", "sample")
    assert hands.sees("ada")[-1].buttons
    await hands.say("eve", "sample")
    assert "type it there" in hands.sees("eve")[-1].text
    assert await hands.suggestions("eve", "paint", "colour", "") == []


async def test_roles_are_asked_for_in_direct_messages(hands: DiscordHands) -> None:
    await hands.join("olga", Role.ORGANISER)
    hands.in_dms |= {"olga", "ada"}
    await hands.say("olga", "organise")
    assert hands.sees("olga")[-1].title == "Organised"
    await hands.say("ada", "organise")
    assert "for organisers" in hands.sees("ada")[-1].text
    hands.discord.traffic.fail("GET /guilds/{guild}/members/{user}", 503)
    await hands.say("olga", "organise")
    assert "Nothing was changed" in hands.sees("olga")[-1].text


async def test_roles_follow_discords_permissions(discord: Discord, start: Start) -> None:
    hands = DiscordHands(discord)
    grants = {
        Permission.MANAGE_EVENTS: Role.HOST,
        Permission.MANAGE_GUILD: Role.ORGANISER,
        Permission.ADMINISTRATOR: Role.ORGANISER,
        Permission.SEND_MESSAGES: Role.MEMBER,
    }
    granted = {hands.guild.role(str(grant), grant): role for grant, role in grants.items()}
    async with start() as platform:
        for grant, role in granted.items():
            person = discord.user("someone", roles=[grant])
            caller = Caller(where(hands), str(person.id), "someone")
            assert await platform.role_of(caller) is role
        stranger = Caller(where(hands), "1", "stranger")
        assert await platform.role_of(stranger) is Role.MEMBER
        elsewhere = replace(stranger, where=Where("discord", "1"))
        assert await platform.role_of(elsewhere) is Role.MEMBER


# Forms


async def test_what_is_known_but_too_long_for_the_id_is_asked_again(hands: DiscordHands) -> None:
    story = "A story with ümläuts " * 9
    await hands.say("ada", "greet", name=story, tone="brief")
    form = hands.form("ada")
    assert form
    assert form.filled["Whom to greet"] == story.strip() or form.filled["Whom to greet"] == story
    assert "In which tone" not in form.labels
    await hands.fill("ada", times=1)
    assert hands.sees("ada")[-1].text == f"{story.strip()} 1 brief soft"


async def test_defaults_are_chosen_already(hands: DiscordHands) -> None:
    await hands.say("ada", "greet")
    answers = hands.modals["ada"].interaction.modal
    assert answers
    menus = [each["component"] for each in answers["components"] if "options" in each["component"]]
    chosen = [option["label"] for menu in menus for option in menu["options"] if option["default"]]
    assert chosen == ["warm", "No"]
    await hands.fill("ada", name="Grace", times=1)
    assert hands.sees("ada")[-1].text == "Grace 1 warm soft"


async def test_a_form_after_a_form_waits_behind_a_button(hands: DiscordHands) -> None:
    await hands.say("ada", "steps")
    await hands.fill("ada", name="Grace")
    assert hands.form("ada") is None
    assert hands.sees("ada")[-1].private
    await hands.press("ada", "Open the form")
    await hands.fill("ada", times=1)
    assert hands.sees("ada")[-1].text == "Grace 1 warm soft"


async def test_a_waiting_form_of_an_older_version(discord: Discord, start: Start) -> None:
    hands = DiscordHands(discord)
    async with start() as hands.platform:
        await hands.say("ada", "steps")
        await hands.fill("ada", name="Grace")
    async with start(Registry([extra])):
        await hands.press("ada", "Open the form")
    assert "older version" in hands.sees("ada")[-1].text


# Late answers


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "PATIENCE", 0.05)


@pytest.mark.usefixtures("impatient")
async def test_late_answers_to_a_command(hands: DiscordHands) -> None:
    await hands.join("bob")
    await hands.say("ada", "slow")
    assert hands.sees("ada")[-1].title == "At last"
    assert hands.sees("bob") == []
    await hands.say("ada", "slow", how="refuse")
    assert hands.sees("ada")[-1].text == "Not today."
    await hands.say("ada", "slow", how="public")
    await hands.discord.until(lambda: hands.sees("bob"))
    assert hands.sees("bob")[-1].title == "At last"
    assert not hands.sees("bob")[-1].private


@pytest.mark.usefixtures("impatient")
async def test_a_late_form_waits_behind_a_button(hands: DiscordHands) -> None:
    await hands.say("ada", "slow", how="form")
    await hands.press("ada", "Open the form")
    await hands.fill("ada", name="Grace", times=2)
    await hands.say("ada", "board")
    await hands.press("ada", "form")
    await hands.discord.until(lambda: "Open the form" in hands.sees("ada")[-1].buttons)
    assert hands.sees("ada")[-1].private


@pytest.mark.usefixtures("impatient")
async def test_late_answers_to_a_press(hands: DiscordHands) -> None:
    await hands.join("bob")
    await hands.say("ada", "board")
    await hands.discord.until(lambda: hands.sees("bob"))
    await hands.press("bob", "private")
    await hands.discord.until(lambda: hands.sees("bob")[-1].title == "At last")
    assert hands.sees("bob")[-1].private
    await hands.press("bob", "update")
    await hands.discord.until(lambda: hands.sees("bob")[-1].title == "Changed")
    assert [each.title for each in hands.sees("bob")] == ["Board", "Changed"]
    await hands.press("ada", "public update")
    await hands.discord.until(lambda: hands.sees("ada")[-1].title == "Changed")
    assert hands.sees("bob")[0].title == "Changed"


async def test_an_answer_that_comes_too_late_is_only_logged(
    hands: DiscordHands, caplog: pytest.LogCaptureFixture
) -> None:
    hands.discord.desk.answer_within = 0.1
    with pytest.raises(NotAnswered):
        await hands.say("ada", "slow")
    await hands.discord.until(lambda: "An answer came too late" in caplog.text)
    hands.discord.desk.answer_within = 3.0
    await hands.say("ada", "file")


async def test_what_can_not_be_shown_is_said(
    hands: DiscordHands, caplog: pytest.LogCaptureFixture
) -> None:
    await hands.say("ada", "burst")
    assert "can't show the answer" in hands.sees("ada")[-1].text
    assert "Discord takes 4,096" in caplog.text


async def test_an_answer_that_gets_lost_is_given_once(hands: DiscordHands) -> None:
    for trouble in (hands.discord.traffic.lose, hands.discord.traffic.fail):
        trouble(CALLBACK)
        await hands.say("ada", "file")
    assert [each.title for each in hands.sees("ada")] == ["A file", "A file"]


@pytest.mark.usefixtures("impatient")
async def test_pictures_travel_every_way(hands: DiscordHands) -> None:
    for channel in (in_general(hands), to(hands, "ada")):
        sent = await hands.platform.send(channel, gallery(1), "n1")
        await hands.platform.edit(sent, gallery(2))
        assert hands.sees("ada")[-1].alt == "Picture 2"
        await hands.press("ada", "Next")
        await hands.discord.until(lambda: hands.sees("ada")[-1].alt == "Picture 3")
        assert hands.sees("ada")[-1].files == ("3.txt",)
        await hands.press("ada", "Later")
        await hands.discord.until(lambda: hands.sees("ada")[-1].alt == "Picture 9")


async def test_an_answer_that_discord_fails_to_take_is_excused(hands: DiscordHands) -> None:
    hands.discord.traffic.fail(CALLBACK, 500, times=2)
    await hands.say("ada", "file")
    assert "can't show the answer" in hands.sees("ada")[-1].text


# Sending


async def test_a_message_is_sent_edited_and_threaded(hands: DiscordHands) -> None:
    sent = await hands.platform.send(in_general(hands), replace(HELLO, thread="Talk"), "n1")
    message = hands.general.messages[-1]
    assert message.data["nonce"] == "n1"
    assert message.thread
    assert message.thread.name == "Talk"
    await hands.platform.edit(sent, Reply(Card("Newer")))
    assert [seen(each).title for each in hands.general.messages] == ["Newer"]
    assert message.buttons == []


async def test_a_thread_that_does_not_open_is_no_reason_to_send_again(
    hands: DiscordHands, caplog: pytest.LogCaptureFixture
) -> None:
    hands.discord.traffic.fail("POST /channels/{channel}/messages/{message}/threads", 403)
    await hands.platform.send(in_general(hands), replace(HELLO, thread="Talk"), "n1")
    assert "No thread under message" in caplog.text


async def test_closed_direct_messages(hands: DiscordHands) -> None:
    hands.person("ada").dms_closed = True
    with pytest.raises(Undeliverable, match="no direct messages"):
        await hands.platform.send(to(hands, "ada"), HELLO, "n1")


async def test_places_where_i_may_not_write(hands: DiscordHands) -> None:
    platform, everyone = hands.platform, hands.guild.everyone
    assert await platform.obstacle(in_general(hands)) is None
    assert await platform.obstacle(to(hands, "ada")) is None
    silent, hidden = hands.guild.channel("silent"), hands.guild.channel("hidden")
    silent.deny(everyone, Permission.SEND_MESSAGES | Permission.EMBED_LINKS)
    hidden.deny(everyone, Permission.VIEW_CHANNEL)
    for number, says, obstacle in (
        (silent.id, "Allow my role to send", "my role: Send Messages, Embed Links"),
        (hidden.id, "can't see the channel", "my role: View Channel"),
        (1, "The channel is gone", "Choose another one"),
    ):
        address = Address(where(hands), channel=str(number))
        with pytest.raises(Undeliverable, match=says):
            await platform.send(address, HELLO, f"n{number}")
        assert obstacle in (await platform.obstacle(address) or "")
    odd = Address(where(hands), channel="general/../")
    assert "Choose another one" in (await platform.obstacle(odd) or "")
    with pytest.raises(Undeliverable):
        await platform.send(odd, HELLO, "odd")
    gone = Address(Where("discord", "1"), channel="1")
    assert "Invite me again" in (await platform.obstacle(gone) or "")


async def test_a_lost_answer_is_sent_again_and_arrives_once(hands: DiscordHands) -> None:
    hands.discord.traffic.lose(SEND)
    with pytest.raises(TryLater):
        await hands.platform.send(in_general(hands), HELLO, "n1")
    await hands.platform.send(in_general(hands), HELLO, "n1")
    assert len(hands.general.messages) == 1


async def test_trouble_at_discord_is_tried_later(hands: DiscordHands) -> None:
    for trouble, says in ((503, "has trouble"), (401, "has trouble"), (429, "slow down")):
        hands.discord.traffic.fail(SEND, trouble)
        with pytest.raises(TryLater, match=says):
            await hands.platform.send(in_general(hands), HELLO, "n1")


async def test_a_rate_limit_is_waited_out(hands: DiscordHands) -> None:
    hands.discord.traffic.rates[SEND] = Rate(2, 0.2)
    for number in range(5):
        await hands.platform.send(in_general(hands), HELLO, f"n{number}")
    assert len(hands.general.messages) == 5
    hands.discord.traffic.global_rate = Rate(1, 0.2)
    for number in range(3):
        await hands.platform.send(in_general(hands), HELLO, f"m{number}")
    assert len(hands.general.messages) == 8
    assert 429 in status(hands.discord, SEND)


def test_a_long_wait_is_told() -> None:
    refusal = in_our_words(RateLimited(40.0))
    assert isinstance(refusal, TryLater)
    assert refusal.after == 40.0


async def test_what_comes_before_or_after_the_connection_is_tried_later(discord: Discord) -> None:
    hands = DiscordHands(discord)
    platform = platform_on(discord)
    with pytest.raises(TryLater, match="not connected"):
        await platform.role_of(Caller(where(hands), "1", "Ada"))
    with pytest.raises(TryLater, match="not connected"):
        await platform.send(in_general(hands), HELLO, "n1")
    told = [check async for check in platform.checks(REGISTRY)]
    assert [check.ok for check in told] == [True, True, True, False]
    assert told[-1].about == "Discord commands"
    with pytest.raises(TryLater, match="not connected"):
        await platform.send(in_general(hands), HELLO, "n1")


async def test_a_crowd_is_paced(hands: DiscordHands) -> None:
    channels = [hands.guild.channel(f"room-{number}") for number in range(60)]
    addresses = [Address(where(hands), channel=str(channel.id)) for channel in channels]
    sends = (hands.platform.send(to, HELLO, f"n{n}") for n, to in enumerate(addresses))
    await asyncio.gather(*sends)
    assert status(hands.discord, SEND) == [200] * 60


# Connections


async def begun(hands: DiscordHands) -> asyncio.Task[None]:
    """An answer that takes its time."""
    saying = asyncio.create_task(hands.say("ada", "slow"))
    await hands.discord.until(lambda: hands.platform._door._answering)
    return saying


async def test_a_dropped_gateway_resumes_and_misses_nothing(hands: DiscordHands) -> None:
    under_way = await begun(hands)
    hands.discord.gateway.drop()
    await hands.say("bob", "file")
    await under_way
    assert hands.sees("ada")[-1].title == "At last"
    assert hands.sees("bob")[-1].title == "A file"
    assert hands.discord.gateway.resumes == 1


async def test_an_answer_under_way_is_given_at_shutdown(discord: Discord, start: Start) -> None:
    hands = DiscordHands(discord)
    async with start() as hands.platform:
        under_way = await begun(hands)
    await under_way
    assert hands.sees("ada")[-1].title == "At last"
    await discord.until(lambda: not discord.gateway.connected)


async def test_an_answer_that_never_ends_does_not_hold_up_the_shutdown(
    discord: Discord, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "GRACE", 0.05)
    discord.desk.answer_within = 0.5
    hands = DiscordHands(discord)
    async with start() as hands.platform:
        under_way = await begun(hands)
    with pytest.raises(NotAnswered):
        await under_way


async def test_shutdown_leaves_nothing_behind(discord: Discord, start: Start) -> None:
    before = asyncio.all_tasks()
    async with start() as platform:
        pass
    await platform.close()
    await asyncio.sleep(0.05)
    left = {task.get_coro() for task in asyncio.all_tasks() - before}
    assert not [coro for coro in left if "standins" not in str(coro) and "aiohttp" not in str(coro)]


async def test_a_wrong_token_is_one_line(
    discord: Discord, content: Content, database: Database
) -> None:
    for token in ("wrong", "wr\nong", ""):
        platform = DiscordPlatform(token, discord.api, discord.gateway_url)
        connect(platform, REGISTRY, content, database)
        with pytest.raises(StartError, match="Discord does not know this token"):
            await platform.run()
        (check,) = [check async for check in DiscordPlatform(token, discord.api).checks(REGISTRY)]
        assert not check.ok
        assert "\n" not in check.says
        assert token not in check.says or not token


async def test_no_discord_is_one_line() -> None:
    platform = DiscordPlatform("token", "http://127.0.0.1:1/api/v10")
    (check,) = [check async for check in platform.checks(REGISTRY)]
    assert "can't be reached" in check.says


async def test_checks_before_and_after_the_first_run(
    discord: Discord, start: Start, content: Content, database: Database
) -> None:
    def doctor() -> DiscordPlatform:
        platform = platform_on(discord)
        connect(platform, REGISTRY, content, database)
        return platform

    first = {check.about: check async for check in doctor().checks(REGISTRY)}
    assert invite.link(str(discord.bot.id)) in first["Discord servers"].says
    assert not first["Discord commands"].ok
    guild = discord.guild("Gathering")
    discord.guild("Poor", bot_permissions=Permission.VIEW_CHANNEL)
    guild.everyone.permissions = 0
    async with start():
        pass
    later = {check.about: check async for check in doctor().checks(REGISTRY)}
    assert later["Discord commands"].ok
    assert later["Discord server Gathering"].ok
    assert "Create Events" in later["Discord server Poor"].says
    assert not discord.gateway.connected


async def test_no_token_is_logged(hands: DiscordHands, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("discord").setLevel(logging.NOTSET)
    caplog.set_level(logging.DEBUG)
    platform = platform_on(hands.discord)
    await hands.say("ada", "sample")
    assert hands.discord.interactions[-1].token not in caplog.text
    assert hands.discord.token not in caplog.text
    await platform.close()


async def test_trouble_while_checking_is_one_line(discord: Discord) -> None:
    discord.guild("Gathering")
    discord.traffic.fail("GET /guilds/{guild}", 503)
    last = [check async for check in platform_on(discord).checks(REGISTRY)][-1]
    assert (last.ok, last.says) == (False, "Discord has trouble.")


# Limits


def fullest() -> Reply:
    """Each part at its limit; what all of it may have together is divided between them."""
    days = tuple(
        Option(f"{number:02}" + "d" * 73, f"{number:02}" + "v" * 73, "h" * 75)
        for number in range(25)
    )
    fields = tuple(Field("N" * 150, "v" * 150) for _ in range(9))
    return Reply(
        Card(
            "T" * 150,
            "word " * 430,
            (Field("N" * 150, "v" * 300), *fields),
            tuple(
                sample.count.button(f"{number:02}" + "b" * 73, number=number)
                for number in range(20)
            ),
            Choice("c" * 75, sample.pick.press(), "day", days),
            Picture(File("dots.png", png(), "image/png"), "a" * 1000),
        ),
        files=tuple(File(f"{number}.txt", b"hello") for number in range(9)),
    )


async def test_a_card_at_every_limit(hands: DiscordHands) -> None:
    for number, reply in enumerate(
        [fullest(), Reply(Card("t", "x" * 3000, (Field("n", "v" * 1000), Field("m", "w" * 1000))))]
    ):
        await hands.platform.send(in_general(hands), reply, f"n{number}")
        assert seen(hands.general.messages[-1]).title == reply.card.title
    message = hands.general.messages[0]
    assert len(message.buttons) == 20
    assert len(message.data["attachments"]) == 9
    await hands.choose("ada", "24" + "d" * 73)


async def test_a_form_at_every_limit(hands: DiscordHands) -> None:
    await hands.say("ada", "essay", mood="brisk")
    await hands.fill("ada", theme="t" * 200, words="w" * 3000, pages=999_999_999, final="yes")
    assert hands.sees("ada")[-1].text == "200 3000 999999999 brisk True"


def test_symbols_alone_do_not_burst_a_title() -> None:
    drawn = render.message(Reply(Card("*" * 150, fields=(Field("_" * 150, "x"),))))
    embed = drawn.body["embeds"][0]
    assert len(embed["title"]) <= 256
    assert Drawn(embed["title"]).text.endswith("…")


def test_the_longest_press_still_fits_in_a_direct_message() -> None:
    press = Press("a" * 72)
    assert len(CustomId(press, space="1" * 20).encoded()) == 93
    with pytest.raises(ValueError, match="Discord takes 100"):
        CustomId(press, pick="p" * 32)


@pytest.mark.parametrize(
    "carried",
    [
        CustomId(Press("help")),
        CustomId(Press("principle read", (("number", "37"), ("part", "*!#?&="))), space="42"),
        CustomId(Press("sample pick"), pick="day"),
        CustomId(Press("greet", (("name", "Zoë"),)), form="0f3c", space="42"),
    ],
)
def test_custom_ids_come_back_as_they_went(carried: CustomId) -> None:
    assert CustomId.decode(carried.encoded()) == carried


# Words


@pytest.mark.parametrize(
    ("markup", "drawn"),
    [
        ("A **strong** *word*", "A **strong** *word*"),
        ("**two\nlines**", "**two lines**"),
        ("***both***", "***both***"),
        ("`a_b` and ``c`d``", "`a_b` and `` c`d ``"),
        ("[**x**](https://a.example/b)", "**[x](<https://a.example/b>)**"),
        ("[Friday](time:1765564200)", "<t:1765564200:F>"),
        ("- one\n- two\n\n3. three", "- one\n- two\n3. three"),
        ("> said\n\nheard", "> said\n\nheard"),
        ("```\nCopy *me*\n```", "```\nCopy *me*\n```"),
        (
            "\\# no heading\n\n\\- no item\n\n1\\. no\n\n\\> no",
            "\\# no heading\n\n\\- no item\n\n1\\. no\n\n\\> no",
        ),
        ("see https://a.example, :smile: at 18:30", "see https\\://a.example, \\:smile: at 18:30"),
        (
            "@everyone <@1> ||x|| ~~y~~ snake_case",
            "\\@everyone \\<\\@1> \\|\\|x\\|\\| \\~\\~y\\~\\~ snake\\_case",
        ),
    ],
)
def test_markup_in_discords_dialect(markup: str, drawn: str) -> None:
    assert render.markdown(markup) == drawn


def test_a_fence_can_not_be_closed_from_inside() -> None:
    drawn = render.markdown("````\na\n```\n@everyone\n````")
    assert drawn.count("```") == 2


def test_the_eyes_of_these_tests_are_sharp() -> None:
    drawn = Drawn(NASTY)
    assert drawn.mentions == ["<@U1>", "@everyone"]
    assert drawn.text != NASTY


def test_the_invite_asks_for_what_is_explained() -> None:
    assert invite.permissions().value == 17_901_423_807_488
    assert not invite.permissions().administrator
    text = invite.invite_text("42")
    assert "client_id=42" in text
    assert "permissions=17901423807488" in text
    assert "scope=bot+applications.commands" in text
    for name in ("Create Events", "Send Messages in Threads", "guild_scheduled_events"):
        assert name in text
    assert "YOUR_APPLICATION_ID" in invite.invite_text()
