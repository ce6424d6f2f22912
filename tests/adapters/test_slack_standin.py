"""The Slack stand-in against the real thing on the other side: stock slack_bolt and slack_sdk."""

import asyncio
import contextlib
import json
import math
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.standins.slack import Quota, Rules, Slack

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(text: str = "Go", action_id: str = "go", **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def option(text: str, value: str = "") -> Json:
    return {"text": plain(text), "value": value or text.lower()}


def select(*texts: str, **more: Any) -> Json:
    options = [option(text) for text in texts]
    return {"type": "static_select", "action_id": "pick", "options": options, **more}


def asks(label: str, block_id: str, element: Json, **more: Any) -> Json:
    element = {"action_id": "answer", **element}
    labelled = {"type": "input", "label": plain(label), "block_id": block_id}
    return {**labelled, "element": element, **more}


def typed(**more: Any) -> Json:
    return {"type": "plain_text_input", **more}


def modal(*blocks: Json, **more: Any) -> Json:
    named = {"type": "modal", "callback_id": "demo", "title": plain("Sign up")}
    return {**named, "submit": plain("Send"), "blocks": list(blocks), **more}


TITLE = asks("Title", "title", typed(min_length=3, max_length=20))
KIND = asks("Kind", "kind", select("Talk", "Demo"), optional=True)


def web_client(slack: Slack, **more: Any) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.base_url, **more)


def bolt(slack: Slack) -> AsyncApp:
    return AsyncApp(client=web_client(slack), signing_secret=slack.signing_secret)


