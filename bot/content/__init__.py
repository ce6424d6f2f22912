"""The words: principles, chapters, the map and the questions, read from a folder and proved.

`load` gives one immutable `Content`, or a `ContentError` with every fault, its file and its line.
The format is described in docs/content.md.
"""

from bot.content.faults import ContentError, Fault
from bot.content.kinds import Heading
from bot.content.model import (
    Area,
    Care,
    Chapter,
    Connection,
    Contribution,
    Demo,
    FollowUpMessage,
    FollowUps,
    FormQuestion,
    Invitation,
    Map,
    Metric,
    Outcome,
    Pillar,
    Principle,
    Privacy,
    Program,
    Protocol,
    Retro,
    Review,
    ReviewQuestion,
    Search,
    Source,
    Stage,
)
from bot.content.pack import Backlink, Content, load

__all__ = [
    "Area",
    "Backlink",
    "Care",
    "Chapter",
    "Connection",
    "Content",
    "ContentError",
    "Contribution",
    "Demo",
    "Fault",
    "FollowUpMessage",
    "FollowUps",
    "FormQuestion",
    "Heading",
    "Invitation",
    "Map",
    "Metric",
    "Outcome",
    "Pillar",
    "Principle",
    "Privacy",
    "Program",
    "Protocol",
    "Retro",
    "Review",
    "ReviewQuestion",
    "Search",
    "Source",
    "Stage",
    "load",
]
