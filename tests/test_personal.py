"""No table can forget whom it is about: each column that names a person says what becomes of it."""

import bot.app
import bot.features  # noqa: F401  both imports register the tables
from bot.db import Table
from bot.personal import Leaves, marks

MARKED = list(marks(Table.metadata))
COLUMNS = [column for table in Table.metadata.tables.values() for column in table.columns]


def test_every_column_that_names_a_person_is_marked() -> None:
    named = {c for c in COLUMNS for key in c.foreign_keys if key.column.table.name == "person"}
    accounts = {column for column in COLUMNS if column.name == "account"}
    assert named | accounts == {column for column, _ in MARKED}


def test_what_a_mark_says_can_be_done() -> None:
    for column, mark in MARKED:
        assert mark.leaves is Leaves.ROW or column.nullable, column
        assert set(mark.wipes) <= set(column.table.c.keys()), column
        assert mark.holds, column


def test_rows_that_point_to_others_come_first() -> None:
    order = [column.table.name for column, _ in MARKED]
    assert order.index("retro_answer") < order.index("event")
