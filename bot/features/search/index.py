"""Finds the pages that answer a need told in plain words, such as "nobody talks in the server".

SQLite's FTS5 stems the words and weighs them, rapidfuzz forgives typos, and content/search.yaml
says which phrases mean much the same and what people type for which page. All of it is in memory:
a query takes about a millisecond.
"""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal
from weakref import finalize

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from bot.content import Chapter, Content, Principle
from bot.content.prose import any_of, words

# How much a word counts where it stands: in what search.yaml says that people type for a page,
# in the page's title, sentence and needs, and in its sections. Each has an index of its own, so
# that a word which few pages are about weighs much, however often the sections use it.
HINTS, LEAD, SECTIONS = 2.0, 1.0, 0.6
# How much it counts by how it came into the question.
TYPED, CORRECTED, ALIKE = 1.0, 0.7, 0.6

SHORTEST, NEAR = 4, 0.93  # a word to correct, and its likeness to a known one (1.0: the same)
FITS = 0.4  # of what was asked: below it no page fits well
PASSING = 0.3  # of a word that a page only mentions somewhere in its sections
UNKNOWN = 2.0  # a word that no page has counts twice against a fit
MOST_WORDS = 30  # of a need; the rest is not read

_LINK = re.compile(r"\]\([^)]*\)")

Terms = Mapping[str, float]  # what would answer one asked word, and how much each counts
Found = Mapping[str, Mapping[int, float]]  # by term, how much each page is about it


@dataclass(frozen=True, slots=True)
class Match:
    """A page, and the line of it that speaks to the need."""

    kind: Literal["principle", "chapter"]
    number: int
    title: str
    why: str
    score: float  # orders the matches of one need; it compares with no other
    share: float  # of what was asked that the page speaks of, from 0 to 1

    @property
    def fits(self) -> bool:
        return self.share >= FITS


class Index:
    """The pages of one pack, ready to be asked."""

    def __init__(self, content: Content) -> None:
        pages = _pages(content)
        self._pages = [page for page, _ in pages]
        self._lines = [
            (number, line)
            for number, page in enumerate(self._pages)
            for line in (page.says, *page.needs)
        ]
        hints = [", ".join(typed) for _, typed in pages]
        lead = ["\n".join((page.title, page.says, *page.needs)) for page in self._pages]
        sections = [_sections(page) for page in self._pages]
        self._ignored = frozenset(content.search.ignore)
        self._alike = _Alike(content.search.alike)
        self._known = {word for text in (*hints, *lead, *sections) for word in words(text.lower())}
        self._known |= self._alike.words | self._ignored
        self._vocabulary = sorted(self._known)
        mark = self._alike.marked
        self._about = (HINTS, _Texts(map(mark, hints))), (LEAD, _Texts(map(mark, lead)))
        self._sections = SECTIONS, _Texts(sections)
        self._by_line = _Texts(mark(line) for _, line in self._lines)

    def search(self, need: str, limit: int = 3) -> list[Match]:
        """The best pages first, none if no page has a word of it. The first says if it `fits`."""
        asked = list(self._asked(need))
        weights = {term: weight for terms in asked for term, weight in terms.items()}
        about = {term: _with(term, *self._about) for term in weights}
        passing = {term: _with(term, self._sections) for term in weights}
        scores = _sum(
            (weight, found[term]) for term, weight in weights.items() for found in (about, passing)
        )
        lines = self._best_lines(weights)
        return [
            Match(
                kind=self._pages[page].kind,
                number=self._pages[page].number,
                title=self._pages[page].title,
                why=lines.get(page, self._pages[page].says),
                score=scores[page],
                share=_share(page, asked, about, passing),
            )
            for page in sorted(scores, key=lambda page: -scores[page])[:limit]
        ]

    def _asked(self, need: str) -> Iterator[Terms]:
        """Word by word: itself, its likely correction, and the groups that its phrase is in."""
        typed = words(need.lower())[:MOST_WORDS]
        meant = [self._corrected(word) for word in typed]
        groups = list(self._alike.find(" ".join(meant)))
        start = 0
        for word, meaning in zip(typed, meant, strict=True):
            terms = {group: ALIKE for span, group in groups if start in span}
            if meaning not in self._ignored:
                terms |= {meaning: CORRECTED, word: TYPED}
            if terms:
                yield terms
            start += len(meaning) + 1

    def _corrected(self, word: str) -> str:
        """The known word that a typo was meant to be, if one is near enough."""
        if len(word) < SHORTEST or word in self._known or self._alike.knows(word):
            return word
        near = process.extractOne(
            word,
            self._vocabulary,
            scorer=JaroWinkler.normalized_similarity,
            score_cutoff=NEAR,
        )
        return near[0] if near else word

    def _best_lines(self, weights: Terms) -> dict[int, str]:
        """For each page the line of it that answers most, if one does."""
        scores = _sum((weight, self._by_line.scores(term)) for term, weight in weights.items())
        return dict(self._lines[number] for number in sorted(scores, key=lambda line: scores[line]))


