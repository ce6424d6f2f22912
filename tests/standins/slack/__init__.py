"""A strict local stand-in for Slack that stock slack_bolt and slack_sdk connect to by `base_url`.

    async with Slack() as slack:
        ada = slack.user("Ada", tz="Europe/London")
        general = slack.channel("general")
        ...  # start the app with slack.base_url, slack.bot_token, slack.app_token
        reply = await ada.command(general, "/principle", "37")
        assert "Principle 37" in reply.text
        await ada.press(reply, "Coaching questions")
        assert slack.problems == []

What is where:

- server: `Slack`, put together; control and __main__ run it in a process of its own
- people: `Person`, who acts and sees; forms: fields, found by their labels
- model and state: what exists and what happened, for tests to read; reading: whom text would ping
- web_api: tokens, scopes, quotas, faults; its methods are in chat, views, directory and files
- delivery: acks, timeouts and retries, by socket_mode or http_mode, in the shapes of payloads
- blocks, elements and schema: Block Kit, strictly
- rules: the clocks, quotas and faults that a test can set
"""

from tests.standins.slack.model import Channel, Delivery, Message, Problem, View, Workspace
from tests.standins.slack.people import Person, Seen
from tests.standins.slack.rules import Fault, Quota, Rules
from tests.standins.slack.server import SCOPES, Slack

__all__ = [
    "SCOPES",
    "Channel",
    "Delivery",
    "Fault",
    "Message",
    "Person",
    "Problem",
    "Quota",
    "Rules",
    "Seen",
    "Slack",
    "View",
    "Workspace",
]
