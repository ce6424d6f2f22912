"""No table can forget whom it is about: each column that names a person says what becomes of it."""

import re

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
        for wiped in (column.table.c[name] for name in mark.wipes):
            assert wiped.nullable or wiped.type.python_type is str, wiped


def test_no_secret_of_a_marked_table_is_exported() -> None:
    tables = {column.table for column, _ in MARKED}
    secret = re.compile(r"(^|_)(code|key|token|secret|hash)($|_)")
    found = [column for table in tables for column in table.columns if secret.search(column.name)]
    assert found
    assert [column for column in found if not column.info.get("withheld")] == []


def test_rows_that_point_to_others_come_first() -> None:
    order = [column.table.name for column, _ in MARKED]
    assert order.index("retro_answer") < order.index("event")
