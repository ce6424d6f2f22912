"""Who is who: imported rows as people, without merging two of one name in silence. Pure."""

import hmac
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import nlargest
from itertools import combinations
from operator import itemgetter

from rapidfuzz import fuzz, process

from bot.features.imports.model import BOUGHT, EMAIL, NAME, TOOL
from bot.imports import Demo, Guest, Reading, Talk

ALIKE = 88
"""Of 100: names this near stand on the review list."""
SAME_BUYER = 70
"""Of 100: how near to its owner's a name beside a shared address is worth asking about."""
CROWDED = 400
"""People with one word in common, beyond which that word says nothing."""
NAMESAKES = 5
"""With so many of one name somebody may be the same; with hundreds the name says nothing."""
MOST_PAIRS = 1_000
"""A host is asked about so many after one import, those most alike."""
NAMELESS = "Somebody without a name"


@dataclass(frozen=True, slots=True)
class Known:
    """A person of the community. A member has an account."""

    id: str
    name: str
    member: bool


@dataclass(frozen=True, slots=True)
class Id:
    """One way in which rows of a list name somebody."""

    name: str
    email: str = ""
    handle: str = ""

    @property
    def strong(self) -> bool:
        return bool(self.email or self.handle)


@lru_cache(maxsize=200_000)
def plain_name(name: str) -> str:
    """As names are compared: case, width and spaces say nothing."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


@lru_cache(maxsize=200_000)
def bare_name(name: str) -> str:
    """A name without its accents, as it is compared with others that may be the same."""
    plain = plain_name(name)
    if plain.isascii():
        return plain
    letters = unicodedata.normalize("NFKD", plain)
    return "".join(each for each in letters if not unicodedata.combining(each))


@dataclass
class People:
    """Everybody known, and everybody found. `find` after `learn` never guesses."""

    key: bytes
    new_id: Callable[[], str]
    known: dict[str, Known]
    handles: dict[str, str]
    """Person by hash."""
    kinds: dict[str, set[str]]
    """Kinds of handles by person."""
    walk_ins: set[str] = field(default_factory=set)
    """Notes about somebody without an account, at the door or on the speakers' board: an export of
    ours names them by it."""
    added: list[Known] = field(default_factory=list)
    new_handles: list[tuple[str, str, str]] = field(default_factory=list)
    """Person, kind and hash."""
    pairs: dict[tuple[str, str], int] = field(default_factory=dict)
    """Two who may be one, and how alike they are; after `compare` not more than can be asked."""
    alike: int = 0
    """How many pairs there were."""
    by_name: set[str] = field(default_factory=set)
    """Known people who were met by their name alone."""
    same_names: set[str] = field(default_factory=set)
    """Names that stand for several people."""
    _fresh: set[str] = field(default_factory=set)
    _found: dict[Id, str] = field(default_factory=dict)
    _named: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _owners: dict[str, str] = field(default_factory=dict)
    """The first name beside each address, where addresses are shared."""

    def __post_init__(self) -> None:
        for person in self.known.values():
            self._named[plain_name(person.name)].append(person.id)

    def learn(self, readings: Iterable[Reading]) -> None:
        """Look at all rows before anybody is found: who has an address or an id comes first, so
        that a bare name can be one of them."""
        ids: dict[Id, bool] = {}
        for reading in readings:
            for guest in reading.guests:
                if guest.person not in self.known and guest.person not in self.walk_ins:
                    ids.setdefault(id_of(guest), reading.shares_email)
            given: tuple[Talk | Demo, ...] = (*reading.talks, *reading.demos)
            for talk in given:
                if talk.person not in self.known:
                    ids.setdefault(speaker_id(talk), False)
        told: dict[str, set[Id]] = defaultdict(set)
        for one in ids:
            if one.strong:
                told[plain_name(one.name)].add(one)
        alone = {name for name, those in told.items() if name and len(those) == 1}
        for one, shares in sorted(ids.items(), key=lambda item: not item[0].strong):
            self._found[one] = self._person(one, shares, plain_name(one.name) in alone)

    def note(self, id_: str) -> str:
        """The id here of a note about somebody without an account: the same each time."""
        return self._hash("note", id_)[:32]

    def find(self, guest: Guest) -> str:
        return guest.person if guest.person in self.known else self._found[id_of(guest)]

    def speaker(self, talk: Talk | Demo) -> str:
        return talk.person if talk.person in self.known else self._found[speaker_id(talk)]

    def _person(self, id_: Id, shares: bool, alone: bool) -> str:
        hashes = list(self._hashes(id_, shares))
        for kind, hash_ in hashes:
            if person := self.handles.get(hash_):
                if kind == NAME and id_.strong:
                    continue
                self._note(person, hashes if kind != NAME else [])
                return person
        if not (person := self._by_name(id_, alone)):
            person = self._new(id_)
        self._note(person, hashes)
        if any(kind == BOUGHT for kind, _ in hashes):
            self._ask_about_buyer(person, id_)
        return person

    def _ask_about_buyer(self, person: str, id_: Id) -> None:
        """One address, two names: a guest, or another way to write the buyer's name."""
        buyer = self.handles.get(self._hash(EMAIL, id_.email))
        if buyer:
            score = fuzz.token_sort_ratio(plain_name(id_.name), self._named_as(buyer))
            if score >= SAME_BUYER:
                self._pair(person, buyer, int(score))

    def _hashes(self, id_: Id, shares: bool) -> Iterator[tuple[str, str]]:
        name = plain_name(id_.name)
        if id_.handle:
            yield TOOL, self._hash(TOOL, id_.handle)
        if id_.email and (not shares or self._owns(id_)):
            yield EMAIL, self._hash(EMAIL, id_.email)
        elif id_.email:
            yield BOUGHT, self._hash(BOUGHT, f"{id_.email} {name}")
        if not id_.strong:
            yield NAME, self._hash(NAME, name)

    def _owns(self, id_: Id) -> bool:
        """Whether a shared address is theirs: of the first beside it, or of whoever had it."""
        name = plain_name(id_.name)
        before = self.handles.get(self._hash(EMAIL, id_.email))
        owner = self._named_as(before) if before else self._owners.setdefault(id_.email, name)
        return name == owner

    def _named_as(self, person: str) -> str:
        known = self.known.get(person)
        return plain_name(known.name) if known else ""

    def _by_name(self, id_: Id, alone: bool) -> str | None:
        """The one imported person of this name, if nothing speaks against it. A member of that
        name is never taken for them: a host says so."""
        name = plain_name(id_.name)
        same = self._named.get(name, []) if name else []
        if len(same) != 1 or self.known[same[0]].member:
            return None
        if id_.strong and (not alone or self.kinds.get(same[0], set()) & self._kinds_of(id_)):
            return None
        if same[0] not in self._fresh:
            self.by_name.add(same[0])
        return same[0]

    def _kinds_of(self, id_: Id) -> set[str]:
        return {TOOL} if id_.handle else {EMAIL, BOUGHT}

    def _new(self, id_: Id) -> str:
        name = plain_name(id_.name)
        person = Known(self.new_id(), id_.name[:200] or NAMELESS, member=False)
        if name:
            for other in self._named[name][:NAMESAKES]:
                self._pair(person.id, other, 100)
                self.same_names.add(id_.name)
            self._named[name].append(person.id)
        self.known[person.id] = person
        self.added.append(person)
        self._fresh.add(person.id)
        return person.id

    def _note(self, person: str, hashes: Iterable[tuple[str, str]]) -> None:
        for kind, hash_ in hashes:
            if hash_ not in self.handles:
                self.handles[hash_] = person
                self.kinds.setdefault(person, set()).add(kind)
                self.new_handles.append((person, kind, hash_))

    def _hash(self, kind: str, text: str) -> str:
        return hmac.digest(self.key, f"{kind}:{text}".encode(), "sha256").hex()

    def _pair(self, one: str, other: str, score: int) -> None:
        if one != other and (other, one) not in self.pairs:
            self.pairs.setdefault((one, other), score)

    def compare(self) -> None:
        """Names of new people that are nearly those of somebody else: for the review list. Accents
        make no difference, numbers do: "Hana 32" and "Hana 128" are two."""
        fresh = {plain_name(each.name) for each in self.added}
        written: dict[str, list[str]] = defaultdict(list)
        for name in self._named:
            written[bare_name(name)].append(name)
        words: dict[tuple[str, str], list[str]] = defaultdict(list)
        for bare in written:
            number = "".join(filter(str.isdigit, bare))
            for word in set(bare.split()):
                if len(word) > 2:
                    words[word, number].append(bare)
        new = {bare for bare, names in written.items() if not fresh.isdisjoint(names)}
        for names in words.values():
            news = [bare for bare in names if bare in new]
            if news and 1 < len(names) <= CROWDED:
                self._compare(news, names, written)
        for bare in new:
            self._pair_accents(written[bare], fresh)
        self._keep_the_nearest()

    def _pair_accents(self, names: list[str], fresh: set[str]) -> None:
        """Names that differ in their accents only."""
        for one, other in combinations(names[:NAMESAKES], 2):
            if one in fresh or other in fresh:
                self._pair(self._named[one][-1], self._named[other][0], 100)

    def _keep_the_nearest(self) -> None:
        self.alike = len(self.pairs)
        if self.alike > MOST_PAIRS:
            self.pairs = dict(nlargest(MOST_PAIRS, self.pairs.items(), key=itemgetter(1)))

    def _compare(self, new: list[str], names: list[str], written: Mapping[str, list[str]]) -> None:
        for name in new:
            near = process.extract(
                name, names, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE, limit=4
            )
            for other, score, _ in near:
                if other != name:
                    one, two = written[name][-1], written[other][0]
                    self._pair(self._named[one][-1], self._named[two][0], int(score))


def id_of(guest: Guest) -> Id:
    """Ids in an export of another community of ours are handles here."""
    handle = f"person:{guest.person}" if guest.person else guest.handle
    return Id(" ".join(guest.name.split()), guest.email.strip().casefold(), handle)


def speaker_id(talk: Talk | Demo) -> Id:
    name = talk.speaker if isinstance(talk, Talk) else talk.presenter
    handle = f"person:{talk.person}" if talk.person else ""
    return Id(" ".join(name.split()), handle=handle)