class _Texts:
    """Texts by their position, in a full-text index."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        finalize(self, self._db.close)
        self._db.execute("CREATE VIRTUAL TABLE texts USING fts5(text, tokenize = 'porter')")
        self._db.executemany("INSERT INTO texts (rowid, text) VALUES (?, ?)", enumerate(texts))

    def scores(self, term: str) -> dict[int, float]:
        """How much each text that has the term is about it."""
        query = "SELECT rowid, -bm25(texts) FROM texts WHERE texts MATCH ?"
        return dict(self._db.execute(query, (f'"{term}"',)))


class _Alike:
    """Groups of phrases that mean much the same. A group is one more word of what is indexed."""

    def __init__(self, groups: Sequence[Sequence[str]]) -> None:
        self._groups = {f"alike{number}": any_of(group) for number, group in enumerate(groups)}
        self._any = any_of(chain(*groups))
        self.words = {word for phrase in chain(*groups) for word in words(phrase)}

    def find(self, text: str) -> Iterator[tuple[range, str]]:
        """Where a phrase stands in a text of small letters, and its group."""
        for hit in self._any.finditer(text):
            for name, phrases in self._groups.items():
                if phrases.match(text, hit.start()):
                    yield range(*hit.span()), name

    def knows(self, word: str) -> bool:
        return self._any.fullmatch(word) is not None

    def marked(self, text: str) -> str:
        """The text, with the names of its groups after it."""
        return " ".join([text, *(name for _, name in self.find(text.lower()))])


def _sum(parts: Iterable[tuple[float, Mapping[int, float]]]) -> dict[int, float]:
    total: defaultdict[int, float] = defaultdict(float)
    for weight, scores in parts:
        for number, score in scores.items():
            total[number] += weight * score
    return total


def _with(term: str, *indexes: tuple[float, _Texts]) -> dict[int, float]:
    return _sum((weight, texts.scores(term)) for weight, texts in indexes)


def _share(page: int, asked: Sequence[Terms], about: Found, passing: Found) -> float:
    """How much of what was asked a page speaks of; words that no page has weigh more."""
    total = covered = 0.0
    for terms in asked:
        central = {holder for term in terms for holder in about[term]}
        holders = central | {holder for term in terms for holder in passing[term]}
        total += 1 if holders else UNKNOWN
        covered += 1 if page in central else PASSING if page in holders else 0
    return covered / total


def _pages(content: Content) -> list[tuple[Principle | Chapter, Sequence[str]]]:
    """Every page, with what people type for it."""
    principles = {one.number: one.typed for one in content.search.principles}
    chapters = {one.number: one.typed for one in content.search.chapters}
    return [
        *((page, principles.get(number, ())) for number, page in content.principles.items()),
        *((page, chapters.get(number, ())) for number, page in content.chapters.items()),
    ]


def _sections(page: Principle | Chapter) -> str:
    if isinstance(page, Principle):
        rest = (*page.steps, *page.mistakes, page.trade_off)
    else:
        rest = (*page.protocol, *page.messages, *page.goes_wrong)
    text = "\n".join((page.meaning, page.why, *rest, *page.questions, page.this_week))
    return _LINK.sub("]", text)
