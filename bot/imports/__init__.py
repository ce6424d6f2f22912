"""Reading what other tools export: bytes in, plain rows out. No database, and nothing is guessed in
silence."""

from bot.imports.reading import Settled, read
from bot.imports.rows import Demo, Guest, Meeting, Reading, Talk, Unreadable, Which

__all__ = ["Demo", "Guest", "Meeting", "Reading", "Settled", "Talk", "Unreadable", "Which", "read"]
