"""The Discord stand-in against a stock discord.py: what the client sees, and what it is refused."""

import asyncio
import json
import sys
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from yarl import URL

from tests.standins.discord import (
    Discord,
    Guild,
    Impossible,
    Intent,
    Modal,
    NotAnswered,
    Permission,
    Person,
    Rate,
)

with warnings.catch_warnings():  # discord.py imports audioop, which Python 3.11 and 3.12 deprecate
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord
    from discord import app_commands, ui
    from discord.gateway import DiscordWebSocket

SEND = "POST /channels/{channel}/messages"
CALLBACK = "POST /interactions/{interaction}/{token}/callback"
Raw = Callable[..., Awaitable[tuple[int, Any]]]


class Bot(discord.AutoShardedClient):
    """Nothing of discord.py is replaced; two settings make it quick enough for tests."""

    def __init__(self, **intents: bool) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, guild_scheduled_events=True, **intents),
            guild_ready_timeout=0.02,  # else `ready` waits 2 s for more guilds
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.tree = app_commands.CommandTree(self)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Else every shard but the first waits 5 s."""


@pytest.fixture
async def standin(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Discord]:
    async with Discord() as standin:
        monkeypatch.setattr(discord.http.Route, "BASE", standin.api)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", URL(standin.gateway_url))
        yield standin


@pytest.fixture
def guild(standin: Discord) -> Guild:
    return standin.guild("Gathering")


@pytest.fixture
def ada(standin: Discord, guild: Guild) -> Person:
    return standin.user("Ada")


@asynccontextmanager
async def running(standin: Discord, bot: Bot) -> AsyncIterator[Bot]:
    await bot.login(standin.token)
    if bot.tree.get_commands():
        await bot.tree.sync()
    connection = asyncio.create_task(bot.connect())
    try:
        await bot.wait_until_ready()
        yield bot
    finally:
        await bot.close()
        await connection


@pytest.fixture
async def bot(standin: Discord, guild: Guild) -> AsyncIterator[Bot]:
    """A bot without commands, for what it does of itself."""
    async with running(standin, Bot()) as bot:
        yield bot


@pytest.fixture
async def raw(standin: Discord) -> AsyncIterator[Raw]:
    """Requests that discord.py would never send."""
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {standin.token}"}) as session:

        async def request(method: str, path: str, body: Any = None) -> tuple[int, Any]:
            async with session.request(method, standin.api + path, json=body) as answer:
                assert answer.headers["Content-Type"] == "application/json"
                return answer.status, await answer.json()

        yield request


def answering(respond: Callable[[discord.Interaction], Awaitable[Any]], **intents: bool) -> Bot:
    """A bot whose one command, /go, does this."""
    bot = Bot(**intents)

    @bot.tree.command()
    async def go(interaction: discord.Interaction) -> None:
        """Go."""
        await respond(interaction)

    return bot


# Connecting


async def test_shards_connect_and_tell_what_they_want(standin: Discord) -> None:
    standin.gateway.shards = 2
    guild, other = standin.guild("Gathering"), standin.guild("Elsewhere")
    async with running(standin, Bot()) as bot:
        assert {g.id: g.shard_id for g in bot.guilds} == {guild.id: 0, other.id: 1}
        assert [i["shard"] for i in standin.gateway.identifies] == [[0, 2], [1, 2]]
        assert standin.gateway.identifies[0]["intents"] == Intent.GUILDS | Intent.SCHEDULED_EVENTS
        assert standin.gateway.heartbeats >= 2
        assert len(standin.gateway.connected) == 2
    await standin.until(lambda: not standin.gateway.sessions)


async def test_a_wrong_token_is_refused_at_both_doors(standin: Discord) -> None:
    bot = Bot()
    with pytest.raises(discord.LoginFailure):
        await bot.login("wrong")
    await bot.close()
    assert standin.traffic.invalid == 1
    assert await closed_with(standin, {"op": 2, "d": {"token": "wrong", "intents": 1}}) == 4004


async def test_a_privileged_intent_must_be_switched_on(standin: Discord, guild: Guild) -> None:
    bot = Bot(members=True)
    await bot.login(standin.token)
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await bot.connect()
    standin.gateway.privileged = Intent.MEMBERS
    joined: asyncio.Queue[discord.Member] = asyncio.Queue()
    async with running(standin, Bot(members=True)) as bot:
        bot.event(named("on_member_join", joined.put))
        ada = standin.user("Ada")
        assert (await joined.get()).id == ada.id


async def test_a_silent_client_is_closed(standin: Discord) -> None:
    standin.gateway.heartbeat_interval = 0.05
    assert await closed_with(standin, {"op": 1, "d": None}) == 4009
    assert await closed_with(standin, {"op": 8, "d": {}}) == 4003


async def closed_with(standin: Discord, frame: dict[str, Any]) -> int | None:
    """The code with which the gateway closes on a client that says only this."""
    url = f"{standin.gateway_url}?v=10&encoding=json"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        await socket.send_json(frame)
        async for _ in socket:
            pass
        return socket.close_code


async def test_identifying_too_often_is_refused(standin: Discord) -> None:
    standin.gateway.identify_every = 5
    frame = {"op": 2, "d": {"token": standin.token, "intents": 1}}
    url = f"{standin.gateway_url}?v=10&encoding=json"
    async with aiohttp.ClientSession() as session:
        for first in (0, 9):  # READY, then INVALID_SESSION
            async with session.ws_connect(url) as socket:
                await socket.send_json(frame)
                assert [(await socket.receive_json())["op"] for _ in range(2)] == [10, first]


def named(name: str, callback: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """For `Client.event`, which goes by the function's name."""

    async def listener(*arguments: Any) -> None:
        await callback(*(arguments if len(arguments) == 1 else [arguments]))

    listener.__name__ = name
    return listener


