"""Who is paid or asked to be there: in no figure, since they would be there anyway."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Table
from bot.personal import Leaves, person_column


class Staff(Table):
    """Somebody whom an organiser marked as staff."""

    __tablename__ = "staff"

    person_id: Mapped[str] = person_column(
        Leaves.ROW, "marks as staff, who are in no figure", primary_key=True
    )
    community_id: Mapped[str] = mapped_column(ForeignKey("community.id"), index=True)
    marked_at: Mapped[datetime]
