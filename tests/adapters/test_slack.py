"""The Slack adapter where Slack is special: signatures, triggers, three seconds, limits."""

import asyncio
import itertools
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

import pytest
import yaml

from adapters.slack import SlackPlatform, client, listeners, messages, parse, render
from adapters.slack.door import Once
from adapters.slack.limits import COMMANDS
from adapters.slack.manifest import RESERVED, SCOPES, manifest, manifest_text
from adapters.slack.pacer import Pacer
from bot.actions import Feature, Long, Registry, Role
from bot.app import App
from bot.content import Content
from bot.context import Context, Place
from bot.db import Database
from bot.errors import StartError, TryLater, Undeliverable, UserError
from bot.features import FEATURES
from bot.markup import parse as parse_markup
from bot.markup import plain
from bot.people import Caller, Where
from bot.platform import Address, Platform, Sent
from bot.replies import Card, Field, File, OpenForm, Reply
from bot.settings import load_settings
from tests.adapters import sample
from tests.adapters.conftest import NOW
from tests.adapters.sample import NASTY
from tests.adapters.slack_hands import SlackHands, connected, drawn, platform_on, seen
from tests.conftest import Empty
from tests.standins.slack import SCOPES as GRANTED
from tests.standins.slack import Channel, Person, Slack
from tests.standins.slack.blocks import message_faults, too_long, view_faults
from tests.standins.slack.people import RESERVED as SLACKS_OWN

extra = Feature("extra")
finished: list[str] = []


@extra.command("slow")
async def slow(ctx: Context) -> Reply:
    """Take one's time."""
    await asyncio.sleep(0.2)
    finished.append("slow")
    return Reply(Card("Slow"))


@extra.command("slow form")
async def slow_form(ctx: Context, words: Annotated[str, "Some words"]) -> Reply:
    """Take one's time over a form."""
    await asyncio.sleep(0.2)
    if words == "no":
        raise UserError("Not these words.")
    return Reply(Card("Slow form", words))


@extra.command("secret")
async def secret(ctx: Context, answer: Annotated[str, "Your answer", Long(3000)]) -> Reply:
    """Keep an answer to oneself."""
    if answer == "refuse":
        raise UserError("Not today, and not for this field.")
    return Reply(Card("Kept"))


@extra.command("many")
async def many(
    ctx: Context,
    first: Annotated[str, "First", Long(3000)],
    second: Annotated[str, "Second"],
) -> Reply:
    """Ask for much."""
    return Reply(Card("Much", f"{len(first)} {second}"))


@extra.command("change")
async def change(ctx: Context) -> Reply:
    """Show what a form can change."""
    return Reply(Card("As it was", buttons=(new.button("Change"),)))


@extra.action("change new")
async def new(ctx: Context, title: Annotated[str, "New title"] = "") -> Reply | OpenForm:
    return Reply(Card(title), update=True) if title else new.form(ctx)


@extra.command("first")
async def first(ctx: Context, name: Annotated[str, "A name"]) -> OpenForm:
    """Ask in two steps."""
    return sample.greet.form(ctx, name=name)


@pytest.fixture
async def database(on_sqlite: Empty) -> AsyncIterator[Database]:
    """One is enough here: what is kept is proved in the contract suite."""
    async with on_sqlite() as database:
        yield database


@pytest.fixture
def app_on(content: Content, database: Database) -> Callable[[Platform], App]:
    ids = (f"{number:016x}" for number in itertools.count(1))
    registry = Registry([*FEATURES, sample.feature, extra])

    def make(platform: Platform) -> App:
        return App(
            registry, content, database, [platform], clock=lambda: NOW, new_id=lambda: next(ids)
        )

    return make


@pytest.fixture
async def socket(app_on: Callable[[Platform], App]) -> AsyncIterator[SlackHands]:
    async with Slack() as slack, connected(slack, app_on) as platform:
        yield SlackHands(slack, platform)


@pytest.fixture
async def http(app_on: Callable[[Platform], App]) -> AsyncIterator[SlackHands]:
    async with Slack(mode="http") as slack, connected(slack, app_on) as platform:
        yield SlackHands(slack, platform)


@pytest.fixture(params=["socket", "http"])
def either(request: pytest.FixtureRequest) -> SlackHands:
    found: SlackHands = request.getfixturevalue(request.param)
    return found


