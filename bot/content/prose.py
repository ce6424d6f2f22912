"""Sentences, words and phrases, as the rules of docs/content.md count them."""

import re
from collections import defaultdict
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+(?:['\u2019./:-][^\W_]+)*")
# After a full stop and closing quotes, before a capital, a figure or an opening quote.
_SENTENCE_END = re.compile(
    r"""(?<=[.?!])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)["')\]*_]*\s+(?=["'(\[*_#@]*[A-Z0-9])"""
)
_YES_OR_NO = re.compile(
    r"(am|are|is|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might"
    r"|must)(n't)?\b",
    re.IGNORECASE,
)


def words(text: str) -> list[str]:
    return _WORD.findall(text)


def sentences(text: str) -> list[str]:
    return _SENTENCE_END.split(text.strip())


def takes_yes_or_no(question: str) -> bool:
    return bool(_YES_OR_NO.match(sentences(question)[-1].lstrip("\"'*_")))


def any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """One pattern for phrases of whole words and for marks; `*` stands for any ending.

    It is for text in small letters. Where two phrases begin alike, the longer one is found.
    Phrases are grouped by their first letter, which makes a long list about ten times as fast.
    """
    by_letter: defaultdict[str, list[str]] = defaultdict(list)
    for phrase in sorted(phrases, key=len, reverse=True):
        pattern = re.escape(phrase.lower()).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
        first = pattern[: 2 if pattern[0] == "\\" else 1]
        by_letter[first].append(pattern.removeprefix(first))
    groups = {first: f"{first}(?:{'|'.join(rest)})" for first, rest in by_letter.items()}
    whole = "|".join(group for first, group in groups.items() if first.isalnum()) or "(?!)"
    marks = "|".join(group for first, group in groups.items() if not first.isalnum()) or "(?!)"
    return re.compile(rf"(?<!\w)(?:{whole})(?!\w)|{marks}")