async def test_nothing_is_missed_while_the_gateway_is_down(
    standin: Discord, guild: Guild, ada: Person
) -> None:
    bot = answering(lambda i: i.response.send_message("still here"))
    events: list[str] = []
    async with running(standin, bot):
        bot.event(named("on_scheduled_event_create", lambda event: noted(events, event.name)))
        standin.gateway.drop()
        assert not standin.gateway.connected
        for number in range(3):
            ada.schedule(guild, f"Talk {number}", soon(1), soon(2), location="Here")
        reply = await ada.command(guild.channel("general"), "go")
    assert reply.text == "still here"
    assert events == ["Talk 0", "Talk 1", "Talk 2"]
    assert (standin.gateway.resumes, len(standin.gateway.identifies)) == (1, 1)


async def noted(into: list[Any], value: Any) -> None:
    into.append(value)


def soon(hours: float) -> datetime:
    return datetime.now(UTC) + timedelta(hours=hours)


async def test_reconnects_and_begins_anew_when_told(standin: Discord, bot: Bot) -> None:
    standin.gateway.ask_to_reconnect()
    await standin.until(lambda: standin.gateway.resumes == 1)
    standin.gateway.invalidate()
    await standin.until(lambda: len(standin.gateway.identifies) == 2)


async def test_the_bot_hears_of_its_removal(standin: Discord, bot: Bot, guild: Guild) -> None:
    channel = bot.get_channel(guild.channel("general").id)
    gone: asyncio.Queue[Any] = asyncio.Queue()
    bot.event(named("on_guild_channel_delete", gone.put))
    bot.event(named("on_guild_remove", gone.put))
    guild.channel("general").delete()
    assert (await gone.get()).id == channel.id
    with pytest.raises(discord.NotFound) as error:
        await channel.send("anyone?")
    assert error.value.code == 10003
    guild.remove_bot()
    assert (await gone.get()).id == guild.id
    with pytest.raises(discord.Forbidden) as error:
        await bot.fetch_guild(guild.id)
    assert error.value.code == 50001


# Commands and their answers


async def test_a_command_is_answered_with_a_card_that_changes_in_place(
    standin: Discord, guild: Guild, ada: Person
) -> None:
    ben = standin.user("Ben")
    bot = Bot()
    general = guild.channel("general")

    @bot.tree.command()
    async def principle(
        interaction: discord.Interaction,
        number: app_commands.Range[int, 1, 52],
        to: discord.Member | None = None,
    ) -> None:
        """Read one of the 52 principles."""
        assert interaction.permissions.use_application_commands
        assert interaction.channel_id == general.id
        card = discord.Embed(title=f"Principle {number}", description=f"For {to or 'all'}")
        await interaction.response.send_message(embed=card, view=Questions())

    class Questions(ui.View):
        def __init__(self) -> None:
            super().__init__(timeout=None)

        @ui.button(label="Coaching questions", custom_id="coach:37")
        async def coach(self, interaction: discord.Interaction, button: ui.Button[Any]) -> None:
            await interaction.response.edit_message(content="What would you try?", view=None)

    async with running(standin, bot):
        card = await ada.command(general, "principle", number=37, to=ben)
        assert card.text == "Principle 37\nFor ben"
        assert card.buttons == ["Coaching questions"]
        assert general.messages == [card]
        same = await ben.press(card, "Coaching questions")
        assert same is card
        assert (card.content, card.buttons, len(card.versions)) == ("What would you try?", [], 1)
        with pytest.raises(Impossible, match="no button"):
            await ada.press(card, "Coaching questions")
        with pytest.raises(Impossible, match="not between 1 and 52"):
            await ada.command(general, "principle", number=53)
        first = standin.commands["principle"]["id"]
        await bot.tree.sync()
    assert standin.commands["principle"]["id"] == first
    assert [request.status for request in standin.requests if request.route == CALLBACK] == [
        200
    ] * 2


async def test_a_private_reply_is_seen_by_one(
    standin: Discord, guild: Guild, ada: Person, raw: Raw
) -> None:
    general = guild.channel("general")
    bot = answering(lambda i: i.response.send_message("only you", ephemeral=True))
    async with running(standin, bot):
        reply = await ada.command(general, "go")
        assert (await ada.command(ada.dm, "go")).text == "only you"
    assert reply.private
    assert ada.reads(general) == [reply]
    assert general.messages == standin.user("Ben").reads(general) == []
    status, error = await raw("GET", f"/channels/{general.id}/messages/{reply.id}")
    assert (status, error["code"]) == (404, 10008)


