"""Submissions of forms: each is saved once, and what was written survives a refusal."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, Text, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Table, insert_new
from bot.errors import UserError
from bot.personal import Leaves, account_column

KEEP = timedelta(days=7)


class Form(Table):
    """One submission: a draft until it is accepted, then the mark that it was."""

    __tablename__ = "form"
    __table_args__ = ({"sqlite_with_rowid": False},)
    """No row tells by its place when it came: answers without a name leave their mark here too."""

    id: Mapped[Id]
    space_id: Mapped[str] = mapped_column(ForeignKey("space.id"))
    account: Mapped[str] = account_column(Leaves.ROW, "forms you sent or began in the last week")
    action: Mapped[str] = mapped_column(String(80))
    draft: Mapped[str | None] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(index=True)


class AlreadySent(UserError):
    """The same submission has arrived before and was saved."""

    def __init__(self) -> None:
        super().__init__("I already have this one. Nothing was saved twice.")


async def accept(session: AsyncSession, form: Form) -> None:
    """Mark the submission as done, in the action's own transaction. Raises AlreadySent."""
    values = {column.key: getattr(form, column.key) for column in Form.__table__.columns}
    if await insert_new(session, Form, values):
        return
    known = await session.get_one(Form, form.id, with_for_update=True)
    if known.draft is None:
        raise AlreadySent
    known.draft = None
    known.updated_at = form.updated_at


async def keep_draft(session: AsyncSession, form: Form) -> bool:
    """Keep what was written, so that trying again starts from it. False if it was accepted."""
    known = await session.get(Form, form.id)
    if known and known.draft is None:
        return False
    await session.merge(form)
    return True


async def draft_of(session: AsyncSession, form_id: str, space_id: str, account: str) -> Form | None:
    """A draft, for the account that wrote it and nobody else."""
    return await session.scalar(
        select(Form).where(
            Form.id == form_id,
            Form.space_id == space_id,
            Form.account == account,
            Form.draft.is_not(None),
        )
    )


async def forget_old(session: AsyncSession, now: datetime) -> None:
    await session.execute(delete(Form).where(Form.updated_at < now - KEEP))
