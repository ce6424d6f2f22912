"""Who met whom: how many pairs of people were at several events together. Only counts leave here.

People who came to the same events are alike, so that each pattern is laid beside each other once.
"""

from collections import Counter
from collections.abc import Iterable, Sequence, Set

import numpy as np
from scipy.sparse import csr_array

AT_A_TIME = 512
"""Patterns laid beside all others in one go: it bounds the memory."""


def pairs(evenings: Iterable[Set[str]], together: int) -> int:
    """Pairs who were both at that many of these events, or more."""
    alike = _patterns(list(evenings), together)
    if not alike:
        return 0
    came = _matrix(list(alike))
    people = np.array([*alike.values()], dtype=float)
    twice = 0.0
    for at in range(0, len(people), AT_A_TIME):
        met = came[at : at + AT_A_TIME] @ came.T
        met.data = met.data >= together
        twice += people[at : at + AT_A_TIME] @ (met @ people)
    return int(twice - people.sum()) // 2


def _patterns(evenings: Sequence[Set[str]], least: int) -> Counter[tuple[int, ...]]:
    """To which events people came, and how many came to just these: of those who came often."""
    came: dict[str, list[int]] = {}
    for number, here in enumerate(evenings):
        for person in here:
            came.setdefault(person, []).append(number)
    return Counter(tuple(numbers) for numbers in came.values() if len(numbers) >= least)


def _matrix(patterns: Sequence[tuple[int, ...]]) -> csr_array:
    """A row for each pattern, with a one for each event."""
    columns = np.array([number for each in patterns for number in each])
    ends = np.cumsum([0, *map(len, patterns)])
    return csr_array((np.ones(len(columns), dtype=np.int32), columns, ends))
