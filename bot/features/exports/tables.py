"""Which tables organisers may take along, and what is left out and why. Each table is decided."""

from typing import Any

from sqlalchemy import Column, MetaData, Table

HIDDEN: dict[str, tuple[str, ...]] = {
    "attendance": ("batch_id",),
    "builder": (),
    "candidate": ("moves",),
    "change": ("undo",),
    "community": ("choices", "feed_key", "channels", "setup_next"),
    "contribution": (),
    "decision": (),
    "demo": ("turn", "offered_to", "batch_id"),
    "demo_night": (),
    "event": ("spot", "slot", "version", "checkin_open", "batch_id", "closed_batch_id"),
    "follow_up": ("worded",),
    "forecast": (),
    "forecast_outcome": (),
    "granted_group": ("space_id", "external_id"),
    "granted_role": (),
    "import_batch": (),
    "outcome": (),
    "person": ("zone", "quiet_from", "quiet_until", "asked_at", "agreed_at"),
    "program_change": (),
    "project": (),
    "retro": (),
    "retro_action": (),
    "rsvp": ("turn", "batch_id"),
    "series": ("spot",),
    "spark": (),
    "spark_member": (),
    "staff": (),
    "speaker_move": ("source", "source_id"),
    "speaker_note": (),
    "sponsor": (),
    "sponsor_term": (),
    "talk": ("batch_id",),
    "weekly_principle": (),
    "wording": (),
}
"""Tables that are exported, without these columns and whatever is withheld everywhere."""

PRIVATE = "it is each member's own; they take it along with /privacy export"
ANONYMOUS = "whoever answered without a name must stay unknown; /retro summary shows what was said"
KEYS = "it is a secret, or a fingerprint of one"
OURS = "it is the bot's own bookkeeping"
PLATFORMS = "it says who somebody is on a platform"

LEFT_OUT: dict[str, str] = {
    "account": PLATFORMS,
    "brought": OURS,
    "commitment": PRIVATE,
    "community_map": PRIVATE,
    "demo_feedback": "it is for the presenter alone",
    "event_draft": OURS,
    "event_key": OURS,
    "form": OURS,
    "forecast_sketch": OURS,
    "former_key": KEYS,
    "guess": OURS,
    "handle": KEYS,
    "import_key": KEYS,
    "import_link": KEYS,
    "interest": PLATFORMS,
    "likeness": OURS,
    "link_code": KEYS,
    "map_picture": "it is shown from five maps up only, in /map community",
    "mirror": PLATFORMS,
    "outgoing": OURS,
    "retro_answer": ANONYMOUS,
    "review_plan": PRIVATE,
    "space": PLATFORMS,
    "speaker_board": OURS,
    "weekly_review": PRIVATE,
}


def exported(metadata: MetaData) -> list[tuple[Table, list[Column[Any]]]]:
    """Each table with the columns that go along. What nobody decided on stays here."""
    tables = sorted(metadata.tables.values(), key=lambda table: table.name)
    return [(table, _columns(table)) for table in tables if table.name in HIDDEN]


def _columns(table: Table) -> list[Column[Any]]:
    hidden = HIDDEN[table.name]
    return [
        column
        for column in table.columns
        if column.name not in hidden and not column.info.get("withheld")
    ]
