"""Web addresses that people type."""

from urllib.parse import urlsplit

from bot.errors import UserError
from bot.markup import CONTROL, is_web_address, plain

UNSAFE = set("<>\"'`()[]{}|\\^")
"""What could end a link early on some platform; each has a way to be written with %."""


LONGEST = 300


def web_address(text: str, field: str) -> str:
    """The address, ready to be shown. Raises UserError at the field for anything else."""
    found = text.strip().strip("<>")
    if "://" not in found and not found.lower().startswith(("javascript:", "data:", "mailto:")):
        found = f"https://{found}"
    fine = is_web_address(found) and "." in (urlsplit(found).hostname or "")
    if not fine or UNSAFE & set(found) or CONTROL.search(found):
        raise UserError(
            f"“{plain(text, 60)}” is not a web address. One begins with https://, such as "
            "https://example.org/demo.",
            field,
        )
    if len(found) > LONGEST:
        raise UserError(
            f"That address has {len(found)} characters. There is room for {LONGEST}.", field
        )
    return found