def to(hands: SlackHands, channel: Channel | None = None, user: Person | None = None) -> Address:
    where = Where("slack", hands.slack.home.id)
    return Address(where, channel.id if channel else None, user.id if user else None)


def caller(hands: SlackHands, who: str) -> Caller:
    return Caller(Where("slack", hands.slack.home.id), hands.person(who).id, who)


# Both ways in


async def test_the_essentials_both_ways(either: SlackHands) -> None:
    await either.say("ada", "principle", number=37)
    assert either.sees("ada")[-1].title == "37 · Introduce people with a reason"
    await either.press("ada", "Coaching questions")
    assert len(either.sees("ada")) == 1
    await either.say("ada", "ask")
    await either.fill("ada", name="Grace", times=9)
    assert either.modal("ada").errors == {"times": "Between 1 and 3 times, please."}
    await either.fill("ada", times=2)
    assert either.sees("ada")[-1].text == "Grace 2 brief soft"
    await either.person("ada").open_home()
    assert either.person("ada").home
    assert either.slack.problems == []


async def test_a_command_is_answered_in_its_ack(either: SlackHands) -> None:
    await either.say("ada", "principle", number=37)
    assert either.slack.deliveries[-1].answer["response_type"] == "ephemeral"
    assert not either.slack.requests("response_url")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("principle 37", "37 · Introduce people with a reason"),
        ("help", "What I can do here"),
        ("sample public", "For everyone"),
        ("", "That did not work"),
        ("principel 37", "That did not work"),
    ],
)
async def test_one_command_reaches_them_all(socket: SlackHands, text: str, title: str) -> None:
    await socket.person("ada").command(socket.general, "/community", text)
    assert socket.sees("ada")[-1].title == title


async def test_slack_s_own_names_are_told_as_they_are_typed(socket: SlackHands) -> None:
    await socket.person("ada").command(socket.general, "/community", "nonsense")
    message = socket.messages("ada")[-1]
    assert "/community help" in seen(message).text
    assert "/community help" in message.text
    assert message.only_for


async def test_what_slack_escapes_and_what_bolt_loses(http: SlackHands) -> None:
    ada = http.person("ada")
    await ada.command(http.general, "/secret", "payload")
    assert http.sees("ada")[-1].title == "Kept"
    await ada.command(http.general, "/paint", "a &amp; b &lt;c&gt;")
    assert http.sees("ada")[-1].text == "a & b <c>"


@pytest.mark.parametrize(
    "number", ["0", "53", "-1", "abc", "9" * 40, "x" * 10_000, "\x00\x07", "💥"]
)
async def test_bad_input_is_a_private_sentence(http: SlackHands, number: str) -> None:
    await http.person("ada").command(http.general, "/principle", number)
    message = http.messages("ada")[-1]
    assert message.only_for
    assert "/principle" in seen(message).text
    assert http.slack.problems == []


# Signatures


async def test_a_replay_is_refused(http: SlackHands) -> None:
    await http.say("ada", "principle", number=37)
    again = await http.slack.http.resend(http.slack.deliveries[-1])
    assert again.status == 401


@pytest.mark.parametrize("timestamp", ["", "soon", "1.5", "٣٧", "9" * 5000, "100", "-1"])
async def test_an_odd_or_old_timestamp_is_refused(http: SlackHands, timestamp: str) -> None:
    await http.say("ada", "principle", number=37)
    answer = await http.slack.http.resend(http.slack.deliveries[-1], timestamp=timestamp)
    assert answer.status == 401


@pytest.mark.parametrize("how", [{"signature": "v0=00"}, {"signature": "é"}, {"body": "text=38"}])
async def test_what_is_not_signed_by_slack_is_refused(
    http: SlackHands, how: dict[str, str]
) -> None:
    await http.say("ada", "principle", number=37)
    assert (await http.slack.http.resend(http.slack.deliveries[-1], **how)).status == 401


async def test_an_event_that_comes_again_is_acked_and_answered_once(either: SlackHands) -> None:
    await either.person("ada").open_home()
    first = either.slack.deliveries[-1]
    assert (await either.slack.dispatcher.event(first.payload)).outcome == "acked"
    await asyncio.sleep(0.05)
    assert len(either.slack.requests("views.publish")) == 1


