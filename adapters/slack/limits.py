"""Slack's limits, by Slack's words for what they limit.

From docs.slack.dev (Block Kit, views, app manifest, rate limits). What a card may hold is checked
when the card is built (`bot.replies`); here is what only Slack asks for.
"""

BUTTONS_IN_A_ROW = 5
"""Slack takes 25 in one actions block; more than five become a wall."""

BLOCKS = 13_000
"""Characters of all blocks of a message as JSON. Slack does not say; others measured 13,172 to
13,297 (github.com/slackapi/bolt-js/issues/2509)."""

VIEW_TITLE = 24
PRIVATE_METADATA = 3000
INPUT = 3000
FALLBACK = 3000
"""Characters of the text beside the blocks, which notifications and screen readers use."""

ACK = 1.8
"""Seconds until we answer "seen" and go on aside; Slack stops waiting after 3."""

SIGNATURE = 300
"""Seconds for which a signed request is believed."""

EVENT = 3600
"""Seconds for which Slack may send an event again: at once, after 1 minute, after 5; with room."""

SHORTCUTS = 5
"""In the menu of a message; Slack takes as many global ones."""
SHORTCUT = 24
CALLBACK = 255
SHORTCUT_DESCRIPTION = 150

COMMANDS = 50
COMMAND = 32
COMMAND_DESCRIPTION = 2000
USAGE_HINT = 1000
