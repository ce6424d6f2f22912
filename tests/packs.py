"""A whole valid pack by template, so that a test can spoil one thing in it.

Its prose is made of invented words, no two sentences alike, and its lines stand where the template
puts them: `number` on line 2, the sections from line 19 on.
"""

import re
from pathlib import Path
from random import Random

SYLLABLES = ["ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "wo"]
PILLARS = {
    "strategy": (1, 14),
    "culture": (15, 22),
    "engagement": (23, 36),
    "relationships": (37, 46),
    "sustainability": (47, 52),
}

PRINCIPLE = """\
---
number: {number}
title: Title of {number}
pillar: {pillar}
says: {sentence}
connects:
  - to: {next}
    because: {sentence}
  - to: {after}
    because: {sentence}
moves: [trust]
needs:
  - {need}
  - {need}
  - {need}
sources: [one-1900]
---

## What it means
{text}

## Why it matters
{text}

## How to apply it
1. {sentence}
2. {sentence}
3. {sentence}

## Common mistakes
- {sentence}
- {sentence}
- {sentence}

## Trade-off
{text}

## Coaching questions
- What {question}
- Who {question}
- How {question}

## This week
{text}
"""

CHAPTER = """\
---
number: {number}
title: Chapter {number}
says: {sentence}
areas: [area-1]
connects:
  - to: 1
    because: {sentence}
  - to: 2
    because: {sentence}
needs:
  - {need}
  - {need}
  - {need}
sources: []
---

## What it means
{text}

## Why it matters
{text}

## Protocol
1. {sentence}
2. {sentence}
3. {sentence}

## Words to send
- "{sentence}"
- "{sentence}"

## When it goes wrong
- If {sentence}
- If {sentence}

## Questions to sit with
- Where {question}
- When {question}

## This week
{text}
"""

AREA = """\
  - key: area-{number}
    name: Area {number}
    chapters: [{number}]
    sources: [one-1900]
    question: Who {question}
    levels: [zero, one, two, three, four]
    thin: {sentence}
    invitations:
{invitations}
    contributions:
{contributions}
    protocol:
      title: Do it
      steps: [first, then, last]
"""

SHEETS = {
    "flywheel": "stages: [{key: trust, name: Trust, says: People come.}]\n"
    "metrics: [{key: show-rate, name: Show rate}]\n",
    "sources": "- {key: one-1900, short: One, full: One (1900)., finding: It went so.}\n",
    "retro": "title: Two days later\nopening: Three questions.\n"
    "questions:\n  - {key: back, question: Why come back?, hint: One thing.}\n",
    "followups": "messages:\n"
    + "".join(f"  - {{key: m{n}, whom: Host {n}, words: Words {n}.}}\n" for n in range(6)),
    "program": "questions:\n"
    + "".join(
        f"  - {{key: {key}, question: What {key}?, hint: A {key}., default: Our {key}.,"
        f" examples: [One {key}., Two {key}.]}}\n"
        for key in ("format", "why", "rewards", "rejects")
    )
    + "hosts: [Greet., Time., Thank.]\n",
    "demo": "contract:\n"
    + "".join(
        f"  - {{key: {key}, label: Label {key}, says: Says {key}.}}\n"
        for key in ("unfinished", "feedback", "pitch", "follow-up")
    )
    + "coaching: {week: [One week., Two., Three.], day: [One day., Second., Third.]}\n",
    "review": "openings: [Here is the week.]\n"
    "questions:\n  - {key: who, question: Who needs a word?, hint: A name.}\n"
    "outcomes:\n  - {key: done, label: Done, replies: [Good.]}\n"
    "  - {key: changed, label: Changed, replies: [Fine.]}\n"
    "  - {key: let-go, label: Let go, replies: [Gone.]}\n"
    "lines: {skip: Skipped., later: Later., tomorrow: Late., pause: Paused.,\n"
    "  stop: Ended., unanswered: Rests.}\n",
    "style": "- instead: Say it plainly.\n  avoid: [leverag*, at the end of the day, '!']\n"
    "  allow: [full leverage]\n",
    "privacy": "asks: {title: May I?, says: I help. I keep. I write., later: See it all.}\n"
    "never: [What you say elsewhere.]\nsees:\n  - {who: You, what: All of it.}\n",
    "search": "ignore: [the, we]\nalike:\n  - [burnt out, exhaust*]\n  - [sponsor, backer]\n",
}


class Writer:
    """Writes prose that no rule objects to."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def words(self, count: int) -> str:
        return " ".join("".join(self._random.choices(SYLLABLES, k=3)) for _ in range(count))

    def sentence(self) -> str:
        return f"{self.words(12)}.".capitalize()

    def sentences(self, count: int) -> str:
        return " ".join(self.sentence() for _ in range(count))

    def fill(self, template: str, **values: object) -> str:
        """Every gap anew, so that no two sentences of a page are the same."""
        for name, value in values.items():
            template = template.replace(f"{{{name}}}", str(value))
        gaps = {
            "{need}": lambda: self.words(6),
            "{question}": lambda: f"{self.words(8)}?",
            "{sentence}": self.sentence,
            "{text}": lambda: self.sentences(7),
        }
        return re.sub("|".join(gaps), lambda gap: gaps[gap[0]](), template)


def write_pack(folder: Path) -> Path:
    for number in range(1, 53):
        pillar = next(key for key, (_, last) in PILLARS.items() if number <= last)
        following = {"next": number % 52 + 1, "after": (number + 1) % 52 + 1}
        page = Writer(number).fill(PRINCIPLE, number=number, pillar=pillar, **following)
        _write(folder / f"principles/{number:02}-title-of-{number}.md", page)
    for number in range(1, 13):
        page = Writer(100 + number).fill(CHAPTER, number=number)
        _write(folder / f"chapters/{number:02}-chapter-{number}.md", page)
    for name, sheet in {**SHEETS, "map": _map(), "pillars": _pillars()}.items():
        _write(folder / f"{name}.yaml", sheet)
    return folder


def _pillars() -> str:
    return "".join(
        f"- key: {key}\n  name: {key.title()}\n  says: {Writer(200 + first).sentence()}\n"
        f"  principles: [{first}, {last}]\n"
        for key, (first, last) in PILLARS.items()
    )


def _map() -> str:
    deed = "      - minutes: {minutes}\n        do: {sentence}"
    minutes = (15, 15, 30, 60, 60, 120)
    top = "minutes:\n  question: How long?\n  options: [15, 30, 60, 120]\nareas:\n"
    areas = []
    for number in range(1, 9):
        writer = Writer(300 + number)
        contributions = "\n".join(writer.fill(deed, minutes=count) for count in minutes)
        invitations = "\n".join(
            writer.fill(deed + "\n        words: '{sentence}'", minutes=count) for count in minutes
        )
        areas.append(
            writer.fill(AREA, number=number, invitations=invitations, contributions=contributions)
        )
    return top + "".join(areas) + "care: Tell someone.\ndisclaimer: For reflection only.\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