def test_what_was_seen_is_forgotten_in_time() -> None:
    now = 0.0
    once = Once(300, clock=lambda: now)
    assert once.first("a")
    assert not once.first("a")
    now = 301
    assert once.first("a")
    assert len(once._seen) == 1


# Forms


async def test_a_trigger_that_is_too_old_is_told(socket: SlackHands) -> None:
    socket.slack.rules.trigger = 0
    await socket.say("ada", "ask")
    assert "three seconds" in socket.sees("ada")[-1].text
    assert socket.sees("ada")[-1].private
    await socket.say("ada", "form")
    await socket.press("ada", "Open it")
    assert "three seconds" in socket.sees("ada")[-1].text


async def test_a_trigger_that_is_too_old_loses_nothing_that_was_typed(socket: SlackHands) -> None:
    socket.slack.rules.trigger = 0
    await socket.person("ada").command(socket.general, "/many", '"All that I wrote"')
    assert socket.sees("ada")[-1].buttons == ("Try again",)
    await socket.press("ada", "Try again")
    assert "three seconds" in socket.sees("ada")[-1].text
    socket.slack.rules.trigger = 3
    await socket.press("ada", "Try again")
    await socket.fill("ada", second="and more")
    assert socket.sees("ada")[-1].text == "16 and more"


async def test_a_refusal_of_no_field_keeps_the_form_open(socket: SlackHands) -> None:
    await socket.say("ada", "secret")
    await socket.fill("ada", answer="refuse")
    assert socket.modal("ada").errors == {"answer": "Not today, and not for this field."}
    await socket.fill("ada", answer="fine")
    assert socket.sees("ada")[-1].title == "Kept"


async def test_what_can_t_be_read_is_asked_with_what_is_missing(socket: SlackHands) -> None:
    await socket.person("ada").command(socket.general, "/greet", "times:often tone:warm")
    form = socket.form("ada")
    assert form
    assert "How many times, 1 to 3" in form.labels
    assert "In which tone" not in form.labels


async def test_a_form_says_what_it_is_for_and_fits_its_title(socket: SlackHands) -> None:
    await socket.say("ada", "slow form")
    modal = socket.modal("ada")
    assert modal.title == "Slow form"
    assert "Take one's time over a form." in modal.shown


async def test_what_is_too_long_to_travel_is_asked_again_filled_in(socket: SlackHands) -> None:
    long = "a" * 3000
    await socket.person("ada").command(socket.general, "/many", f'"{long}"')
    form = socket.form("ada")
    assert form
    assert form.labels == ("First", "Second")
    assert form.filled["First"] == long
    await socket.fill("ada", second="b")
    assert socket.sees("ada")[-1].text == "3000 b"


async def test_choosing_and_typing_in_a_menu_that_asks(socket: SlackHands) -> None:
    ada = socket.person("ada")
    await socket.say("ada", "paint")
    await ada.submit(socket.modal("ada"), colour="Green")
    assert socket.sees("ada")[-1].text == "green"
    await socket.say("ada", "paint")
    assert await ada.suggestions(socket.modal("ada"), "colour", "mauve") == ["mauve"]
    assert await ada.suggestions(socket.modal("ada"), "colour", "x" * 80) == []
    await ada.submit(socket.modal("ada"), colour="mauve")
    assert socket.sees("ada")[-1].text == "mauve"


async def test_a_form_s_answer_takes_the_place_of_what_opened_it(socket: SlackHands) -> None:
    await socket.say("ada", "change")
    await socket.press("ada", "Change")
    await socket.fill("ada", title="As it is now")
    assert [one.title for one in socket.sees("ada")] == ["As it is now"]


async def test_a_form_can_lead_to_another(socket: SlackHands) -> None:
    await socket.say("ada", "first")
    await socket.fill("ada", name="Grace")
    assert socket.modal("ada").title == "Greet"
    await socket.fill("ada", times=1)
    assert socket.sees("ada")[-1].text == "Grace 1 warm soft"


async def test_an_answer_that_never_arrives_is_in_the_log(
    socket: SlackHands, caplog: pytest.LogCaptureFixture
) -> None:
    socket.slack.rules.patience = 0.05
    await socket.say("ada", "sample")
    socket.slack.fault("response_url", status=503)
    socket.slack.fault("chat.postMessage", error="internal_error")
    await socket.press("ada", "Count")
    await socket.slack.until(lambda: "An answer did not arrive" in caplog.text)