@contextlib.asynccontextmanager
async def running(slack: Slack, app: AsyncApp) -> AsyncIterator[None]:
    """Bolt, connected in the way that this Slack expects."""
    if slack.mode == "socket":
        handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.2)
        await handler.connect_async()
        await slack.connected()
        try:
            yield
        finally:
            await handler.close_async()
    else:
        runner = web.AppRunner(app.web_app("/slack/events"), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        assert await slack.http.verify(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        try:
            yield
        finally:
            await runner.cleanup()


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with Slack() as slack:
        yield slack


@pytest.fixture(params=["socket", "http"])
async def either(request: pytest.FixtureRequest) -> AsyncIterator[Slack]:
    """The same Slack over both transports."""
    async with Slack(mode=request.param) as slack:
        yield slack


async def refused(call: Any) -> Json:
    with pytest.raises(SlackApiError) as refusal:
        await call
    return refusal.value.response.data


# Commands and buttons


async def test_a_command_is_answered_in_private_or_for_all(either: Slack) -> None:
    app, ada, bob = bolt(either), either.user("Ada"), either.user("Bob")
    general = either.channel("general")

    @app.command("/principle")
    async def principle(ack: Any, command: Json) -> None:
        public = command["text"].startswith("!")
        blocks = [section(f"Principle {command['text']}"), actions(button("Coaching questions"))]
        await ack("Principle", blocks=blocks, response_type="in_channel" if public else None)

    async with running(either, app):
        reply = await ada.command(general, "/principle", "37")
        assert reply.text == "Principle 37\nCoaching questions"
        assert reply.message.buttons == ["Coaching questions"]
        assert (ada.sees(general), bob.sees(general)) == ([reply.message], [])
        reply = await ada.command(general, "/principle", "!1")
        assert bob.sees(general) == general.messages == [reply.message]
    assert either.problems == []


async def test_a_button_replaces_and_deletes_its_message(either: Slack) -> None:
    app, ada, bob = bolt(either), either.user("Ada"), either.user("Bob")
    general = either.channel("general")
    bodies: list[Json] = []

    @app.command("/principle")
    async def principle(ack: Any) -> None:
        await ack("One", blocks=[section("One"), actions(button("Next", value="2"))])

    @app.action("go")
    async def turn(ack: Any, respond: Any, body: Json) -> None:
        await ack()
        bodies.append(body)
        blocks = [section("Two"), actions(button("Done", "done"))]
        await respond("Two", blocks=blocks, replace_original=True)

    @app.action("done")
    async def done(ack: Any, respond: Any) -> None:
        await ack()
        await respond(delete_original=True)

    async with running(either, app):
        reply = await ada.command(general, "/principle")
        with pytest.raises(AssertionError, match="someone else"):
            await bob.press(reply, "Next")
        seen = await ada.press(reply, "Next")
        assert seen.message is reply.message
        assert reply.text == "Two\nDone"
        with pytest.raises(AssertionError, match=r"no button 'Next'; there are: \['Done'\]"):
            await ada.press(reply, "Next")
        await ada.press(reply, "Done")
        assert ada.sees(general) == []
    (body,) = bodies
    assert body["container"]["is_ephemeral"]
    assert "message" not in body
    assert body["actions"][0]["value"] == "2"
    assert either.problems == []


async def test_a_menu_in_a_message_keeps_its_state(slack: Slack) -> None:
    app, ada, general = bolt(slack), slack.user("Ada"), slack.channel("general")
    bodies: list[Json] = []

    @app.action("pick")
    async def picked(ack: Any, body: Json) -> None:
        await ack()
        bodies.append(body)

    slack.rules.patience = 0.05
    blocks = [section("When?"), actions(select("Friday", "Sunday") | {"placeholder": plain("Day")})]
    async with running(slack, app):
        await web_client(slack).chat_postMessage(channel=general.id, text="When?", blocks=blocks)
        await ada.choose(general.messages[0], "Sunday")
    (body,) = bodies
    block_id = body["actions"][0]["block_id"]
    assert body["state"]["values"][block_id]["pick"]["selected_option"]["value"] == "sunday"
    assert body["message"]["ts"] == general.messages[0].ts


async def test_shortcuts_open_a_modal_or_carry_their_message(slack: Slack) -> None:
    app, ada, general = bolt(slack), slack.user("Ada"), slack.channel("general")

    @app.shortcut("sign_up")
    async def sign_up(ack: Any, client: Any, shortcut: Json) -> None:
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=modal(TITLE))

    @app.shortcut("spark")
    async def spark(ack: Any, respond: Any, shortcut: Json) -> None:
        await ack()
        await respond(f"Spark: {shortcut['message']['text']}")

    async with running(slack, app):
        assert (await ada.shortcut("sign_up")).modal.title == "Sign up"
        message = ada.say(general, "We built a parser")
        assert (await ada.shortcut("spark", message)).text == "Spark: We built a parser"
    with pytest.raises(AssertionError, match="belongs to Slack"):
        await ada.command(general, "/help")


# Modals


def opens(app: AsyncApp, view: Json) -> None:
    """`/demo` opens this view."""

    @app.command("/demo")
    async def demo(ack: Any, client: Any, command: Json) -> None:
        await client.views_open(trigger_id=command["trigger_id"], view=view)
        await ack()


async def test_wrong_fields_come_back_at_the_field(either: Slack) -> None:
    app, ada = bolt(either), either.user("Ada")
    general = either.channel("general")
    got: list[Json] = []

    @app.view("demo")
    async def submitted(ack: Any, view: Json, client: Any, body: Json) -> None:
        got.append(view["state"]["values"])
        if view["state"]["values"]["title"]["answer"]["value"] == "Spam":
            await ack(response_action="errors", errors={"title": "Another title, please."})
        else:
            await client.chat_postMessage(channel=body["user"]["id"], text="You are on the list.")
            await ack()

    opens(app, modal(TITLE, KIND, private_metadata="e1"))
    async with running(either, app):
        seen = await ada.command(general, "/demo")
        form = seen.modal
        seen = await ada.submit(form)
        assert seen.errors == {"Title": "Please complete this required field."}
        seen = await ada.submit(form, title="ab")
        assert seen.errors == {"Title": "Must be at least 3 characters."}
        assert got == []
        seen = await ada.submit(form, {"Title": "Spam", "Kind": "Demo"})
        assert seen.errors == form.red == {"Title": "Another title, please."}
        assert ada.modal is form
        assert form.filled == {"Title": "Spam", "Kind": "Demo"}
        seen = await ada.submit(form, title="A tiny parser")
        assert seen.text == "You are on the list."
        assert ada.modal is None
        assert ada.dms == ada.sees() == seen.messages
        again = await either.redeliver(seen.delivery)
        assert (again.outcome, len(ada.dms)) == ("acked", 2), "an adapter must notice the repeat"
    assert {request.args["channel"] for request in either.requests("chat.postMessage")} == {ada.id}
    assert either.problems == []


async def test_a_trigger_opens_one_view_within_three_seconds(slack: Slack) -> None:
    app, ada, general = bolt(slack), slack.user("Ada"), slack.channel("general")
    errors: list[str] = []

    @app.command("/demo")
    async def demo(ack: Any, client: Any, command: Json) -> None:
        await ack()
        await asyncio.sleep(float(command["text"] or 0))
        for _ in range(2):
            try:
                await client.views_open(trigger_id=command["trigger_id"], view=modal(TITLE))
            except SlackApiError as refusal:
                errors.append(refusal.response["error"])

    slack.rules.trigger, slack.rules.patience = 0.3, 1.0
    async with running(slack, app):
        form = (await ada.command(general, "/demo")).modal
        await slack.until(lambda: errors)
        assert (errors, form.open) == (["exchanged_trigger_id"], True)
        slack.rules.patience = 0.01
        await ada.command(general, "/demo", "0.35")
        await slack.until(lambda: len(errors) == 3)
    assert errors[1:] == ["expired_trigger_id", "expired_trigger_id"]
    unknown = web_client(slack).views_open(trigger_id="1.2.3", view=modal(TITLE))
    assert (await refused(unknown))["error"] == "invalid_trigger_id"


async def test_views_are_updated_pushed_and_cleared(slack: Slack) -> None:
    app, ada, general = bolt(slack), slack.user("Ada"), slack.channel("general")
    refusals: list[str] = []
    answers = iter(["update", "push", "push", "push", "clear"])

    @app.view("demo")
    async def submitted(ack: Any) -> None:
        action = next(answers)
        view = None if action == "clear" else modal(TITLE, notify_on_close=True)
        await ack(response_action=action, view=view)

    @app.view_closed("demo")
    async def closed(ack: Any, body: Json) -> None:
        await ack()
        refusals.append(f"closed, cleared: {body['is_cleared']}")

    slack.rules.patience = 0.05
    client = web_client(slack)
    opens(app, modal(TITLE))
    async with running(slack, app):
        first = (await ada.command(general, "/demo")).modal
        stale = first.hash
        await ada.submit(first, title="Keep me")
        assert first.values["title"]["answer"]["value"] == "Keep me"
        update = client.views_update(view_id=first.id, view=modal(TITLE), hash=stale)
        assert (await refused(update))["error"] == "hash_conflict"
        second = (await ada.submit(first)).modal
        third = (await ada.submit(second, title="Two")).modal
        assert ada.user.modals == [first, second, third]
        assert (third.root_id, third.previous_id) == (first.id, second.id)
        seen = await ada.submit(third, title="Three")
        assert seen.errors[""].startswith("We had some trouble")
        assert [p.detail for p in slack.problems] == ["push_limit_reached"]
        await ada.close(third)
        assert (ada.modal, refusals) == (second, ["closed, cleared: False"])
        await ada.submit(second)
    assert ada.user.modals == []


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        ({"response_action": "errors", "errors": {"nowhere": "No."}}, "aren't inputs: nowhere"),
        ({"response_action": "shrug"}, "unknown response_action"),
        ({"text": "Thanks"}, "unknown response_action"),
        ({"response_action": "clear", "view": modal(TITLE)}, "unknown keys in the ack: view"),
        (
            {"response_action": "update", "view": modal(TITLE, title=plain("x" * 25))},
            "less than 25",
        ),
    ],
)
async def test_an_ack_that_slack_would_not_understand(
    slack: Slack, answer: Json, detail: str
) -> None:
    app, ada, general = bolt(slack), slack.user("Ada"), slack.channel("general")

    @app.view("demo")
    async def submitted(ack: Any) -> None:
        await ack(answer)

    opens(app, modal(TITLE))
    async with running(slack, app):
        form = (await ada.command(general, "/demo")).modal
        seen = await ada.submit(form, title="A talk")
    assert (seen.view, form.open) == (form, True)
    (problem,) = slack.problems
    assert detail in problem.detail


