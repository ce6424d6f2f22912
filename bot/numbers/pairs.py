"""Who met whom: how many pairs of people were at several events together. Only counts leave here.

People who came to the same events are alike, so that each pattern is laid beside each other once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set

import numpy as np
from numpy.typing import NDArray

AT_A_TIME = 512
"""Patterns laid beside all others in one go: it bounds the memory."""
Shared = NDArray[np.float32]
Numbers = NDArray[np.float64]


def pairs(evenings: Iterable[Set[str]], together: int) -> int:
    """Pairs who were both at that many of these events, or more."""
    patterns, people = _patterns(list(evenings), together)
    if not len(people):
        return 0
    twice = sum(
        people[at : at + AT_A_TIME] @ ((met >= together) @ people) for at, met in _met(patterns)
    )
    return int(twice - people.sum()) // 2


def _patterns(evenings: Sequence[Set[str]], least: int) -> tuple[Shared, Numbers]:
    """To which events people came, and how many came to just these: of those who came often."""
    came: dict[str, int] = {}
    for number, here in enumerate(evenings):
        for person in here:
            came[person] = came.get(person, 0) | 1 << number
    often = Counter(bits for bits in came.values() if bits.bit_count() >= least)
    patterns = [[bits >> n & 1 for n in range(len(evenings))] for bits in often]
    return np.array(patterns, dtype=np.float32), np.array([*often.values()], dtype=np.float64)


def _met(patterns: Shared) -> Iterator[tuple[int, Shared]]:
    """For some patterns at a time, how many events they share with every pattern."""
    for at in range(0, len(patterns), AT_A_TIME):
        yield at, patterns[at : at + AT_A_TIME] @ patterns.T