async def test_an_answer_that_comes_too_late_for_its_place_comes_directly(
    socket: SlackHands,
) -> None:
    await socket.say("ada", "ask")
    socket.slack.rules.response_url = 0
    await socket.fill("ada", name="Grace", times=1)
    assert [seen(message).title for message in socket.person("ada").dms] == ["Greeted"]


async def test_forms_draw_every_kind_of_parameter() -> None:
    asks = OpenForm("greet", "1", {}, {"tone": "brief", "loud": "True", "note": "x" * 400})
    origin = parse.Origin(Caller(Where("slack", "T1"), "U1", "ada"), Place("C1"))
    view = render.modal(sample.greet, asks, origin)
    assert view_faults(view, lambda _: False) == []
    kinds = {block["block_id"]: block["element"] for block in view["blocks"] if "element" in block}
    assert kinds["tone"]["initial_option"]["value"] == "brief"
    assert kinds["loud"]["initial_option"]["value"] == "yes"
    assert kinds["note"]["multiline"]
    assert len(kinds["note"]["initial_value"]) == 300
    odd = render.modal(sample.greet, OpenForm("greet", "1", {}, {"tone": "loud"}), origin)
    assert "initial_option" not in odd["blocks"][3]["element"]


# Three seconds


async def test_a_slow_command_is_acked_in_time_and_answered_later(
    either: SlackHands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listeners, "ACK", 0.02)
    await either.say("ada", "slow")
    assert either.sees("ada")[-1].title == "Slow"
    assert either.slack.problems == []


async def test_a_slow_form_is_acked_in_time_and_answered_later(
    socket: SlackHands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listeners, "ACK", 0.02)
    for words, title in (("yes", "Slow form"), ("no", "That did not work")):
        await socket.say("ada", "slow form")
        await socket.fill("ada", words=words)
        assert socket.sees("ada")[-1].title == title
        assert socket.form("ada") is None
    await socket.press("ada", "Try again")
    form = socket.form("ada")
    assert form
    assert form.filled["Some words"] == "no"
    assert socket.slack.problems == []


async def test_what_was_begun_is_finished_before_the_bot_stops(
    app_on: Callable[[Platform], App],
) -> None:
    finished.clear()
    async with Slack() as slack:
        async with connected(slack, app_on) as platform:
            hands = SlackHands(slack, platform)
            asking = asyncio.create_task(hands.say("ada", "slow"))
            await slack.until(lambda: slack.deliveries)
            await asyncio.sleep(0.05)
        await asking
    assert finished == ["slow"]
    assert slack.problems == []
    assert slack.sockets.connections == 0


# Conversations


async def test_in_messages_answers_stay_and_change_in_place(socket: SlackHands) -> None:
    ada = socket.person("ada")
    await ada.command(ada.dm, "/sample")
    assert [message.only_for for message in ada.dms] == [None]
    await ada.press(ada.dms[-1], "Count")
    assert [seen(message).title for message in ada.dms] == ["Counted to 1"]
    assert socket.slack.problems == []


async def test_in_a_conversation_with_somebody_else_answers_stay_private(
    socket: SlackHands,
) -> None:
    ada, bob = socket.person("ada"), socket.person("bob")
    await socket.platform.send(to(socket, user=ada), Reply(Card("Hello")), "1")
    theirs = Channel(socket.slack.state.new_id("D"), "directmessage", socket.slack.home)
    theirs.members = {ada.id, bob.id}
    socket.slack.home.channels[theirs.id] = theirs
    await ada.command(theirs, "/sample")
    assert [seen(message).title for message in ada.sees(theirs)] == [
        "Title with *stars* & <angles>"
    ]
    assert bob.sees(theirs) == []


async def test_when_it_is_not_known_whose_conversation_it_is_answers_stay_private(
    socket: SlackHands,
) -> None:
    ada = socket.person("ada")
    socket.slack.fault("conversations.open", error="internal_error")
    await ada.command(ada.dm, "/sample")
    assert [message.only_for for message in ada.dms] == [ada.user]


