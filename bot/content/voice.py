"""How the words sound: sentences in one breath, no worn phrases, nothing said twice."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from rapidfuzz import fuzz

from bot.content.faults import Fault
from bot.content.model import Advice
from bot.content.prose import any_of, sentences, words
from bot.content.reading import Document, Passage

SENTENCE_WORDS = 30
NOT_OUR_VOICE = frozenset({"key", "pillar", "moves", "areas", "sources", "needs"})
COPY_WORDS = 8  # shorter sentences may be alike
COPY_RUN = 3  # words in a row that make two sentences worth comparing
COPY_SHARED = 0.3  # of the runs
COPY_LIKENESS = 80  # of 100, as rapidfuzz counts


class Manners:
    """The phrases that style.yaml lists, looked for all at once: in small letters, whole words."""

    def __init__(self, style: Sequence[Advice]) -> None:
        self._instead = [(any_of(advice.avoid), advice.instead) for advice in style]
        self._fine = any_of(phrase for advice in style for phrase in advice.allow)
        self._pattern = any_of(phrase for advice in style for phrase in advice.avoid)

    def lapses(self, text: str) -> Iterator[tuple[int, str]]:
        """Where a phrase stands, and what to do about it."""
        low = text.lower()
        for hit in self._pattern.finditer(low):
            if not any(
                fine.start() <= hit.start() < fine.end() for fine in self._fine.finditer(low)
            ):
                instead = next(
                    says for phrases, says in self._instead if phrases.match(low, hit.start())
                )
                yield hit.start(), f'"{hit[0]}" is a phrase we avoid (style.yaml). {instead}'


def prose(documents: Iterable[Document], style: Sequence[Advice]) -> Iterator[Fault]:
    """Sentences that can be read in one breath, without the phrases that style.yaml lists."""
    manners = Manners(style)
    for document, passage in _passages(documents):
        for sentence in sentences(passage.text):
            if (count := len(words(sentence))) > SENTENCE_WORDS:
                says = f'"{_start(sentence)}" has {count} words: write at most {SENTENCE_WORDS}.'
                yield Fault(document.path, passage.line_at(passage.text.find(sentence)), says)
        for offset, says in manners.lapses(passage.text):
            yield Fault(document.path, passage.line_at(offset), says)


@dataclass(frozen=True, slots=True)
class _Said:
    document: Document
    line: int
    text: str
    words: list[str]


def copies(documents: Iterable[Document]) -> Iterator[Fault]:
    """No sentence is said twice: the later one is the fault, and the earlier one is named."""
    said: list[_Said] = []
    holders: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for one in _sayings(documents):
        runs = set(zip(*(one.words[n:] for n in range(COPY_RUN)), strict=False))
        shared = Counter(chain.from_iterable(holders[run] for run in runs))
        for number, count in shared.most_common(3):
            if count < COPY_SHARED * len(runs):
                break
            other = said[number]
            if fuzz.ratio(one.words, other.words) >= COPY_LIKENESS:
                where = f"{other.document.path}:{other.line}"
                says = f'"{_start(one.text)}" is nearly what {where} says: write it anew or link.'
                yield Fault(one.document.path, one.line, says)
                break
        for run in runs:
            holders[run].append(len(said))
        said.append(one)


def _sayings(documents: Iterable[Document]) -> Iterator[_Said]:
    for document, passage in _passages(documents):
        for sentence in sentences(passage.text):
            spoken = words(sentence.lower())
            if len(spoken) >= COPY_WORDS:
                line = passage.line_at(passage.text.find(sentence))
                yield _Said(document, line, sentence, spoken)


def _passages(documents: Iterable[Document]) -> Iterator[tuple[Document, Passage]]:
    """All that we say ourselves."""
    for document in documents:
        for passage in document.passages:
            keys = [part for part in passage.loc if isinstance(part, str)]
            if not NOT_OUR_VOICE.intersection(keys[-1:]):
                yield document, passage


def _start(sentence: str) -> str:
    return " ".join(sentence.split()[:6]) + " …"