async def test_an_external_select_asks_the_app(either: Slack) -> None:
    app, ada = bolt(either), either.user("Ada")
    general = either.channel("general")
    demo = {"type": "external_select", "min_query_length": 0}

    @app.options("answer")
    async def offer(ack: Any, payload: Json) -> None:
        titles = ["A tiny parser", "A big parser", "Weather"]
        found = [option(title) for title in titles if payload["value"].lower() in title.lower()]
        await ack(options=found)

    @app.view("demo")
    async def submitted(ack: Any, view: Json) -> None:
        chosen = view["state"]["values"]["demo"]["answer"]["selected_option"]
        await ack(response_action="update", view=modal(section(f"Chosen: {chosen['value']}")))

    opens(app, modal(asks("Which demo?", "demo", demo)))
    async with running(either, app):
        form = (await ada.command(general, "/demo")).modal
        assert await ada.suggestions(form, "Which demo?", "pars") == [
            "A tiny parser",
            "A big parser",
        ]
        with pytest.raises(AssertionError, match="no menu offers 'A poem'"):
            await ada.choose(form, "A poem")
        await ada.choose(form, "A big parser", query="parser")
        seen = await ada.submit(form)
        assert "Chosen: a big parser" in seen.modal.shown
    assert either.problems == []


async def test_options_that_slack_would_drop(slack: Slack) -> None:
    app, ada, general = bolt(slack), slack.user("Ada"), slack.channel("general")

    @app.options("answer")
    async def offer(ack: Any) -> None:
        await ack(options=[option("x" * 76)])

    opens(app, modal(asks("Which demo?", "demo", {"type": "external_select"})))
    async with running(slack, app):
        form = (await ada.command(general, "/demo")).modal
        assert await ada.suggestions(form, "Which demo?", "pa") == []
        assert slack.problems == [], "nothing is asked before the third letter"
        assert await ada.suggestions(form, "Which demo?", "par") == []
    assert [problem.kind for problem in slack.problems] == ["bad_options"]


async def test_every_kind_of_field(slack: Slack) -> None:
    app, ada, bob = bolt(slack), slack.user("Ada"), slack.user("Bob")
    general = slack.channel("general")
    got: list[Json] = []
    parts = {"type": "multi_static_select", "options": [option("Code"), option("Design")]}
    minutes = {"type": "number_input", "is_decimal_allowed": False, "max_value": "15"}
    view = modal(
        asks("Minutes", "minutes", minutes),
        asks("Mail", "mail", {"type": "email_text_input"}),
        asks("Link", "link", {"type": "url_text_input"}),
        asks("Day", "day", {"type": "datepicker", "initial_date": "2026-05-01"}),
        asks("With whom", "who", {"type": "users_select"}),
        asks("Where", "where", {"type": "conversations_select", "response_url_enabled": True}),
        asks("Parts", "parts", {**parts, "max_selected_items": 1}),
        asks("Promise", "promise", {"type": "checkboxes", "options": [option("I will come")]}),
    )

    @app.view("demo")
    async def submitted(ack: Any, body: Json) -> None:
        got.append(body)
        await ack()

    opens(app, view)
    slack.rules.patience = 0.3
    async with running(slack, app):
        form = (await ada.command(general, "/demo")).modal
        seen = await ada.submit(form, minutes=20, mail="ada", link="x", parts=["Code", "Design"])
        assert seen.errors == {
            "Minutes": "Must be no more than 15.",
            "Mail": "Enter a valid email address.",
            "Link": "Enter a valid URL.",
            "With whom": "Please complete this required field.",
            "Where": "Please complete this required field.",
            "Parts": "You can only select up to 1 items.",
            "Promise": "Please complete this required field.",
        }
        await ada.fill(form, {"With whom": bob, "where": general, "Promise": "I will come"})
        await ada.submit(form, minutes=5, mail="a@b.org", link="https://b.org", parts=["Code"])
    (body,) = got
    values = body["view"]["state"]["values"]
    answers = {block_id: answer["answer"] for block_id, answer in values.items()}
    assert answers["minutes"] == {"type": "number_input", "value": "5"}
    assert answers["day"]["selected_date"] == "2026-05-01"
    assert answers["who"]["selected_user"] == bob.id
    assert [o["value"] for o in answers["promise"]["selected_options"]] == ["i will come"]
    assert [url["channel_id"] for url in body["response_urls"]] == [general.id]


async def test_a_button_in_a_modal_pushes_another(slack: Slack) -> None:
    app, ada, general = bolt(slack), slack.user("Ada"), slack.channel("general")
    refusals: list[str] = []

    @app.action("go")
    async def further(ack: Any, client: Any, body: Json) -> None:
        await ack("Slack takes no answer here")
        await client.views_push(trigger_id=body["trigger_id"], view=modal(TITLE))

    @app.command("/push")
    async def push(ack: Any, client: Any, command: Json) -> None:
        await ack()
        pushed = client.views_push(trigger_id=command["trigger_id"], view=modal(TITLE))
        refusals.append((await refused(pushed))["error"])

    opens(app, modal(actions(button(), button("Edit", "edit")), external_id="first"))
    slack.rules.patience = 0.3
    async with running(slack, app):
        first = (await ada.command(general, "/demo")).modal
        second = (await ada.press(first, "Go")).modal
        assert ada.user.modals == [first, second]
        with pytest.raises(AssertionError, match="doesn't have 'Sign up' on top"):
            await ada.press(first, "Go")
        changed = await web_client(slack).views_update(external_id="first", view=modal(TITLE))
        assert changed["view"]["id"] == first.id
        await ada.command(general, "/push")
    assert refusals == ["not_found"]
    assert [problem.kind for problem in slack.problems] == ["answer_ignored"]