async def test_a_delivered_message_is_pressed_and_changes(socket: SlackHands) -> None:
    ada = socket.person("ada")
    card = Card("Weekly", buttons=(sample.count.button("Count", number=1),))
    sent = await socket.platform.send(to(socket, user=ada), Reply(card), "1")
    await ada.press(ada.dms[-1], "Count")
    assert [seen(message).title for message in ada.dms] == ["Counted to 1"]
    await socket.platform.edit(sent, Reply(Card("Over")))
    assert [seen(message).title for message in ada.dms] == ["Over"]


async def test_home_shows_what_can_be_done_and_leads_on_and_back(socket: SlackHands) -> None:
    ada = socket.person("ada")
    first = (await ada.open_home()).modal
    assert "Your own corner" in first.shown
    assert "I read no messages" in first.shown
    await ada.press(first, "Principle of the week")
    assert ada.home
    assert "This week." in ada.home.shown
    await ada.press(ada.home, "Share")
    assert "Only you read here" in ada.home.shown
    await ada.press(ada.home, "← Home")
    own = ["Make my map", "This week's review", "My privacy"]
    assert ada.home.buttons == ["Principle of the week", *own, "What I can do"]
    await ada.press(ada.home, "This week's review")
    assert "Is that fine with you?" in ada.home.shown
    await ada.press(ada.home, "Yes, that is fine")
    assert "Your weekly review" in ada.home.shown
    await ada.press(ada.home, "← Home")
    assert ada.home.buttons == ["Principle of the week", *own, "What I can do"]
    assert socket.slack.problems == []


async def test_a_link_asks_for_nothing(socket: SlackHands) -> None:
    socket.slack.rules.patience = 0.05
    await socket.say("ada", "sample")
    await socket.press("ada", "Website")
    assert len(socket.sees("ada")) == 1
    assert socket.slack.problems == []


async def test_shortcuts_open_forms_and_answer(socket: SlackHands) -> None:
    ada = socket.person("ada")
    opened = await ada.shortcut("ask")
    assert opened.modal.title == "Greet"
    await ada.submit(opened.modal, name="Grace", times="1")
    assert seen(ada.dms[-1]).title == "Greeted"
    await ada.shortcut("sample", ada.say(socket.general, "hello"))
    assert socket.sees("ada")[-1].private


# Pictures and files


async def test_a_picture_is_uploaded_once(socket: SlackHands) -> None:
    for _ in range(2):
        await socket.say("ada", "picture")
    assert len(socket.slack.requests("files.getUploadURLExternal")) == 1
    assert [one.alt for one in socket.sees("ada")] == ["Four dots"] * 2


async def test_a_picture_that_slack_still_looks_at_comes_a_little_later(
    socket: SlackHands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "LOOKS", (0, 0.1, 0.1))
    socket.slack.rules.file_ready = 0.15
    await socket.say("ada", "picture")
    assert socket.sees("ada")[-1].alt == "Four dots"


@pytest.mark.parametrize("fault", ["files.getUploadURLExternal", "never ready"])
async def test_a_picture_that_never_comes_is_told_in_words(
    socket: SlackHands, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(messages, "LOOKS", (0.01,))
    socket.slack.rules.file_ready = 60
    socket.slack.fault(fault, error="storage_limit_reached")
    await socket.say("ada", "picture")
    assert socket.sees("ada")[-1].text == "Picture: Four dots"


async def test_files_go_where_the_answer_is_seen(socket: SlackHands) -> None:
    ada, bob = socket.person("ada"), socket.person("bob")
    await socket.say("ada", "file")
    got = lambda: [file.name for message in ada.dms for file in message.files]  # noqa: E731
    assert await socket.slack.until(got, within=5) == ["notes.txt"]
    files = (File("plan.ics", b"BEGIN:VCALENDAR", "text/calendar"),)
    await socket.platform.send(to(socket, socket.general), Reply(Card("Plan"), files=files), "1")
    shared = [file.name for message in bob.sees(socket.general) for file in message.files]
    assert shared == ["plan.ics"]


async def test_a_file_that_can_t_be_sent_is_told_and_the_message_stays(
    socket: SlackHands,
) -> None:
    socket.slack.fault("files.getUploadURLExternal", error="storage_limit_reached")
    reply = Reply(Card("Plan"), files=(File("plan.ics", b"BEGIN", "text/calendar"),))
    await socket.platform.send(to(socket, socket.general), reply, "1")
    first, second = socket.sees("ada")
    assert first.title == "Plan"
    assert "plan.ics" in second.text


# Delivery


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"archived": True}, "archived"),
        ({"bot": False}, "Invite me"),
        ({"read_only": True}, "read-only"),
        ({"private": True, "bot": False}, "gone"),
    ],
)
async def test_where_i_can_t_post(socket: SlackHands, how: dict[str, Any], says: str) -> None:
    channel = socket.slack.channel("elsewhere", **how)
    with pytest.raises(Undeliverable, match=says):
        await socket.platform.send(to(socket, channel), Reply(Card("Hello")), "1")
    obstacle = await socket.platform.obstacle(to(socket, channel))
    assert how.get("read_only") or (obstacle and says in obstacle)


