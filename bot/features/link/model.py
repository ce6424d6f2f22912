"""Codes that are given on one platform and typed on the other."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.codes import LETTERS
from bot.db import Id, Table
from bot.personal import WITHHELD, Leaves, account_column

PERSON, COMMUNITY = "person", "community"
LETTERS_IN_ALL = 8
"""37 bits. With five tries in ten minutes nobody meets a code that lives as long by chance."""
LIVES = timedelta(minutes=10)


class Code(Table):
    """A code that was given to an account, until it is used or too old.

    Of the code itself only a hash is kept. It has no key: whoever can read this table can read all
    that a code would open, so the hash keeps codes out of backups and of sight, not more.
    """

    __tablename__ = "link_code"

    id: Mapped[Id]
    digest: Mapped[str] = mapped_column(String(64), unique=True, info=WITHHELD)
    joins: Mapped[str] = mapped_column(String(12))
    """person or community."""
    space_id: Mapped[str] = mapped_column(ForeignKey("space.id"))
    account: Mapped[str] = account_column(
        Leaves.ROW, "codes to join your accounts or communities", index=True
    )
    expires_at: Mapped[datetime] = mapped_column(index=True)


def spelled(code: str) -> str:
    """In two groups, as one reads it aloud."""
    half = LETTERS_IN_ALL // 2
    return f"{code[:half]}-{code[half:]}"


def digest(typed: str) -> str:
    """Of a code however it is typed: in small letters, with spaces or a hyphen."""
    letters = "".join(each for each in typed.upper() if each in LETTERS)
    return hashlib.sha256(letters.encode()).hexdigest()
