"""docs/settings.md, made from the table and printed when this module is run."""

import sys
from collections.abc import Iterator

from bot.content import Content, load
from bot.features.settings.table import SECTIONS, Setting
from bot.pack import packaged
from bot.people import Prefs

OPENING = """\
# Settings

`/settings` shows all of them on one card and changes them by picking; it is for organisers. One
can also be typed outright: `/settings principle-hour 18`. Each change says what it did and what
comes of it, and offers "Undo".

This page is made from the table in the code, and a test keeps it current:
`python -m bot.features.settings.document > docs/settings.md`
"""


def document(content: Content) -> str:
    return "\n".join(_lines(content))


def _lines(content: Content) -> Iterator[str]:
    yield OPENING
    for section in SECTIONS:
        yield f"## {section.title}\n"
        yield "| setting | what it does | what it can be | at first |"
        yield "|---|---|---|---|"
        yield from (_row(setting, content) for setting in section.settings)
        yield ""


def _row(setting: Setting, content: Content) -> str:
    first = "UTC" if setting.field == "zone" else getattr(Prefs(), setting.field)
    words = setting.kind.words(first, content)
    return f"| `{setting.name}` | {setting.does} | {setting.kind.ways(content)} | {words} |"


if __name__ == "__main__":
    sys.stdout.write(document(load(packaged("content"))))