async def test_whom_i_can_t_write_to(socket: SlackHands) -> None:
    bot, gone = socket.slack.user("robot", bot=True), socket.slack.user("gone", deleted=True)
    with pytest.raises(Undeliverable, match="Bots"):
        await socket.platform.send(to(socket, user=bot), Reply(Card("Hello")), "1")
    assert "Bots" in (await socket.platform.obstacle(to(socket, user=bot)) or "")
    assert "closed" in (await socket.platform.obstacle(to(socket, user=gone)) or "")
    assert await socket.platform.obstacle(to(socket, user=socket.person("ada"))) is None
    assert await socket.platform.obstacle(to(socket, socket.general)) is None
    with pytest.raises(Undeliverable, match="gone"):
        await socket.platform.edit(
            Sent(to(socket).where, socket.general.id, "1.0"), Reply(Card("x"))
        )


async def test_a_short_wait_is_waited_and_a_long_one_left_to_the_outbox(
    socket: SlackHands,
) -> None:
    address = to(socket, socket.general)
    socket.slack.fault("chat.postMessage", retry_after=1)
    await socket.platform.send(address, Reply(Card("Hello")), "1")
    assert len(socket.sees("ada")) == 1
    socket.slack.fault("chat.postMessage", retry_after=30)
    with pytest.raises(TryLater) as later:
        await socket.platform.send(address, Reply(Card("Hello")), "2")
    assert later.value.after == 30


@pytest.mark.parametrize(
    "fault",
    [{"status": 503}, {"error": "internal_error"}, {"error": "invalid_auth"}, {"status": 502}],
)
async def test_what_may_arrive_later_is_not_given_up(
    socket: SlackHands, fault: dict[str, Any]
) -> None:
    socket.slack.fault("chat.postMessage", **fault)
    with pytest.raises(TryLater):
        await socket.platform.send(to(socket, socket.general), Reply(Card("Hello")), "1")


async def test_without_any_slack_it_is_later(socket: SlackHands) -> None:
    address = to(socket, socket.general)
    away = SlackPlatform(bot_token="xoxb-1", app_token="xapp-1", api_url="http://127.0.0.1:9/")
    with pytest.raises(TryLater, match="can't reach Slack"):
        await away.send(address, Reply(Card("Hello")), "1")
    assert await away.zone_of(caller(socket, "ada")) is None


async def test_posts_are_paced_so_that_slack_refuses_nothing(
    app_on: Callable[[Platform], App],
) -> None:
    async with Slack(rate_limits=True) as slack, connected(slack, app_on) as platform:
        hands = SlackHands(slack, platform)
        people = [slack.user(f"member {number}") for number in range(30)]
        sent = (
            platform.send(to(hands, user=person), Reply(Card("Hello")), person.id)
            for person in people
        )
        await asyncio.gather(*sent)
        posts = [
            platform.send(to(hands, hands.general), Reply(Card("Hello")), str(number))
            for number in range(4)
        ]
        await asyncio.gather(*posts)
        assert [request.status for request in slack.requests("chat.postMessage")] == [200] * 34


async def test_a_form_does_not_wait_for_its_turn() -> None:
    pacer = Pacer()
    async with asyncio.timeout(1):
        for _ in range(500):
            await pacer.wait("views_open")


async def test_roles_and_zones_are_asked_once_a_minute(socket: SlackHands) -> None:
    ada = socket.person("ada")
    ada.user.owner, ada.user.tz = True, "Asia/Tokyo"
    for _ in range(3):
        assert await socket.platform.role_of(caller(socket, "ada")) is Role.ORGANISER
    assert await socket.platform.zone_of(caller(socket, "ada")) == "Asia/Tokyo"
    assert len(socket.slack.requests("users.info")) == 1


