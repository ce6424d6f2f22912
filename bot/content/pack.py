"""`load`: the folders of a pack to one `Content`, or to all of their faults."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.content import proofs, voice
from bot.content.complaints import complaint, errors_of
from bot.content.faults import ContentError, Fault, Faults
from bot.content.kinds import Known
from bot.content.model import (
    Advice,
    Area,
    Chapter,
    Demo,
    FollowUps,
    Map,
    Metric,
    Pack,
    Pillar,
    Pillars,
    Principle,
    Privacy,
    Program,
    Retro,
    Review,
    Search,
    Source,
    Stage,
    Style,
)
from bot.content.pages import Outline, Page, outline, read_page
from bot.content.reading import Document, read_yaml

_PILLARS: TypeAdapter[tuple[Pillar, ...]] = TypeAdapter(Pillars)
_STYLE: TypeAdapter[tuple[Advice, ...]] = TypeAdapter(Style)
OUTLINES = {"principles": outline(Principle), "chapters": outline(Chapter)}
NOT_PROSE = frozenset({"sources.yaml", "style.yaml", "search.yaml"})  # citations, lists of words

T = TypeVar("T")


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


K = TypeVar("K", bound=_Keyed)
P = TypeVar("P", Principle, Chapter)


@dataclass(frozen=True, slots=True)
class Backlink:
    """A connection followed back: the page that names a principle, and why."""

    page: Principle | Chapter
    because: str


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """All the words of one pack. Nothing in it changes: a new pack is a new `Content`."""

    principles: Mapping[int, Principle]
    chapters: Mapping[int, Chapter]
    pillars: Mapping[str, Pillar]
    areas: Mapping[str, Area]
    stages: Mapping[str, Stage]
    metrics: Mapping[str, Metric]
    sources: Mapping[str, Source]
    map: Map
    retro: Retro
    followups: FollowUps
    program: Program
    demo: Demo
    review: Review
    search: Search
    privacy: Privacy
    backlinks: Mapping[int, tuple[Backlink, ...]]

    def moving(self, key: str) -> list[Principle]:
        """The principles that move an area, stage or metric, those that name it first ahead."""
        found = [each for each in self.principles.values() if key in each.moves]
        return sorted(found, key=lambda each: (each.moves.index(key), each.number))

    def linked_from(self, number: int) -> tuple[Backlink, ...]:
        """The pages that connect to a principle: principles first, then chapters."""
        return self.backlinks[number]


def load(folder: Path, *overlays: Path) -> Content:
    """Read and prove a pack. Each overlay replaces and adds files of what it is laid over.

    Raises ContentError, which holds every fault of every file.
    """
    draft = _Draft([folder, *overlays])
    pack = draft.pack()
    principles = draft.records(Principle, "principles")
    chapters = draft.records(Chapter, "chapters")
    draft.faults.extend(draft.proofs(principles))
    if draft.faults or pack is None:
        raise ContentError(draft.faults)
    return Content(
        principles=_by_number(principles.values()),
        chapters=_by_number(chapters.values()),
        pillars=_by_key(pack.pillars),
        areas=_by_key(pack.map.areas),
        stages=_by_key(pack.flywheel.stages),
        metrics=_by_key(pack.flywheel.metrics),
        sources=_by_key(pack.sources),
        map=pack.map,
        retro=pack.retro,
        followups=pack.followups,
        program=pack.program,
        demo=pack.demo,
        review=pack.review,
        search=pack.search,
        privacy=pack.privacy,
        backlinks=_backlinks([*principles.values(), *chapters.values()]),
    )


class _Draft:
    """A pack that is not proved yet: what could be read of it, and its faults so far."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.root, self.files = folders[0], _files(folders)
        self.faults = Faults(proofs.names(self.files))
        self.faults.extend(proofs.numbers(self.files, self.root))
        self.sheets: dict[str, Document] = {}
        self.pages: dict[str, Page] = {}
        doubles = proofs.doubles(self.files)
        for name, path in self.files.items():
            if name in doubles:
                continue  # it would be found to copy the other one
            with self.faults.gathered():
                if name in proofs.YAML_FILES:
                    self.sheets[name] = read_yaml(path)
                elif proofs.number_of(name) is not None:
                    self.pages[name] = read_page(path, _outline(name))
        self.pillars = self._alone(_PILLARS, "pillars.yaml")
        self.known = _known(self.sheets, self.pillars, self.files)

    def pack(self) -> Pack | None:
        data = {name.removesuffix(".yaml"): sheet.data for name, sheet in self.sheets.items()}
        try:
            return Pack.model_validate(data, context=self.known)
        except ValidationError as error:
            for one in errors_of(error):
                name, loc = f"{one['loc'][0]}.yaml", one["loc"][1:]
                if name in self.sheets:
                    self.faults.append(complaint(self.sheets[name], one, loc, {}))
                elif name not in self.files:
                    self.faults.append(Fault(self.root / name, 1, "The file is missing: add it."))
            return None

    def records(self, model: type[P], folder: str) -> dict[str, P]:
        found: dict[str, P] = {}
        for name, page in self._in(folder):
            try:
                found[name] = model.model_validate(page.data, context=self.known)
            except ValidationError as error:
                self.faults.extend(
                    complaint(page, one, one["loc"], _outline(name)) for one in errors_of(error)
                )
        return found

    def proofs(self, principles: Mapping[str, Principle]) -> Iterator[Fault]:
        for name, page in self.pages.items():
            yield from proofs.numbered(name, page)
            yield from proofs.shape(page, _outline(name))
            yield from proofs.links(name, page, self.files)
            yield from proofs.lengths(page, _outline(name))
        yield from proofs.titles(self.pages.values())
        yield from proofs.graph(dict(self._in("principles")))
        if self.pillars:
            yield from proofs.ranges(self.sheets["pillars.yaml"], self.pillars)
            for name, principle in principles.items():
                yield from proofs.placed(name, self.pages[name], principle)
        sheets = (sheet for name, sheet in self.sheets.items() if name not in NOT_PROSE)
        documents: list[Document] = [*self.pages.values(), *sheets]
        yield from voice.copies(documents)
        if style := self._alone(_STYLE, "style.yaml"):
            yield from voice.prose(documents, style)

    def _alone(self, adapter: TypeAdapter[T], name: str) -> T | None:
        """A sheet that proofs need, even when another one is faulty."""
        try:
            return adapter.validate_python(self.sheets[name].data)
        except (KeyError, ValidationError):
            return None  # found by `pack`

    def _in(self, folder: str) -> Iterator[tuple[str, Page]]:
        return ((name, page) for name, page in self.pages.items() if name.startswith(folder))