async def test_a_deferred_answer_and_a_follow_up(
    standin: Discord, guild: Guild, ada: Person
) -> None:
    async def respond(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        await asyncio.sleep(0.05)
        await interaction.edit_original_response(content="thought it over")
        await interaction.followup.send("one more thing")
        await interaction.followup.send("between us", ephemeral=True)
        assert (await interaction.original_response()).content == "thought it over"

    async with running(standin, answering(respond)):
        reply = await ada.command(guild.channel("general"), "go")
        assert reply.text == "thought it over"
        assert reply.private
        assert reply.versions[0]["content"] == ""
        await standin.until(lambda: len(ada.reads(guild.channel("general"))) == 3)
    assert [message.text for message in guild.channel("general").messages] == ["one more thing"]


class Board(ui.LayoutView):
    card: ui.Container[Any] = ui.Container(
        ui.TextDisplay("# This week"),
        ui.Section("Demo night", accessory=ui.Button(label="Sign up", custom_id="sign-up")),
        ui.Separator(),
        accent_colour=0xFF8800,
    )


async def test_components_v2_in_a_thread(standin: Discord, guild: Guild, ada: Person) -> None:
    async def respond(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(view=Board(timeout=None))

    bot = answering(respond)

    async def pressed(interaction: discord.Interaction) -> None:
        if interaction.type is discord.InteractionType.component:
            await interaction.response.send_message(interaction.channel.name)

    bot.event(named("on_interaction", pressed))
    async with running(standin, bot):
        opener = await bot.get_channel(guild.channel("general").id).send("Let's talk")
        await opener.create_thread(name="This week")
        board = await ada.command(guild.threads[0], "go")
        assert board.text == "# This week\nDemo night"
        assert (await ada.press(board, "Sign up")).text == "This week"


class SignUp(ui.Modal, title="Demo sign-up"):
    name: ui.Label[Any] = ui.Label(
        text="What do you show?", component=ui.TextInput(custom_id="title", max_length=20)
    )
    minutes: ui.TextInput[Any] = ui.TextInput(label="Minutes", default="5", required=False)
    day: ui.Label[Any] = ui.Label(
        text="Which day?",
        component=ui.Select(options=[discord.SelectOption(label="Friday", value="5")]),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        answers = [self.name.component.value, self.minutes.value, *self.day.component.values]
        await interaction.response.send_message(" · ".join(answers), ephemeral=True)


async def test_a_form_is_filled_in(standin: Discord, guild: Guild, ada: Person, raw: Raw) -> None:
    bot = answering(lambda i: i.response.send_modal(SignUp()))
    async with running(standin, bot):
        form = await ada.command(guild.channel("general"), "go")
        assert isinstance(form, Modal)
        assert form.fields == {"What do you show?": None, "Minutes": "5", "Which day?": None}
        with pytest.raises(Impossible, match="from 1 to 20"):
            await ada.submit(form, title="x" * 21, which_day="Friday")
        with pytest.raises(Impossible, match="not offered"):
            await ada.submit(form, title="A parser", which_day="Sunday")
        with pytest.raises(Impossible, match="doesn't ask for"):
            await ada.submit(form, title="A parser", which_day="Friday", colour="red")
        reply = await ada.submit(form, title="A parser", which_day="Friday")
    assert reply.text == "A parser · 5 · 5"


async def test_no_form_answers_a_form(standin: Discord, guild: Guild, ada: Person) -> None:
    class Again(SignUp, title="Again"):
        async def on_submit(self, interaction: discord.Interaction) -> None:
            with pytest.raises(discord.HTTPException, match="Value must be one of"):
                await interaction.response.send_modal(SignUp())
            await interaction.response.send_message("no second form")

    async with running(standin, answering(lambda i: i.response.send_modal(Again()))):
        form = await ada.command(guild.channel("general"), "go")
        reply = await ada.submit(form, title="A parser", which_day="Friday")
    assert reply.text == "no second form"


class Menus(ui.View):
    @ui.select(
        placeholder="Day",
        max_values=2,
        options=[discord.SelectOption(label="Friday", value="5"), discord.SelectOption(label="6")],
    )
    async def day(self, interaction: discord.Interaction, menu: ui.Select[Any]) -> None:
        await interaction.response.send_message(f"days {menu.values}")

    @ui.select(cls=ui.UserSelect, placeholder="Who")
    async def who(self, interaction: discord.Interaction, menu: ui.UserSelect[Any]) -> None:
        await interaction.response.send_message(f"hello {menu.values[0].mention}")


async def test_menus(standin: Discord, guild: Guild, ada: Person) -> None:
    bot = answering(lambda i: i.response.send_message("choose", view=Menus()))
    async with running(standin, bot):
        message = await ada.command(guild.channel("general"), "go")
        assert (await ada.choose(message, "Friday", "6")).text == "days ['5', '6']"
        assert (await ada.choose(message, ada, menu="Who")).text == f"hello <@{ada.id}>"
        with pytest.raises(Impossible, match="Sunday"):
            await ada.choose(message, "Sunday")


async def test_typing_offers_choices(standin: Discord, guild: Guild, ada: Person) -> None:
    bot, general = Bot(), guild.channel("general")

    @bot.tree.command()
    async def zone(interaction: discord.Interaction, name: str) -> None:
        """Set your time zone."""

    @zone.autocomplete("name")
    async def complete(interaction: discord.Interaction, typed: str) -> list[Any]:
        count = 26 if typed == "many" else 2
        return [app_commands.Choice(name=f"{typed} {n}", value=str(n)) for n in range(count)]

    async with running(standin, bot):
        choices = await ada.type_option(general, "zone", "name", "Ber")
        assert choices == [("Ber 0", "0"), ("Ber 1", "1")]
        standin.desk.answer_within = 0.3
        with pytest.raises(NotAnswered, match="25 or fewer"):
            await ada.type_option(general, "zone", "name", "many")


async def test_a_file_comes_with_a_command(standin: Discord, guild: Guild, ada: Person) -> None:
    """The client gets its name, its size, and an address that holds for a day."""
    bot, general, got = Bot(), guild.channel("general"), list[discord.Attachment]()

    @bot.tree.command()
    async def bring(interaction: discord.Interaction, file: discord.Attachment) -> None:
        """Bring a file."""
        got.append(file)
        await interaction.response.send_message("Thank you", ephemeral=True)

    async def status(address: str) -> int:
        async with aiohttp.ClientSession() as session, session.get(address) as answer:
            return answer.status

    async with running(standin, bot):
        await ada.command(general, "bring", file=ada.attach("a list.csv", b"a,b"))
        (file,) = got
        assert (file.filename, file.size, file.ephemeral) == ("a_list.csv", 3, True)
        assert await status(file.url) == 200
        assert await status(file.url.replace("ex=", "ex=f")) == 404
        assert await status(file.url.partition("?")[0]) == 404
        standin.clock.advance(25 * 60 * 60)
        assert await status(file.url) == 404
        with pytest.raises(Impossible, match="wrong kind"):
            await ada.command(general, "bring", file="https://lists.example/x")
        with pytest.raises(Impossible, match="can upload"):
            ada.attach("film.mov", b"x" * (10 * 2**20 + 1))


async def test_who_is_offered_a_command(standin: Discord, guild: Guild, ada: Person) -> None:
    host = guild.role("host", Permission.MANAGE_EVENTS)
    cyd = standin.user("Cyd", roles=[host])
    bot, general = Bot(), guild.channel("general")
    event = app_commands.Group(
        name="event",
        description="Events",
        guild_only=True,
        default_permissions=discord.Permissions(manage_events=True),
    )

    @event.command()
    async def create(interaction: discord.Interaction) -> None:
        """Create one."""
        await interaction.response.send_message("created")

    bot.tree.add_command(event)
    async with running(standin, bot):
        assert (await cyd.command(general, "event create")).text == "created"
        with pytest.raises(Impossible, match="hidden"):
            await ada.command(general, "event create")
        with pytest.raises(Impossible, match="direct messages"):
            await cyd.command(cyd.dm, "event create")
        with pytest.raises(Impossible, match="needs one of"):
            await cyd.command(general, "event")
        general.deny(host, Permission.VIEW_CHANNEL)
        with pytest.raises(Impossible, match="may not"):
            await cyd.command(general, "event create")


async def test_an_interaction_is_acknowledged_once(
    standin: Discord, guild: Guild, ada: Person, raw: Raw
) -> None:
    async with running(standin, answering(lambda i: i.response.send_message("first"))):
        await ada.command(guild.channel("general"), "go")
    (interaction,) = standin.interactions
    path = f"/interactions/{interaction.id}/{interaction.token}/callback"
    status, error = await raw("POST", path, {"type": 4, "data": {"content": "second"}})
    assert (status, error["code"]) == (400, 40060)
    assert [message.text for message in guild.channel("general").messages] == ["first"]


async def test_a_late_answer_is_refused(standin: Discord, guild: Guild, ada: Person) -> None:
    standin.desk.answer_within = 0.1
    late: list[int] = []

    async def respond(interaction: discord.Interaction) -> None:
        await asyncio.sleep(0.15)
        with pytest.raises(discord.NotFound) as error:
            await interaction.response.send_message("sorry")
        late.append(error.value.code)

    async with running(standin, answering(respond)):
        with pytest.raises(NotAnswered, match=r"within 0.1 s"):
            await ada.command(guild.channel("general"), "go")
        await standin.until(lambda: late == [10062])
    assert guild.channel("general").messages == []


async def test_a_token_serves_for_fifteen_minutes(
    standin: Discord, guild: Guild, ada: Person, raw: Raw
) -> None:
    async with running(standin, answering(lambda i: i.response.send_message("now"))):
        reply = await ada.command(guild.channel("general"), "go")
    path = f"/webhooks/{standin.bot.id}/{standin.interactions[0].token}/messages/@original"
    standin.clock.advance(14 * 60)
    assert (await raw("PATCH", path, {"content": "14 minutes later"}))[0] == 200
    standin.clock.advance(2 * 60)
    status, error = await raw("PATCH", path, {"content": "16 minutes later"})
    assert (status, error["code"]) == (401, 50027)
    assert reply.text == "14 minutes later"


# Messages


async def test_a_message_with_a_picture_a_thread_and_a_pin(
    standin: Discord, bot: Bot, guild: Guild, ada: Person
) -> None:
    general = guild.channel("general")
    channel = await bot.fetch_channel(general.id)
    chart = discord.File(BytesIO(b"png"), "chart.png", description="Turnout rises")
    card = discord.Embed(title="Pulse").set_image(url="attachment://chart.png")
    sent = await channel.send(embed=card, file=chart)
    (message,) = general.messages
    assert [(file.alt, file.data) for file in message.files] == [("Turnout rises", b"png")]
    assert message.embeds[0]["image"]["url"] == message.files[0].url

    thread = await sent.create_thread(name="Talk about it")
    await thread.send(f"Hello {ada.id} <@{ada.id}> @everyone")
    assert message.thread.messages[0].pings == ((), (), False)
    await thread.send("Ada?", allowed_mentions=discord.AllowedMentions(users=True))
    await thread.send(f"<@{ada.id}>", allowed_mentions=discord.AllowedMentions(users=True))
    assert message.thread.messages[-1].pings.users == (ada.id,)

    with pytest.raises(discord.Forbidden) as error:  # the invite doesn't ask for it
        await sent.pin()
    assert error.value.code == 50013
    general.allow(standin.bot, Permission.PIN_MESSAGES)
    await sent.pin()
    assert general.pinned == [message]
    await sent.edit(content="New words")
    await sent.delete()
    assert general.messages == []
    with pytest.raises(discord.NotFound) as error:
        await sent.edit(content="Too late")
    assert error.value.code == 10008


async def test_a_lost_reply_is_one_message_thanks_to_its_nonce(
    standin: Discord, bot: Bot, guild: Guild
) -> None:
    general = guild.channel("general")
    channel = bot.get_channel(general.id)
    standin.traffic.lose(SEND)
    with pytest.raises((aiohttp.ClientError, OSError)):
        await channel.send("once", nonce="row-17")
    again = await channel.send("once", nonce="row-17")
    assert [message.id for message in general.messages] == [again.id]
    assert [request.status for request in standin.requests if request.route == SEND] == [0, 200]
    standin.clock.advance(3600)
    await channel.send("once", nonce="row-17")
    assert len(general.messages) == 2


async def test_direct_messages(standin: Discord, bot: Bot, ada: Person) -> None:
    shy = standin.user("Shy", dms_closed=True)
    await (await bot.fetch_user(ada.id)).send("welcome")
    assert [message.text for message in ada.dms] == ["welcome"]
    with pytest.raises(discord.Forbidden) as error:
        await (await bot.fetch_user(shy.id)).send("welcome")
    assert error.value.code == 50007
    assert shy.dms == []
    assert standin.traffic.invalid == 1


async def test_others_words_reach_the_bot_in_direct_messages_only(
    standin: Discord, guild: Guild, ada: Person
) -> None:
    heard: list[str] = []
    bot = answering(
        lambda i: i.response.send_message("private", ephemeral=True),
        guild_messages=True,
        dm_messages=True,
    )
    bot.event(named("on_message", lambda message: noted(heard, message.content)))
    async with running(standin, bot):
        ada.say(guild.channel("general"), "Not for bots")
        await ada.command(guild.channel("general"), "go")
        ada.say(ada.dm, "For the bot")
        await standin.until(lambda: "For the bot" in heard)
    assert heard == ["", "For the bot"]


@pytest.mark.parametrize(
    ("denied", "code"),
    [
        (Permission.VIEW_CHANNEL, 50001),
        (Permission.SEND_MESSAGES, 50013),
        (Permission.EMBED_LINKS, 50013),
    ],
)
async def test_permissions_count(
    standin: Discord, bot: Bot, guild: Guild, denied: int, code: int
) -> None:
    general = guild.channel("general")
    channel = await bot.fetch_channel(general.id)
    general.deny(standin.bot, denied)
    with pytest.raises(discord.Forbidden) as error:
        await channel.send(embed=discord.Embed(title="Hello"))
    assert error.value.code == code


async def test_scheduled_events(standin: Discord, bot: Bot, guild: Guild, ada: Person) -> None:
    heard: list[str] = []
    for name in ("create", "update", "delete"):
        event = f"on_scheduled_event_{name}"
        bot.event(named(event, lambda *_, name=name: noted(heard, name)))
    made = await bot.get_guild(guild.id).create_scheduled_event(
        name="Demo night",
        start_time=soon(24),
        end_time=soon(26),
        entity_type=discord.EntityType.external,
        location="The barn",
        privacy_level=discord.PrivacyLevel.guild_only,
    )
    night = guild.events[made.id]
    await made.edit(name="Demo evening")
    ada.interested(night)
    assert (await made.edit(description="Bring a laptop")).user_count == 1
    with pytest.raises(discord.HTTPException, match="in the past"):
        await made.edit(start_time=soon(-1))
    own = ada.schedule(guild, "Lunch", soon(1), soon(2), location="Here")
    with pytest.raises(discord.Forbidden):
        await (await bot.get_guild(guild.id).fetch_scheduled_event(own.id)).delete()
    await made.delete()
    ada.call_off(own)
    await standin.until(lambda: len(heard) == 6)
    assert heard == ["create", "update", "update", "create", "delete", "update"]


# When things go wrong


async def test_a_client_waits_out_the_global_limit(
    standin: Discord, bot: Bot, guild: Guild
) -> None:
    channels = [bot.get_partial_messageable(guild.channel(f"room-{n}").id) for n in range(12)]
    standin.traffic.global_rate = Rate(5, 0.1)
    await asyncio.gather(*(channel.send("hello") for channel in channels))
    assert all(len(guild.channel(f"room-{n}").messages) == 1 for n in range(12))
    assert standin.traffic.counts[SEND, 429] > 0
    assert standin.traffic.invalid == standin.traffic.counts[SEND, 429]


async def test_a_client_paces_itself_by_the_headers(
    standin: Discord, bot: Bot, guild: Guild
) -> None:
    standin.traffic.rates[SEND] = Rate(2, 0.1)
    channel = bot.get_partial_messageable(guild.channel("general").id)
    for number in range(5):
        await channel.send(str(number))
    assert standin.traffic.counts[SEND, 429] == 0
    sent = [request.at for request in standin.requests if request.route == SEND]
    assert sent[4] - sent[0] > 0.15


async def test_interactions_are_free_of_the_global_limit(
    standin: Discord, guild: Guild, ada: Person
) -> None:
    async with running(standin, answering(lambda i: i.response.send_message("hi"))):
        standin.traffic.global_rate = Rate(0, 60)
        assert (await ada.command(guild.channel("general"), "go")).text == "hi"


async def test_too_many_invalid_requests_get_the_host_banned(standin: Discord, raw: Raw) -> None:
    standin.traffic.invalid_rate = Rate(3, 600)
    guild = standin.guild("Gathering")
    general = guild.channel("general")
    general.deny(standin.bot, Permission.SEND_MESSAGES)
    for _ in range(3):
        await raw("POST", f"/channels/{general.id}/messages", {"content": "x"})
    assert standin.traffic.banned
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{standin.api}/users/@me") as answer,
    ):
        assert (answer.status, "Via" in answer.headers) == (429, False)


async def test_faults_happen_when_asked_for(standin: Discord, bot: Bot, guild: Guild) -> None:
    channel = bot.get_partial_messageable(guild.channel("general").id)
    standin.traffic.fail(SEND, status=503)
    with pytest.raises(discord.DiscordServerError):
        await channel.send("lost")
    standin.traffic.slow(SEND, 0.05)
    begun = asyncio.get_running_loop().time()
    await channel.send("slow")
    assert asyncio.get_running_loop().time() - begun > 0.05
    assert [message.text for message in guild.channel("general").messages] == ["slow"]


async def test_it_runs_in_a_process_of_its_own() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.standins.discord",
        "--members",
        "3",
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    about = json.loads(await process.stdout.readline())
    async with aiohttp.ClientSession() as session:
        async with session.get(about["control"] + "/state") as answer:
            assert (await answer.json())["guilds"] == {"Gathering": 5}
        wish = {"user": "member 1", "do": "command", "channel": "general", "name": "none"}
        async with session.post(about["control"] + "/act", json=wish) as answer:
            assert answer.status == 409
    process.terminate()
    assert json.loads(await process.stdout.readline())["interactions"] == 0
    assert await process.wait() == 0


# Limits: what fits exactly is accepted, one more is refused at its place


Build = Callable[[int], Any]
ROW = "components.0.components"


def button(number: int = 0, **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": f"go:{number}", **more}


def row(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(parts)}


def rows(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"components": [row(*parts)]}


def menu(count: int = 1, **more: Any) -> dict[str, Any]:
    options = [{"label": f"{n}", "value": f"{n}"} for n in range(count)]
    return {"type": 3, "custom_id": "menu", "options": options, **more}


def option(**more: Any) -> dict[str, Any]:
    return rows(menu() | {"options": [{"label": "a", "value": "a", **more}]})


def embed(**more: Any) -> dict[str, Any]:
    return {"embeds": [{"title": "x", **more}]}


def field(name: str, value: str) -> dict[str, Any]:
    return embed(fields=[{"name": name, "value": value}])


def layout(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"flags": 1 << 15, "components": list(parts)}


def words(count: int) -> dict[str, Any]:
    return {"type": 10, "content": "x" * count}


@pytest.mark.parametrize(
    ("place", "most", "build"),
    [
        ("content", 2000, lambda n: {"content": "x" * n}),
        ("nonce", 25, lambda n: {"content": "x", "nonce": "x" * n}),
        ("embeds", 10, lambda n: {"embeds": [{"title": "x"}] * n}),
        ("embeds", 6000, lambda n: {"embeds": [{"description": "x" * (n // 2)}] * 2}),
        ("embeds.0.title", 256, lambda n: embed(title="x" * n)),
        ("embeds.0.description", 4096, lambda n: embed(description="x" * n)),
        ("embeds.0.fields", 25, lambda n: embed(fields=[{"name": "a", "value": "b"}] * n)),
        ("embeds.0.fields.0.name", 256, lambda n: field("x" * n, "b")),
        ("embeds.0.fields.0.value", 1024, lambda n: field("a", "x" * n)),
        ("embeds.0.footer.text", 2048, lambda n: embed(footer={"text": "x" * n})),
        ("embeds.0.author.name", 256, lambda n: embed(author={"name": "x" * n})),
        ("components", 5, lambda n: {"components": [row(button(i)) for i in range(n)]}),
        (ROW, 5, lambda n: rows(*(button(i) for i in range(n)))),
        (f"{ROW}.0.label", 80, lambda n: rows(button(label="x" * n))),
        (f"{ROW}.0.custom_id", 100, lambda n: rows(button(custom_id="x" * n))),
        (f"{ROW}.0.options", 25, lambda n: rows(menu(n))),
        (f"{ROW}.0.placeholder", 150, lambda n: rows(menu(placeholder="x" * n))),
        (f"{ROW}.0.options.0.label", 100, lambda n: option(label="x" * n)),
        (f"{ROW}.0.options.0.value", 100, lambda n: option(value="x" * n)),
        (f"{ROW}.0.options.0.description", 100, lambda n: option(description="x" * n)),
        ("components", 40, lambda n: layout(*(words(1) for _ in range(n)))),
        ("components", 4000, lambda n: layout(words(2000), words(n - 2000))),
    ],
)
async def test_message_limits(
    standin: Discord, raw: Raw, place: str, most: int, build: Build
) -> None:
    path = f"/channels/{standin.guild('Gathering').channel('general').id}/messages"
    assert (await raw("POST", path, build(most)))[0] == 200
    await refused(raw, path, build(most + 2), place)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"content": "x", "colour": "red"}, "colour"),
        (embed(colour=1), "embeds.0.colour"),
        (embed(fields=[{"name": "a", "value": " "}]), "embeds.0.fields.0.value"),
        (embed(image={"url": "attachment://no.png"}), "embeds.0.image.url"),
        (embed(timestamp="tomorrow"), "embeds.0.timestamp"),
        ({"components": [button()]}, "components.0.type"),
        (rows(), ROW),
        (rows(menu(), button()), ROW),
        (rows(button(), button()), f"{ROW}.1.custom_id"),
        (rows(button(custom_id=None)), f"{ROW}.0.custom_id"),
        (rows(button(style=5, url="https://a.example")), f"{ROW}.0.custom_id"),
        (rows(button(url="https://a.example")), f"{ROW}.0.url"),
        (rows(menu(2, max_values=26)), f"{ROW}.0.max_values"),
        ({"content": "x", "flags": 64}, "flags"),
        ({"content": "x"} | layout(words(1)), "content"),
        ({"content": "x", "allowed_mentions": {"parse": ["all"]}}, "allowed_mentions.parse.0"),
    ],
)
async def test_what_else_is_wrong_with_a_message(
    standin: Discord, raw: Raw, body: dict[str, Any], place: str
) -> None:
    path = f"/channels/{standin.guild('Gathering').channel('general').id}/messages"
    await refused(raw, path, body, place)


async def test_an_empty_message_is_refused(standin: Discord, raw: Raw) -> None:
    path = f"/channels/{standin.guild('Gathering').channel('general').id}/messages"
    for body in ({}, {"content": "  "}, {"embeds": [{"color": 1}]}):
        status, error = await raw("POST", path, body)
        assert (status, error["code"]) == (400, 50006)


async def refused(raw: Raw, path: str, body: Any, place: str, method: str = "POST") -> None:
    status, error = await raw(method, path, body)
    assert (status, error["code"]) == (400, 50035), error
    node = error["errors"]
    for step in place.split("."):
        node = node[step]
    assert node["_errors"], error


def text_input(name: str = "a", **more: Any) -> dict[str, Any]:
    return {"type": 4, "custom_id": name, "style": 1, **more}


def asked(component: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": 18, "label": "What?", "component": component, **more}


def form(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"custom_id": "form", "title": "Form", "components": list(parts), **more}


FIELD = "components.0.component"


@pytest.mark.parametrize(
    ("place", "most", "build"),
    [
        ("title", 45, lambda n: form(asked(text_input()), title="x" * n)),
        ("custom_id", 100, lambda n: form(asked(text_input()), custom_id="x" * n)),
        ("components", 5, lambda n: form(*(asked(text_input(f"{i}")) for i in range(n)))),
        ("components.0.label", 45, lambda n: form(asked(text_input(), label="x" * n))),
        ("components.0.description", 100, lambda n: form(asked(text_input(), description="x" * n))),
        (f"{FIELD}.placeholder", 100, lambda n: form(asked(text_input(placeholder="x" * n)))),
        (f"{FIELD}.value", 4000, lambda n: form(asked(text_input(value="x" * n)))),
        (f"{FIELD}.max_length", 4000, lambda n: form(asked(text_input(max_length=n)))),
        (f"{FIELD}.options", 25, lambda n: form(asked(menu(n)))),
        (f"{ROW}.0.label", 45, lambda n: form(row(text_input(label="x" * n)))),
    ],
)
async def test_form_limits(
    standin: Discord, guild: Guild, ada: Person, raw: Raw, place: str, most: int, build: Build
) -> None:
    assert (await raw("PUT", commands(standin), [command()]))[0] == 200
    asking = asyncio.create_task(ada.command(guild.channel("general"), "go"))
    await standin.until(lambda: standin.interactions)
    (interaction,) = standin.interactions
    path = f"/interactions/{interaction.id}/{interaction.token}/callback?with_response=1"
    await refused(raw, path, {"type": 9, "data": build(most + 1)}, f"data.{place}")
    assert (await raw("POST", path, {"type": 9, "data": build(most)}))[0] == 200
    assert isinstance(await asking, Modal)


def commands(standin: Discord) -> str:
    return f"/applications/{standin.bot.id}/commands"


def command(**more: Any) -> dict[str, Any]:
    return {"name": "go", "description": "Go.", **more}


def options(count: int, **more: Any) -> list[dict[str, Any]]:
    return [{"type": 3, "name": f"o{n}", "description": "d", **more} for n in range(count)]


def choices(count: int, size: int = 1) -> list[dict[str, Any]]:
    return [{"name": "x" * size, "value": f"{n}"} for n in range(count)]


def large(size: int) -> dict[str, Any]:
    """A command of exactly so many characters, most of them in fifty choices."""
    each, rest = divmod(size - len("goGo.o0do1d"), 50)
    values = [each - 100 + (n < rest) for n in range(50)]
    many = [{"name": "x" * 100, "value": "y" * value} for value in values]
    first, second = options(2)
    return command(options=[first | {"choices": many[:25]}, second | {"choices": many[25:]}])


@pytest.mark.parametrize(
    ("place", "most", "build"),
    [
        ("0.name", 32, lambda n: [command(name="x" * n)]),
        ("0.description", 100, lambda n: [command(description="x" * n)]),
        ("0.options", 25, lambda n: [command(options=options(n))]),
        ("0.options.0.choices", 25, lambda n: [command(options=options(1, choices=choices(n)))]),
        (
            "0.options.0.choices.0.name",
            100,
            lambda n: [command(options=options(1, choices=choices(1, n)))],
        ),
        ("0", 8000, lambda n: [large(n)]),
    ],
)
async def test_command_limits(
    standin: Discord, raw: Raw, place: str, most: int, build: Build
) -> None:
    status, answer = await raw("PUT", commands(standin), build(most))
    assert status == 200, answer
    await refused(raw, commands(standin), build(most + 1), place, "PUT")


async def test_a_hundred_commands(standin: Discord, raw: Raw) -> None:
    many = [command(name=f"c{n}") for n in range(101)]
    assert (await raw("PUT", commands(standin), many[:100]))[0] == 200
    status, error = await raw("PUT", commands(standin), many)
    assert (status, error["code"]) == (400, 30032)
    assert len(standin.commands) == 100


SUB = {"type": 1, "name": "sub", "description": "d"}
GROUP = {"type": 2, "name": "group", "description": "d"}
FILE = {"type": 11, "name": "file", "description": "d"}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ([command(name="Go")], "0.name"),
        ([command(name="go on")], "0.name"),
        ([command(), command()], "1.name"),
        ([command(description="")], "0.description"),
        ([command(options=[*options(1), *options(1)])], "0.options.1.name"),
        ([command(options=[options(1)[0], options(2, required=True)[1]])], "0.options.1"),
        ([command(options=[SUB, *options(1)])], "0.options"),
        ([command(options=[GROUP | {"options": options(1)}])], "0.options.0.options.0.type"),
        ([command(options=[GROUP | {"options": [GROUP]}])], "0.options.0.options.0.type"),
        ([command(options=[SUB | {"options": [SUB]}])], "0.options.0.options.0.type"),
        (
            [command(options=options(1, autocomplete=True, choices=choices(1)))],
            "0.options.0.autocomplete",
        ),
        ([command(options=[FILE | {"choices": choices(1)}])], "0.options.0.choices"),
        ([command(options=[FILE | {"max_length": 9}])], "0.options.0.max_length"),
        ([{"name": "Menu", "type": 2, "description": "d"}], "0.description"),
    ],
)
async def test_what_else_is_wrong_with_a_command(
    standin: Discord, raw: Raw, body: Any, place: str
) -> None:
    await refused(raw, commands(standin), body, place, "PUT")
