"""The file: a ZIP with a manifest and, for each table, one line of JSON a row.

It says of every table how many rows it has and what they hash to, so that a file that was damaged
or cut off is known before anything is changed. It is never in memory whole.
"""

import hashlib
import io
import json
import os
import zipfile
import zlib
from base64 import b64encode
from collections.abc import AsyncIterable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import BaseModel

from bot.errors import StartError

FORMAT = 1
MANIFEST = "manifest.json"
AT_ONCE = 1 << 20
"""Bytes read ahead."""
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    ValueError,  # also what JSON and the manifest raise
    RuntimeError,  # also what an unknown compression raises
)
"""What reading raises where the file is broken, or none of ours."""

Row = Mapping[str, Any]
T = TypeVar("T")


class Part(BaseModel):
    """One table."""

    name: str
    rows: int
    sha256: str


class Manifest(BaseModel):
    """What the file is, and what must be in it."""

    format: int
    version: str
    """Of the program that made it."""
    revision: str
    """Of the tables."""
    database: str
    """SQLite or PostgreSQL."""
    made_at: datetime
    tables: tuple[Part, ...]

    def rows(self, name: str) -> int:
        return next((part.rows for part in self.tables if part.name == name), 0)


class Writer:
    """Puts tables into an archive, and its manifest at last."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._parts: list[Part] = []

    async def add(self, name: str, portions: AsyncIterable[Iterable[Mapping[Any, Any]]]) -> None:
        count, digest = 0, hashlib.sha256()
        with self._archive.open(_entry(name), "w", force_zip64=True) as entry:
            async for rows in portions:
                lines = [_line(row) for row in rows]
                count += len(lines)
                told = b"".join(lines)
                digest.update(told)
                entry.write(told)
        self._parts.append(Part(name=name, rows=count, sha256=digest.hexdigest()))

    def finish(self, *, version: str, revision: str, database: str, made_at: datetime) -> None:
        manifest = Manifest(
            format=FORMAT,
            version=version,
            revision=revision,
            database=database,
            made_at=made_at,
            tables=tuple(self._parts),
        )
        self._archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))


@contextmanager
def written(path: Path, *, force: bool = False) -> Iterator[Writer]:
    """An archive at this path, for its owner alone. Until it is whole and was read once it has
    another name: nobody takes a part for the whole. Raises StartError."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        _keep_what_is_there(path, force)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with io.BufferedWriter(_Mine(part, path), AT_ONCE) as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                yield Writer(archive)
            file.flush()
            os.fsync(file.fileno())
        with Archive(part) as archive:
            archive.prove()
        _keep_what_is_there(path, force)
        part.replace(path)
    except OSError as error:
        raise _cannot_write(path, error) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


class Archive:
    """A file that somebody says is a backup. Raises StartError where it is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._in_words():
            self._file = zipfile.ZipFile(path)
            self.manifest = self._manifest()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def prove(self) -> None:
        """Read all of it: every row must be there, as it was written."""
        with self._in_words():
            for part in self.manifest.tables:
                count, digest = 0, hashlib.sha256()
                for line in self._lines(part.name):
                    digest.update(line)
                    count += 1
                if (count, digest.hexdigest()) != (part.rows, part.sha256):
                    raise ValueError(part.name)

    def rows(self, name: str, read: Callable[[Row], T]) -> Iterator[T]:
        with self._in_words():
            for line in self._lines(name):
                yield read(json.loads(line))

    def _lines(self, name: str) -> Iterator[bytes]:
        with self._file.open(_entry(name)) as entry:
            yield from io.BufferedReader(entry, AT_ONCE)  # type: ignore[type-var]

    def _manifest(self) -> Manifest:
        told = json.loads(self._file.read(MANIFEST))
        if told["format"] > FORMAT:
            raise StartError(
                f"{self.path} was made by a newer version of me, {told['version']}. "
                "Upgrade first, then restore it."
            )
        return Manifest.model_validate(told)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except DAMAGED:
            raise StartError(
                f"{self.path} is damaged, cut off, or no backup of mine. Nothing was changed. "
                "Please take another one."
            ) from None
        except OSError as error:
            raise StartError(f"I can't read {self.path}: {error.strerror}.") from None


class _Mine(io.FileIO):
    """A new file that nobody else may read. That the disk is full is said in words, since whoever
    writes into it also talks to a database, which has troubles of its own."""

    def __init__(self, path: Path, shown: Path) -> None:
        self._shown = shown
        super().__init__(path, "w", opener=lambda name, flags: os.open(name, flags, 0o600))

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise _cannot_write(self._shown, error) from None


def _keep_what_is_there(path: Path, force: bool) -> None:
    if path.exists() and not force:
        raise StartError(
            f"{path} is there already. Choose another name, or add --force to write over it."
        )


def _cannot_write(path: Path, error: OSError) -> StartError:
    return StartError(f"I can't write {path}: {error.strerror}.")


def _entry(name: str) -> str:
    return f"tables/{name}.jsonl"


def _line(row: Mapping[Any, Any]) -> bytes:
    return json.dumps(dict(row), ensure_ascii=False, default=_plain).encode() + b"\n"


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"A backup has no words for {type(value).__name__}.")
