"""Where pictures and files go that a window of text can't show."""

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from bot.errors import StartError
from bot.replies import File

UNSAFE = re.compile(r"[^\w.-]+")


class Files:
    """A folder, made at the first file: a temporary one where none is named. What is shown again
    is written once. Where they are is said with the first one."""

    def __init__(self, folder: Path | None, say: Callable[[str], None]) -> None:
        self.folder = folder
        self._say = say
        self._kept: dict[File, Path] = {}

    def keep(self, file: File) -> Path:
        """Raises StartError."""
        if file not in self._kept:
            self._kept[file] = self._written(file)
        return self._kept[file]

    def _written(self, file: File) -> Path:
        name = UNSAFE.sub("-", file.name).lstrip(".-") or "file"
        try:
            if self.folder is None:
                self.folder = Path(tempfile.mkdtemp(prefix="community-os-"))
            self.folder.mkdir(parents=True, exist_ok=True)
            if not self._kept:
                self._say(f"Pictures and files are written to {self.folder.resolve()}\n")
            path = self.folder.resolve() / f"{len(self._kept) + 1:02}-{name}"
            path.write_bytes(file.data)
        except OSError as error:
            raise StartError(f"I can't write to {self.folder}: {error.strerror}.") from None
        return path