async def test_the_home_tab(either: Slack) -> None:
    app, ada = bolt(either), either.user("Ada", tz="Asia/Tokyo")

    @app.event("app_home_opened")
    async def opened(client: Any, event: Json) -> None:
        zone = (await client.users_info(user=event["user"]))["user"]["tz"]
        blocks = [section(f"Zone: {zone}"), actions(button("Pause"))]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.action("go")
    async def pause(ack: Any, client: Any, body: Json) -> None:
        await ack()
        view = {"type": "home", "blocks": [section("Paused")]}
        await client.views_publish(user_id=body["user"]["id"], view=view, hash=body["view"]["hash"])

    async with running(either, app):
        seen = await ada.open_home()
        assert seen.modal.shown == "Zone: Asia/Tokyo\nPause"
        assert (await ada.press(seen, "Pause")).view is ada.home
        assert ada.home.shown == "Paused"
    assert either.problems == []


# Pictures


async def test_a_picture_is_uploaded_with_alt_text_and_shown_when_ready(slack: Slack) -> None:
    client, general = web_client(slack), slack.channel("general")
    slack.home.scopes.add("files:read")
    slack.rules.file_ready = math.inf
    alt_text = "The flywheel, seven stages in a ring"
    upload = await client.files_upload_v2(filename="wheel.png", content=b"png!", alt_txt=alt_text)
    file_id = upload["file"]["id"]
    blocks = [{"type": "image", "alt_text": alt_text, "slack_file": {"id": file_id}}]
    post = {"channel": general.id, "text": "Flywheel", "blocks": blocks}
    early = await refused(client.chat_postMessage(**post))
    assert early["errors"] == ["invalid slack file [json-pointer:/blocks/0/slack_file]"]
    assert (await client.files_info(file=file_id))["file"]["mimetype"] == ""
    slack.rules.file_ready = 0
    assert (await client.files_info(file=file_id))["file"]["mimetype"] == "image/png"
    await client.chat_postMessage(**post)
    assert general.messages[0].shown == alt_text
    assert slack.state.files[file_id].alt_text == alt_text
    await client.files_upload_v2(filename="me.txt", content="all of it", channel=general.id)
    assert [file.name for file in general.messages[-1].files] == ["me.txt"]


async def test_bytes_may_be_put_and_must_be_all_there(slack: Slack) -> None:
    client = web_client(slack)
    given = await client.files_getUploadURLExternal(filename="a.png", length=4)
    finish = {"files": [{"id": given["file_id"]}]}
    assert (await refused(client.files_completeUploadExternal(**finish)))[
        "error"
    ] == "file_not_found"
    async with ClientSession() as session:
        for data, status in ((b"pn", 400), (b"png!", 200)):
            async with session.put(given["upload_url"], data=data) as response:
                assert response.status == status
    await client.files_completeUploadExternal(**finish)
    assert slack.state.is_image({"id": given["file_id"]})


# Time


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_late_ack_fails_and_is_recorded(mode: Any) -> None:
    async with Slack(mode=mode, rules=Rules(ack=0.1)) as slack:
        app, ada, general = bolt(slack), slack.user("Ada"), slack.channel("general")

        @app.command("/slow")
        async def slow(ack: Any) -> None:
            await asyncio.sleep(0.2)
            await ack("Too late")

        async with running(slack, app):
            seen = await ada.command(general, "/slow")
            assert seen.failed == "operation_timeout"
            await slack.until(lambda: len(slack.problems) == 2)
        assert [problem.kind for problem in slack.problems] == ["operation_timeout", "late_ack"]
        assert ada.sees(general) == []


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_an_event_is_sent_again_until_it_is_acked(mode: Any) -> None:
    rules = Rules(ack=0.3, event_retries=(0.0, 0.01, 0.01))
    async with Slack(mode=mode, rules=rules) as slack:
        app, seen = bolt(slack), []

        @app.middleware
        async def fail_twice(req: Any, next: Any) -> None:  # noqa: A002
            if req.body.get("type") == "event_callback":
                seen.append((req.body["event_id"], req.headers.get("x-slack-retry-num")))
                if len(seen) < 3:
                    raise RuntimeError("not now")
            await next()

        @app.event("tokens_revoked")
        async def revoked() -> None: ...

        @app.error
        async def unavailable(error: Exception) -> Any:
            return BoltResponse(status=503)

        async with running(slack, app):
            delivery = await slack.event({"type": "tokens_revoked"})
        assert delivery.outcome == "acked"
        assert len({event_id for event_id, _ in seen}) == 1
        assert len(delivery.attempts) == 3
        reason = "timeout" if mode == "socket" else "http_error"
        assert [a.reason for a in delivery.attempts] == ["", reason, reason]
        assert seen[-1][1] == ["2"]


async def test_the_app_comes_back_after_its_connection_is_lost(slack: Slack) -> None:
    app, ada, general = bolt(slack), slack.user("Ada"), slack.channel("general")

    @app.command("/ping")
    async def ping(ack: Any) -> None:
        await ack("pong")

    async with running(slack, app):
        for lose in (slack.sockets.drop, slack.sockets.disconnect):
            opened = len(slack.requests("apps.connections.open"))
            if (asked := lose()) is not None:
                await asked
            await slack.until(lambda n=opened: len(slack.requests("apps.connections.open")) > n, 3)
            await slack.connected()
            assert (await ada.command(general, "/ping")).text == "pong"
    await slack.connected(0)
    seen = await ada.command(general, "/ping")
    assert seen.failed == "dispatch_failed"


