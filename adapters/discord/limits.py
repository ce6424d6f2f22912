"""What Discord takes, in characters and pieces, and the one way to insist on it.

The limits of `bot.replies` are tighter, so nothing here is met by a person: what does not fit is a
defect, and says so. https://discord.com/developers/docs/resources/message#embed-object-embed-limits
"""

CUSTOM_ID = 100
ROW = 5
NONCE = 25

EMBED = 6000
"""Characters of title, text and fields together."""
EMBED_TITLE = 256
EMBED_TEXT = 4096
EMBED_FIELD = 1024

FORM_TITLE = 45

COMMANDS = 100
IN_A_MENU = 15
"""Commands in the menu of a person."""
COMMAND = 8000
"""Characters of names, descriptions and choices together."""
DESCRIPTION = 100
OPTIONS = 25


def insist(what: str, size: int, limit: int) -> None:
    """Raises ValueError when it does not fit."""
    if size > limit:
        raise ValueError(f"{what} has {size:,}; Discord takes {limit:,}.")