def _files(folders: Sequence[Path]) -> dict[str, Path]:
    """The files that count, by their path inside the pack, in the order of those paths."""
    found: dict[str, Path] = {}
    for folder in folders:
        if not folder.is_dir():
            raise ContentError([Fault(folder, 1, "There is no such folder: correct the path.")])
        for path in (*folder.glob("*"), *folder.glob("*/*")):
            if path.suffix in (".md", ".yaml", ".yml") and path.name != "README.md":
                found[path.relative_to(folder).as_posix()] = path
    return {name: found[name] for name in sorted(found) if "/." not in f"/{name}"}


def _outline(name: str) -> Outline:
    return OUTLINES[name.partition("/")[0]]


def _known(
    sheets: Mapping[str, Document], pillars: Iterable[Pillar] | None, files: Iterable[str]
) -> Known:
    """What may be named, taken as it stands; None where the file that says so cannot be read."""
    areas = _keys(sheets, "map.yaml", "areas")
    stages = _keys(sheets, "flywheel.yaml", "stages")
    metrics = _keys(sheets, "flywheel.yaml", "metrics")
    moves = None
    if areas is not None and stages is not None and metrics is not None:
        moves = areas | stages | metrics
    numbers = {
        folder: {proofs.number_of(name) or 0 for name in files if name.startswith(folder)}
        for folder in OUTLINES
    }
    return Known(
        pillars=_by_key(pillars) if pillars else None,
        sources=_keys(sheets, "sources.yaml"),
        areas=areas,
        moves=moves,
        principles=numbers["principles"],
        chapters=numbers["chapters"],
    )


def _keys(sheets: Mapping[str, Document], name: str, *path: str) -> Set[str] | None:
    data = sheets[name].data if name in sheets else None
    for part in path:
        data = data.get(part) if isinstance(data, dict) else None
    if not isinstance(data, tuple):
        return None
    return {str(entry.get("key")) for entry in data if isinstance(entry, dict)}


def _by_key(records: Iterable[K]) -> Mapping[str, K]:
    return MappingProxyType({record.key: record for record in records})


def _by_number(records: Iterable[P]) -> Mapping[int, P]:
    return MappingProxyType({record.number: record for record in records})


def _backlinks(pages: Iterable[Principle | Chapter]) -> Mapping[int, tuple[Backlink, ...]]:
    found: defaultdict[int, list[Backlink]] = defaultdict(list)
    for page in pages:
        for connection in page.connects:
            found[connection.to].append(Backlink(page, connection.because))
    return MappingProxyType({number: tuple(links) for number, links in found.items()})