async def test_bolt_refuses_forged_and_stale_requests() -> None:
    async with Slack(mode="http", rules=Rules(event_retries=())) as slack:
        app, ada, general = bolt(slack), slack.user("Ada"), slack.channel("general")
        typed_texts: list[str] = []

        @app.command("/say")
        async def say(ack: Any, command: Json) -> None:
            typed_texts.append(command["text"])
            await ack()

        slack.rules.patience = 0.01
        async with running(slack, app):
            delivery = (await ada.command(general, "/say", "hello")).delivery
            again, old = slack.http.resend, str(int(time.time()) - 600)
            assert (await again(delivery, signature="v0=" + "0" * 64)).status == 401
            assert (await again(delivery, body="command=%2Fsay&text=forged")).status == 401
            assert (await again(delivery, timestamp=old)).status == 401
            assert typed_texts == ["hello"]
            assert (await again(delivery)).status == 200, "Bolt takes a replay: an adapter must not"
            assert (await again(delivery, timestamp="soon")).status == 500, "and fails on this"
        assert typed_texts == ["hello", "hello"]
        assert not await slack.http.verify(f"{slack.state.origin}/nowhere")


# Faults and quotas


async def test_a_429_is_waited_out(slack: Slack) -> None:
    general = slack.channel("general")
    client = web_client(slack)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler())
    slack.fault("chat.postMessage", retry_after=1)
    started = time.monotonic()
    await client.chat_postMessage(channel=general.id, text="Patience")
    assert time.monotonic() - started >= 1
    assert [request.status for request in slack.requests("chat.postMessage")] == [429, 200]
    assert len(general.messages) == 1


async def test_a_lost_reply_makes_the_sdk_say_it_twice(slack: Slack) -> None:
    general = slack.channel("general")
    slack.fault("chat.postMessage", lose_reply=True)
    await web_client(slack).chat_postMessage(channel=general.id, text="Once?")
    assert [message.text for message in general.messages] == ["Once?", "Once?"]
    slack.fault("chat.postMessage", lose_reply=True)
    with pytest.raises(Exception, match="Server disconnected"):
        await web_client(slack, retry_handlers=[]).chat_postMessage(channel=general.id, text="!")
    assert len(general.messages) == 3


async def test_faults_run_out(slack: Slack) -> None:
    client, general = web_client(slack), slack.channel("general")
    post = {"channel": general.id, "text": "Hello"}
    slack.fault("chat.postMessage", times=2, status=503)
    slack.fault("*", error="fatal_error")
    slack.fault("chat.postMessage", delay=0.1)
    for error in ("service_unavailable", "service_unavailable", "fatal_error"):
        assert (await refused(client.chat_postMessage(**post)))["error"] == error
    started = time.monotonic()
    await client.chat_postMessage(**post)
    assert time.monotonic() - started >= 0.1
    assert len(general.messages) == 1


async def test_quotas_are_kept_when_they_are_on() -> None:
    async with Slack(rate_limits=True) as slack:
        client, (one, two) = web_client(slack), (slack.channel("one"), slack.channel("two"))
        slack.state.rate_limits.post_in_channel = Quota(1, 1, 2)
        slack.state.rate_limits.tiers[3] = Quota(1, 60, 1)
        for channel in (one, one, two):
            await client.chat_postMessage(channel=channel.id, text="Hello")
        with pytest.raises(SlackApiError) as refusal:
            await client.chat_postMessage(channel=one.id, text="Hello")
        assert refusal.value.response.status_code == 429
        assert refusal.value.response.headers["Retry-After"] == "1"
        await client.conversations_info(channel=one.id)
        assert (await refused(client.conversations_info(channel=one.id)))["error"] == "ratelimited"


# The Web API


async def test_tokens_scopes_and_channels_are_checked(slack: Slack) -> None:
    client, ada, robot = web_client(slack), slack.user("Ada"), slack.user("Robot", bot=True)
    outside, closed = slack.channel("outside", bot=False), slack.channel("closed", archived=True)
    hidden = slack.channel("hidden", bot=False, private=True, members=[ada])

    async def post(channel: str, **more: Any) -> str:
        more = {"text": "Hello", **more}
        return str((await refused(client.chat_postMessage(channel=channel, **more)))["error"])

    assert await post(outside.id) == "not_in_channel"
    assert await post(closed.id) == "is_archived"
    assert await post(hidden.id) == await post("C404") == await post("#outside")
    assert await post("C404") == "channel_not_found"
    assert await post(robot.id) == "cannot_dm_bot"
    assert await post(outside.id, token="xoxb-stolen") == "invalid_auth"
    assert await post(outside.id, token=slack.app_token) == "not_allowed_token_type"
    assert (await refused(client.users_info(user="U404")))["error"] == "user_not_found"
    assert (await refused(client.api_call("chat.shout")))["error"] == "unknown_method"
    slack.home.scopes.discard("usergroups:read")
    lacking = await refused(client.usergroups_list())
    assert (lacking["error"], lacking["needed"]) == ("missing_scope", "usergroups:read")
    assert "chat:write" in lacking["provided"]
    test = await client.auth_test()
    assert test.headers["x-oauth-scopes"] == ",".join(sorted(slack.home.scopes))
    assert (test["team_id"], test["user_id"]) == (slack.home.id, slack.home.bot.id)
    slack.home.installed = False
    assert await post(ada.id) == "account_inactive"


