"""Hears somebody in danger or in grief, whom no page can help. Nothing they wrote is kept.

What is listened for is in content/search.yaml. Words between, other endings and slips of the pen
are forgiven; it would rather be kind once too often than answer such words with a page.
"""

import re
from collections.abc import Iterable
from itertools import chain

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.content import Care, Chapter, Content, Principle
from bot.content.model import ChapterWords, PrincipleWords
from bot.content.prose import any_of

MOST_WORDS = 80
SHORTEST = 5  # a word that may have a slip in it
BETWEEN = frozenset(
    [
        "actually",
        "all",
        "always",
        "been",
        "completely",
        "constantly",
        "even",
        "ever",
        "feel",
        "feeling",
        "feels",
        "finally",
        "had",
        "has",
        "have",
        "honestly",
        "just",
        "keep",
        "keeps",
        "kinda",
        "literally",
        "maybe",
        "often",
        "only",
        "probably",
        "quite",
        "really",
        "recently",
        "seriously",
        "simply",
        "so",
        "sometimes",
        "still",
        "suddenly",
        "totally",
        "truly",
        "very",
    ]
)
"""Words that change nothing: "I just want to", "I really, really want to"."""

APOSTROPHE = re.compile("['`\u2019]")


class Listener:
    """The groups of one pack. The first that is heard answers."""

    def __init__(self, content: Content) -> None:
        self._groups = [(_phrases(one.typed), one) for one in content.search.care]
        self._besides = _phrases(p for one in content.search.care for p in one.besides)
        listed = [p for one in content.search.care for p in (*one.typed, *one.besides)]
        self._vocabulary = sorted(
            {word for phrase in listed for word in _bare(phrase) if len(word) >= SHORTEST}
        )
        self._known = {word for text in _texts(content) for word in _bare(text)}

    def hears(self, text: str) -> Care | None:
        meant = " ".join(map(self._corrected, _bare(text)[:MOST_WORDS]))
        meant = self._besides.sub("-", meant)
        return next((care for phrases, care in self._groups if phrases.search(meant)), None)

    def _corrected(self, word: str) -> str:
        """With one letter wrong, missing, too many or swapped; never a word of the pages."""
        if len(word) < SHORTEST or word in self._known:
            return word
        near = process.extractOne(word, self._vocabulary, scorer=OSA.distance, score_cutoff=1)
        return near[0] if near else word


def _phrases(phrases: Iterable[str]) -> re.Pattern[str]:
    """`*` stands for any ending here too."""
    return any_of(" ".join(_bare(phrase, r"\*?")) for phrase in phrases)


def _bare(text: str, keep: str = "") -> list[str]:
    """Small letters only, without apostrophes, hyphens and the words between."""
    text = APOSTROPHE.sub("", text.lower())
    return [word for word in re.findall(rf"[^\W_]+{keep}", text) if word not in BETWEEN]


def _texts(content: Content) -> Iterable[str]:
    """What may be typed here without a slip: all that the pages say."""
    for page in chain[Principle | Chapter](content.principles.values(), content.chapters.values()):
        yield from (page.title, page.says, page.meaning, page.why)
    for one in chain[PrincipleWords | ChapterWords](
        content.search.principles, content.search.chapters
    ):
        yield from one.typed