# Connections


async def test_a_lost_connection_is_made_anew(
    app_on: Callable[[Platform], App], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PING", 0.1)
    async with Slack() as slack, connected(slack, app_on) as platform:
        hands = SlackHands(slack, platform)
        slack.sockets.drop()
        await slack.connected(0)
        await slack.connected()
        await hands.say("ada", "principle", number=37)
        await slack.sockets.disconnect()
        await slack.until(lambda: slack.sockets.connections and not slack.sockets._leaving)
        await hands.say("ada", "principle", number=38)
        titles = [one.title for one in hands.sees("ada")]
        assert [title[:2] for title in titles] == ["37", "38"]


async def test_while_slack_is_away_the_start_waits(
    app_on: Callable[[Platform], App],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(client, "RETRY", 0.05)
    async with Slack() as slack:
        slack.fault("auth.test", status=503, times=2)
        async with connected(slack, app_on):
            pass
    assert caplog.text.count("I try again") == 2


@pytest.mark.parametrize(
    ("tokens", "says"),
    [
        ({"bot_token": "xoxb-wrong"}, "SLACK_BOT_TOKEN: Slack does not accept the token"),
        ({"app_token": "xapp-wrong"}, "SLACK_APP_TOKEN: Slack does not accept the token"),
    ],
)
async def test_a_wrong_token_is_one_line(
    app_on: Callable[[Platform], App], tokens: dict[str, str], says: str
) -> None:
    async with Slack() as slack:
        platform = platform_on(slack, **tokens)
        platform.connect(app_on(platform))
        with pytest.raises(StartError, match=says) as stop:
            await platform.run()
        assert "\n" not in str(stop.value)
        told = [check async for check in platform.checks(Registry(FEATURES)) if not check.ok]
        assert [check.says.startswith(says) for check in told] == [True]


async def test_no_token_and_a_taken_port_are_one_line_each(
    http: SlackHands, app_on: Callable[[Platform], App]
) -> None:
    with pytest.raises(StartError, match="SLACK_APP_TOKEN"):
        SlackPlatform(bot_token="xoxb-1")
    second = platform_on(http.slack, port=http.platform.port)
    second.connect(app_on(second))
    with pytest.raises(StartError, match="SLACK_PORT"):
        await second.run()


async def test_a_missing_permission_is_named() -> None:
    async with Slack(scopes=set(GRANTED) - {"files:write"}) as slack:
        lines = [check async for check in platform_on(slack).checks(Registry(FEATURES))]
        assert [(line.about, line.ok) for line in lines] == [
            ("Slack", True),
            ("Slack permissions", False),
            ("Slack connection", True),
        ]
        assert "files:write (to send pictures" in lines[1].says
        assert "install the app again" in lines[1].says


async def test_without_a_permission_messages_wait_for_it(
    app_on: Callable[[Platform], App],
) -> None:
    async with (
        Slack(scopes={"commands", "im:write"}) as slack,
        connected(slack, app_on) as platform,
    ):
        hands = SlackHands(slack, platform)
        address = to(hands, hands.general)
        with pytest.raises(TryLater, match="chat:write"):
            await platform.send(address, Reply(Card("Hello")), "1")
        assert await platform.obstacle(address) is None


def test_the_settings_lead_here() -> None:
    settings = load_settings(slack_bot_token="xoxb-1", slack_signing_secret="abc", slack_port=3001)
    assert SlackPlatform.from_settings(settings).port == 3001


async def test_an_app_that_is_taken_away_is_told_in_the_log(
    socket: SlackHands, caplog: pytest.LogCaptureFixture
) -> None:
    await socket.slack.uninstall()
    assert "app_uninstalled" in caplog.text


async def test_no_token_and_no_answer_gets_into_the_log(
    http: SlackHands, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await http.say("ada", "secret", answer="my very own words")
    http.slack.fault("response_url", status=503)
    await http.say("ada", "sample")
    await http.press("ada", "Count")
    await http.slack.http.resend(http.slack.deliveries[0], signature="v0=00")
    words = [http.slack.bot_token, http.slack.signing_secret, "my very own words", "xapp-"]
    ours = [
        record for record in caplog.records if not record.name.startswith(("sqlalchemy", "aio"))
    ]
    assert [word for word in words for record in ours if word in record.getMessage()] == []


# Manifest


def test_the_manifest_has_a_command_for_each_and_leaves_slack_its_own(
    app_on: Callable[[Platform], App], content: Content
) -> None:
    product = yaml.safe_load(manifest_text(Registry(FEATURES)))
    assert len(product["features"]["slash_commands"]) <= COMMANDS
    registry = Registry([sample.feature, extra])
    made = yaml.safe_load(manifest_text(registry))
    commands = {entry["command"]: entry for entry in made["features"]["slash_commands"]}
    tops = {action.name.partition(" ")[0] for action in registry.commands}
    assert set(commands) == {f"/{top}" for top in tops - RESERVED} | {"/community"}
    assert set(SLACKS_OWN.replace("/", "").split()) <= RESERVED
    assert commands["/greet"]["usage_hint"] == "<name> <times> [tone] [loud] [note]"
    assert commands["/slow"]["usage_hint"] == "form"
    assert all(entry["should_escape"] is False for entry in commands.values())
    assert made["oauth_config"]["scopes"]["bot"] == list(GRANTED)
    assert made["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in made["settings"]["interactivity"]
    assert all(f"#   {scope}: {why}" in manifest_text(registry) for scope, why in SCOPES.items())
    assert not any("history" in scope for scope in SCOPES)


def test_the_manifest_for_http_names_the_address_everywhere() -> None:
    url = "https://bot.example.org/slack/events"
    made = manifest(Registry(FEATURES), url)
    assert {entry["url"] for entry in made["features"]["slash_commands"]} == {url}
    assert made["settings"]["interactivity"]["request_url"] == url
    assert made["settings"]["interactivity"]["message_menu_options_url"] == url
    assert made["settings"]["event_subscriptions"]["request_url"] == url
    assert made["settings"]["socket_mode_enabled"] is False


def test_more_commands_than_slack_takes_fail_here() -> None:
    crowd = Feature("crowd")

    async def one(ctx: Context) -> Reply:
        """One of many."""
        return Reply(Card("One"))

    for number in range(50):
        crowd.command(f"one{number}")(one)
    with pytest.raises(ValueError, match="50 commands"):
        manifest(Registry([crowd]))


# Rendering


def test_rich_text_keeps_lists_quotes_and_paragraphs() -> None:
    text = "One *two*\nthree.\n\n3. c\n\n   still c\n4. d\n\n- e\n\n> f\n\ng"
    block = render._rich_text(parse_markup(text))
    assert message_faults([block], lambda _: False) == []
    assert drawn(block) == "One two three.\n3. c\nstill c\n4. d\n• e\n> f\ng"


def test_what_people_typed_is_never_markup_nor_a_mention() -> None:
    nasty = Card(NASTY, "x", (Field(NASTY, plain(NASTY)),))
    shown = render.message(nasty)
    assert "&lt;@U1&gt;" in shown["text"]
    assert "<" not in shown["text"]
    kinds = {
        span["type"]
        for block in shown["blocks"]
        if block["type"] == "rich_text"
        for part in block["elements"]
        for span in part["elements"]
    }
    assert kinds == {"text"}
    assert "mrkdwn" not in json.dumps(shown)


def test_too_much_style_is_shown_without() -> None:
    card = Card("Full", "**a** b " * 370, (Field("Marked", "`c` d " * 160),))
    blocks = render.message(card)["blocks"]
    assert not too_long(blocks)
    assert drawn(blocks[1]) == "a b " * 369 + "a b"
    assert drawn(blocks[2]).startswith("Marked\nc d c d")


def test_every_page_of_the_book_fits_a_message(content: Content) -> None:
    from bot.features.principles import actions, pages

    books = (
        (content.principles.values(), pages.PRINCIPLE_PARTS, actions.OF_PRINCIPLES),
        (content.chapters.values(), pages.CHAPTER_PARTS, actions.OF_CHAPTERS),
    )
    for book, parts, doing in books:
        for page, part in itertools.product(book, [pages.START, pages.CONNECTED, *parts]):
            blocks = render.message(pages.card(content, page, part, doing))["blocks"]
            assert message_faults(blocks, lambda _: False) == []
            assert not too_long(blocks), (page.title, part)