async def test_a_message_is_written_changed_pinned_and_deleted(slack: Slack) -> None:
    slack.home.scopes.add("pins:write")
    client, ada = web_client(slack), slack.user("Ada")
    general, other = slack.channel("general"), slack.channel("other", members=[])
    ts = (await client.chat_postMessage(channel=general.id, text="Board", blocks=[section("A")]))[
        "ts"
    ]
    (message,) = general.messages
    await client.pins_add(channel=general.id, timestamp=ts)
    assert general.pins == [ts]
    await client.chat_update(channel=general.id, ts=ts, text="Board", blocks=[section("B")])
    assert (message.shown, message.edited) == ("B", False)
    await client.chat_update(channel=general.id, ts=ts, text="Only text")
    assert (message.shown, message.blocks, message.edited) == ("Only text", [], True)
    await client.chat_delete(channel=general.id, ts=ts)
    assert (general.messages, message.deleted) == ([], True)
    gone = client.chat_update(channel=general.id, ts=ts, text="Again")
    assert (await refused(gone))["error"] == "message_not_found"
    hers = ada.say(general, "Mine")
    taken = client.chat_update(channel=general.id, ts=hers.ts, text="Ours")
    assert (await refused(taken))["error"] == "cant_update_message"
    await client.chat_postEphemeral(channel=general.id, user=ada.id, text="Psst")
    assert [message.text for message in ada.sees(general)] == ["Mine", "Psst"]
    assert general.messages == [hers]
    absent = client.chat_postEphemeral(channel=other.id, user=ada.id, text="Psst")
    assert (await refused(absent))["error"] == "user_not_in_channel"
    empty = client.api_call("chat.postMessage", json={"channel": general.id})
    assert (await refused(empty))["error"] == "no_text"


async def test_people_and_places_can_be_listed_page_by_page(slack: Slack) -> None:
    slack.home.scopes |= {"usergroups:read"}
    client, ada = web_client(slack), slack.user("Ada", admin=True, tz="America/New_York")
    slack.user("Gone", deleted=True)
    hosts, general = slack.usergroup("hosts", [ada]), slack.channel("general")
    slack.channel("secret", private=True)
    people = [user async for page in await client.users_list(limit=1) for user in page["members"]]
    assert [person["real_name"] for person in people] == ["Community OS", "Ada", "Gone"]
    assert [person["deleted"] for person in people] == [False, False, True]
    found = (await client.users_info(user=ada.id))["user"]
    assert (found["tz"], found["is_admin"], found["is_owner"]) == ("America/New_York", True, False)
    assert found["tz_offset"] in (-4 * 3600, -5 * 3600)
    channels = (await client.conversations_list(types="public_channel"))["channels"]
    assert [channel["id"] for channel in channels] == [general.id]
    secret = client.conversations_list(types="public_channel,private_channel")
    assert (await refused(secret))["needed"] == "groups:read"
    assert (await client.usergroups_users_list(usergroup=hosts.id))["users"] == [ada.id]
    assert (await client.team_info())["team"]["name"] == "Acme"
    opened = await client.conversations_open(users=[ada.id])
    assert opened["channel"]["id"] == ada.dm.id


async def test_a_response_url_works_five_times_and_not_forever(slack: Slack) -> None:
    app, ada, away = bolt(slack), slack.user("Ada"), slack.channel("away", bot=False)
    urls: list[str] = []

    @app.command("/later")
    async def later(ack: Any, command: Json) -> None:
        urls.append(command["response_url"])
        await ack()

    slack.rules.patience = 0.01
    async with running(slack, app), ClientSession() as session:

        async def respond(**body: Any) -> tuple[int, Json]:
            async with session.post(urls[-1], json=body) as response:
                return response.status, await response.json()

        await ada.command(away, "/later")
        assert await respond(text="One", response_type="in_channel") == (200, {"ok": True})
        assert await respond(text="Two", replace_original=True) == (200, {"ok": True})
        assert await respond(blocks=[section("")]) == (
            404,
            {"ok": False, "error": "invalid_blocks"},
        )
        await respond(text="Four")
        await respond(text="Five")
        assert await respond(text="Six") == (404, {"ok": False, "error": "used_url"})
        assert [m.text for m in ada.sees(away)] == ["One", "Two", "Four", "Five"]
        assert [m.text for m in away.messages] == ["One"]
        await ada.command(away, "/later")
        slack.rules.response_url = 0.0
        assert (await respond(text="Seven"))[1]["error"] == "expired_url"
    kinds = [problem.kind for problem in slack.problems]
    assert kinds == ["nothing_to_replace", "invalid_blocks", "used_url", "expired_url"]


async def test_two_workspaces_keep_apart(slack: Slack) -> None:
    other = slack.workspace("Other Club")
    ada, eve = slack.user("Ada"), slack.user("Eve", workspace=other)
    client = web_client(slack)
    assert (await refused(client.users_info(user=eve.id)))["error"] == "user_not_found"
    await client.chat_postMessage(channel=eve.id, text="Hi", token=other.bot_token)
    assert ([m.text for m in eve.dms], ada.dms) == (["Hi"], [])


async def test_an_app_that_is_taken_away(slack: Slack) -> None:
    app = bolt(slack)
    told: list[str] = []

    @app.event("tokens_revoked")
    async def revoked() -> None:
        told.append("tokens_revoked")

    @app.event("app_uninstalled")
    async def uninstalled() -> None:
        told.append("app_uninstalled")

    async with running(slack, app):
        await web_client(slack).auth_test()
        await slack.uninstall()
        await slack.until(lambda: len(told) == 2)
    assert (await refused(web_client(slack).auth_test()))["error"] == "account_inactive"


async def test_it_knows_whom_a_message_would_ping(slack: Slack) -> None:
    client, ada, general = web_client(slack), slack.user("Ada"), slack.channel("general")

    async def post(text: str, *blocks: Json, **more: Any) -> Any:
        said = {"text": text, "blocks": list(blocks), **more}
        await client.chat_postMessage(channel=general.id, **said)
        return general.messages[-1]

    assert (await post(f"<@{ada.id}> and <!here|here>")).pings == [ada.id, "here"]
    assert (await post("fallback", section("Hi <!channel>"))).pings == ["channel"]
    assert (await post("fallback <!everyone>", section("Hi"))).pings == ["everyone"]
    assert (await post("Hi", section("&lt;!channel&gt; &lt;@U1&gt;"))).pings == []
    title = {"type": "header", "text": plain("<!channel>")}
    assert (await post("Hi", title)).pings == []
    assert (await post("@here", section("@here"))).pings == []
    assert general.messages[-1].loose_mentions == ["here"]
    assert (await post("@here", link_names=True)).pings == ["here"]


