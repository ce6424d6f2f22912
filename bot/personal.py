"""Where a table holds something of a person: said at the column, so that no table can forget it.

Showing, exporting and deleting what is stored, and joining two accounts, go by these marks over
every table there is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import Column, ForeignKey, MetaData, String
from sqlalchemy.orm import MappedColumn, mapped_column

MARK = "personal"
WITHHELD = {"withheld": True}
"""For a column's `info`: an export leaves it out, as it is a secret or our own bookkeeping."""


class Leaves(Enum):
    """What becomes of a row when its person asks to be forgotten."""

    ROW = "the row goes: it was theirs alone"
    NAME = "the row stays as shared history, and is nobody's"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a column says about the people in it.

    `holds` is what the row is to its person, in the plural: "answers to events". `wipes` names
    the columns of the same row that are emptied with the name.
    """

    leaves: Leaves
    holds: str
    wipes: tuple[str, ...] = ()
    account: bool = False
    """The column has the platform's own id of an account, not a person's."""


def person_column(
    leaves: Leaves, holds: str, *, wipes: tuple[str, ...] = (), primary_key: bool = False
) -> MappedColumn[Any]:
    """A column that names a person; `Leaves.NAME` needs it to be nullable."""
    mark = Mark(leaves, holds, wipes)
    return mapped_column(
        ForeignKey("person.id"), index=True, primary_key=primary_key, info={MARK: mark}
    )


def account_column(
    leaves: Leaves, holds: str, *, primary_key: bool = False, index: bool = False
) -> MappedColumn[Any]:
    """A column with the platform's own id of somebody's account."""
    mark = Mark(leaves, holds, account=True)
    return mapped_column(String(64), primary_key=primary_key, index=index, info={MARK: mark})


def marks(metadata: MetaData) -> Iterator[tuple[Column[Any], Mark]]:
    """Every column that holds something of a person, tables that others point to last."""
    for table in reversed(metadata.sorted_tables):
        for column in table.columns:
            if mark := column.info.get(MARK):
                yield column, mark
