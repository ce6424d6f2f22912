"""How long `/find` takes: a need in plain words, and 5,000 words that no page has.

Compared with one plain full-text query of SQLite over the same pages, which forgives nothing.
"""

import sqlite3
import statistics
from collections.abc import Callable, Iterable
from pathlib import Path
from time import perf_counter

import yaml

from bot.content import load
from bot.features.search.index import Index
from bot.pack import packaged

NEEDS = Path(__file__).parent.parent / "tests/features/needs/tuning.yaml"
ROUNDS = 5
AIM_MS = 20


def milliseconds(ask: Callable[[str], object], needs: Iterable[str]) -> float:
    """The median of several rounds, for one need."""
    asked = list(needs)
    rounds = []
    for _ in range(ROUNDS):
        began = perf_counter()
        for need in asked:
            ask(need)
        rounds.append((perf_counter() - began) * 1000 / len(asked))
    return statistics.median(rounds)


def main() -> None:
    content = load(packaged("content"))
    began = perf_counter()
    index = Index(content)
    print(f"index built in {(perf_counter() - began) * 1000:.0f} ms")
    needs = [one["need"] for one in yaml.safe_load(NEEDS.read_text(encoding="utf-8"))]
    plain = sqlite3.connect(":memory:")
    plain.execute("CREATE VIRTUAL TABLE pages USING fts5(text, tokenize = 'porter')")
    pages = [*content.principles.values(), *content.chapters.values()]
    plain.executemany("INSERT INTO pages VALUES (?)", [(str(page),) for page in pages])

    def fts(need: str) -> object:
        words = " OR ".join(f'"{word}"' for word in need.replace('"', "").split())
        query = "SELECT rowid FROM pages WHERE pages MATCH ? ORDER BY rank LIMIT 3"
        return plain.execute(query, (words,)).fetchall()

    ours, theirs = milliseconds(index.search, needs), milliseconds(fts, needs)
    unknown = milliseconds(index.search, [" ".join(f"nosuchword{n}" for n in range(5000))])
    print(f"a need: {ours:.2f} ms; plain full text: {theirs:.2f} ms; 5,000 words: {unknown:.1f} ms")
    print(
        f"find: {ours / AIM_MS:.2f} of the aimed {AIM_MS} ms, {ours / theirs:.1f} x plain full text"
    )
    plain.close()


if __name__ == "__main__":
    main()