# Block Kit


def in_section(**accessory: Any) -> list[Json]:
    return [section("Hi", accessory=accessory)]


BAD_MESSAGES: dict[str, tuple[list[Json], str]] = {
    "51 blocks": ([{"type": "divider"}] * 51, "no more than 50 items allowed"),
    "long section": ([section("x" * 3001)], "must be less than 3001 characters"),
    "empty section": ([section("")], "must be more than 0 characters"),
    "section of nothing": ([{"type": "section"}], "must define either `text` or `fields`"),
    "long field": (
        [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]}],
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    "11 fields": (
        [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11}],
        "no more than 10 items allowed",
    ),
    "long header": ([{"type": "header", "text": plain("x" * 151)}], "less than 151"),
    "marked-up header": (
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        "unsupported type: mrkdwn",
    ),
    "11 notes": ([{"type": "context", "elements": [plain("x")] * 11}], "no more than 10 items"),
    "button as a note": ([{"type": "context", "elements": [button()]}], "unsupported type: button"),
    "26 buttons": (
        [actions(*[button(action_id=f"a{n}") for n in range(26)])],
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "no buttons": ([actions()], "no fewer than 1 items allowed"),
    "long button": ([actions(button("x" * 76))], "less than 76"),
    "long value": ([actions(button(value="x" * 2001))], "less than 2001"),
    "long url": ([actions(button(url="https://x.org/" + "x" * 3000))], "less than 3001"),
    "no url": ([actions(button(url="x.org"))], "invalid url"),
    "wild style": ([actions(button(style="loud"))], "must be one of: primary, danger"),
    "long action_id": ([actions(button(action_id="x" * 256))], "less than 256"),
    "same action_id": ([actions(button(), button())], '`action_id` "go" already exists'),
    "long block_id": ([section("x", block_id="x" * 256)], "less than 256"),
    "same block_id": ([section("x", block_id="b")] * 2, '`block_id` "b" already exists'),
    "101 options": ([actions(select(*map(str, range(101))))], "no more than 100 items"),
    "no options": ([actions(select())], "no fewer than 1 items"),
    "long option": ([actions(select("x" * 76))], "less than 76"),
    "long option value": (in_section(**select("a") | {"options": [option("a", "x" * 151)]}), "151"),
    "long description": (
        in_section(**select() | {"options": [option("a") | {"description": plain("x" * 76)}]}),
        "less than 76",
    ),
    "stray initial option": (
        in_section(**select("a", initial_option=option("b"))),
        "initial option is not among the options",
    ),
    "text input in a row": ([actions(typed(action_id="t"))], "unsupported type: plain_text_input"),
    "long placeholder": (in_section(**select("a", placeholder=plain("x" * 151))), "151"),
    "picture without alt": (
        [{"type": "image", "image_url": "https://x.org/a.png"}],
        "missing required field: alt_text",
    ),
    "picture with empty alt": (
        [{"type": "image", "alt_text": "", "image_url": "https://x.org/a.png"}],
        "must be more than 0 characters",
    ),
    "picture of nothing": ([{"type": "image", "alt_text": "x"}], "must define either `image_url`"),
    "picture of ours": (
        [{"type": "image", "alt_text": "x", "image_url": "http://localhost/a.png"}],
        "downloading image failed",
    ),
    "picture not uploaded": (
        [{"type": "image", "alt_text": "x", "slack_file": {"id": "F012345678"}}],
        "invalid slack file",
    ),
    "101 rows": (
        [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * 101}],
        "no more than 100 items",
    ),
    "empty cell": (
        [{"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]}],
        "must be more than 0 characters",
    ),
    "two tables": (
        [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}] * 2,
        "only one table",
    ),
    "unknown block": ([{"type": "carousel"}], "unsupported type: carousel"),
    "unknown key": ([section("x", color="red")], "invalid additional property: color"),
    "unknown key of text": (
        [section("x") | {"text": {"type": "mrkdwn", "text": "x", "emoji": True}}],
        "invalid additional property: emoji",
    ),
    "no block": (["Hello"], "must be an object"),  # type: ignore[list-item]
}


@pytest.mark.parametrize(("blocks", "said"), BAD_MESSAGES.values(), ids=BAD_MESSAGES)
async def test_bad_blocks_are_refused(slack: Slack, blocks: list[Json], said: str) -> None:
    ada = slack.user("Ada")
    answer = await refused(
        web_client(slack).chat_postMessage(channel=ada.id, text="x", blocks=blocks)
    )
    assert answer["error"] == "invalid_blocks"
    assert any(said in fault for fault in answer["errors"]), answer["errors"]
    assert answer["response_metadata"]["messages"][0] == f"[ERROR] {answer['errors'][0]}"
    assert ada.dms == []


