"""Short codes that are read off a wall or aloud and typed somewhere else, and who mistypes them."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Table
from bot.errors import UserError
from bot.personal import Leaves, account_column

if TYPE_CHECKING:
    from bot.context import Context

LETTERS = "34679ACDEFGHJKMNPQRTUVWXY"
"""None that is easily taken for another, on paper or aloud."""
TRIES = 5
WAIT = timedelta(minutes=10)


class Guess(Table):
    """Wrong codes by one account, counted so that nobody can try them all."""

    __tablename__ = "guess"

    space_id: Mapped[str] = mapped_column(ForeignKey("space.id"), primary_key=True)
    account: Mapped[str] = account_column(Leaves.ROW, "counts of mistyped codes", primary_key=True)
    tries: Mapped[int]
    since: Mapped[datetime]


def code(random_hex: str, length: int) -> str:
    """Letters to type, from a random id of 64 bits: room for 13 letters."""
    number = int(random_hex, 16)
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(LETTERS))
        digits.append(LETTERS[digit])
    return "".join(digits)


async def guesses(ctx: "Context", instead: str) -> Guess | None:
    """Wrong codes of this account in the last minutes. Locked, so that each one counts.

    Raises UserError when there were too many; `instead` says what to do.
    """
    key = (ctx.space.id, ctx.call.caller.user)
    guess = await ctx.session.get(Guess, key, with_for_update=True)
    if guess and ctx.now - guess.since > WAIT:
        guess.tries, guess.since = 0, ctx.now
    if guess and guess.tries >= TRIES:
        raise UserError(f"Those were too many wrong codes. {instead}")
    return guess


async def count_wrong(ctx: "Context", guess: Guess | None) -> None:
    """One more. The answer has to be a Reply: a UserError would take the count back."""
    if guess is None:
        guess = Guess(space_id=ctx.space.id, account=ctx.call.caller.user, tries=0, since=ctx.now)
        ctx.session.add(guess)
    guess.tries += 1
    await ctx.session.flush()


async def forget_old(session: AsyncSession, now: datetime) -> None:
    await session.execute(delete(Guess).where(Guess.since < now - WAIT))
