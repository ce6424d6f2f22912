"""No table goes along, or stays here, by accident."""

import bot.app
import bot.features  # noqa: F401  both imports register the tables
from bot.db import Table
from bot.features.exports.tables import HIDDEN, LEFT_OUT, exported

TABLES = Table.metadata.tables


def test_each_table_is_decided() -> None:
    assert HIDDEN.keys() | LEFT_OUT.keys() == TABLES.keys()
    assert not HIDDEN.keys() & LEFT_OUT.keys()


def test_no_secret_and_nothing_anonymous_goes_along() -> None:
    found = {f"{t.name}.{c.name}" for t, columns in exported(Table.metadata) for c in columns}
    assert not {"event.code", "community.feed_key", "change.undo"} & found
    assert not any(
        each.startswith(("retro_answer.", "community_map.", "outgoing.")) for each in found
    )
    for name, hidden in HIDDEN.items():
        assert set(hidden) <= set(TABLES[name].columns.keys()), name