BAD_VIEWS: dict[str, tuple[Json, str]] = {
    "101 blocks": (modal(*[{"type": "divider"}] * 101), "no more than 100 items"),
    "no title": ({"type": "modal", "blocks": [section("x")]}, "missing required field: title"),
    "long title": (modal(TITLE, title=plain("x" * 25)), "less than 25"),
    "long submit": (modal(TITLE, submit=plain("x" * 25)), "less than 25"),
    "long close": (modal(TITLE, close=plain("x" * 25)), "less than 25"),
    "long metadata": (modal(TITLE, private_metadata="x" * 3001), "less than 3001"),
    "long callback_id": (modal(TITLE, callback_id="x" * 256), "less than 256"),
    "input without submit": (
        {key: value for key, value in modal(TITLE).items() if key != "submit"},
        "must define `submit` to use `input` block [json-pointer:/view/blocks/0/input]",
    ),
    "long label": (modal(asks("x" * 2001, "b", typed())), "less than 2001"),
    "long hint": (modal(asks("x", "b", typed(), hint=plain("x" * 2001))), "less than 2001"),
    "long limit": (modal(asks("x", "b", typed(max_length=3001))), "between 1 and 3000"),
    "limits crossed": (modal(asks("x", "b", typed(min_length=9, max_length=3))), "min_length"),
    "button as an input": (modal(asks("x", "b", button())), "unsupported type: button"),
    "same block_id": (modal(TITLE, TITLE), '`block_id` "title" already exists'),
    "table": (modal({"type": "table", "rows": []}), "unsupported type: table"),
    "unknown key": (modal(TITLE, submit_disabled=True), "additional property: submit_disabled"),
    "home": ({"type": "home", "blocks": [section("x")]}, "must be one of: modal"),
}


@pytest.mark.parametrize(("view", "said"), BAD_VIEWS.values(), ids=BAD_VIEWS)
async def test_bad_views_are_refused(slack: Slack, view: Json, said: str) -> None:
    trigger = slack.state.new_trigger(slack.user("Ada").user)
    answer = await refused(web_client(slack).views_open(trigger_id=trigger.id, view=view))
    assert answer["error"] == "invalid_arguments"
    messages = answer["response_metadata"]["messages"]
    assert any(said in message for message in messages), messages
    assert not trigger.used


async def test_text_beside_blocks_is_missed_and_long_text_is_cut(slack: Slack) -> None:
    client, general = web_client(slack), slack.channel("general")
    await client.api_call(
        "chat.postMessage", json={"channel": general.id, "blocks": [section("x")]}
    )
    await client.chat_postMessage(channel=general.id, text="x" * 40_001)
    assert len(general.messages[-1].text) == 40_000
    assert [problem.kind for problem in slack.problems] == ["missing_text", "text_cut_off"]
    wall = [section("x" * 2800)] * 5
    too_long = client.chat_postMessage(channel=general.id, text="x", blocks=wall)
    assert (await refused(too_long))["error"] == "msg_blocks_too_long"


def everything() -> list[Json]:
    menus = [
        {"type": "external_select", "action_id": "e"},
        {"type": "users_select", "action_id": "u"},
        {"type": "datepicker", "action_id": "d", "initial_date": "2026-05-01"},
        {"type": "overflow", "action_id": "o", "options": [option("Edit")]},
        {"type": "checkboxes", "action_id": "c", "options": [option("Yes")]},
    ]
    cell = {"type": "raw_text", "text": "1"}
    span = {"type": "text", "text": "Hello", "style": {"bold": True}}
    rich = [{"type": "rich_text_section", "elements": [span]}]
    return [
        {"type": "header", "text": plain("Title") | {"emoji": True}},
        section("*Bold*", fields=[plain("a")], accessory=button(style="primary")),
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "x", "verbatim": True}]},
        {"type": "divider"},
        actions(button(value="1"), select("a", "b", initial_option=option("b")), *menus),
        {"type": "image", "alt_text": "x", "image_url": "https://x.org/a.png", "title": plain("x")},
        {"type": "rich_text", "elements": rich},
        {"type": "table", "rows": [[cell, cell]], "column_settings": [{"align": "right"}]},
    ]


async def test_good_blocks_are_taken_and_get_their_ids(slack: Slack) -> None:
    client, general = web_client(slack), slack.channel("general")
    await client.chat_postMessage(channel=general.id, text="All", blocks=everything())
    (message,) = general.messages
    assert len({block["block_id"] for block in message.blocks}) == len(message.blocks)
    assert message.shown.splitlines()[:3] == ["Title", "*Bold*", "a"]
    assert slack.problems == []


# On its own


async def test_it_runs_in_a_process_of_its_own(slack: Slack) -> None:
    command = (sys.executable, "-m", "tests.standins.slack")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        there = json.loads(await process.stdout.readline())
        client = AsyncWebClient(token=there["bot_token"], base_url=there["base_url"])
        app = AsyncApp(client=client, signing_secret=there["signing_secret"])

        @app.command("/ping")
        async def ping(ack: Any) -> None:
            await ack("pong", blocks=[section("pong"), actions(button())])

        @app.action("go")
        async def form(ack: Any, client: Any, body: Json) -> None:
            await client.views_open(trigger_id=body["trigger_id"], view=modal(TITLE))
            await ack()

        @app.view("demo")
        async def submitted(ack: Any) -> None:
            await ack(response_action="errors", errors={"title": "Another one, please."})

        async with ClientSession() as session:

            async def control(what: str, **body: Any) -> Json:
                async with session.post(there["control"] + what, json=body) as response:
                    return await response.json()

            await control("user", name="Ada")
            await control("channel", name="general")
            handler = AsyncSocketModeHandler(app, there["app_token"])
            await handler.connect_async()
            at = {"user": "Ada", "channel": "general"}
            done = await control("command", **at, command="/ping", times=20, at_once=5)
            assert len(done["ack"]) == 20
            message = done["messages"][-1]
            assert (message["text"], message["buttons"]) == ("pong", ["Go"])
            opened = await control("press", **at, ts=message["ts"], button="Go")
            assert opened["view"]["title"]["text"] == "Sign up"
            sent = await control("submit", user="Ada", answers={"title": "A talk"})
            assert sent["errors"] == {"Title": "Another one, please."}
            await handler.close_async()
            dump = await control("dump")
            assert len(dump["channels"][0]["messages"]) == 20
            assert dump["problems"] == []
            assert "no user" in (await control("home", user="Nobody"))["error"]
    finally:
        process.terminate()
        await process.wait()
