"""The script language of the local platform: one line, one thing that somebody does.

    as org1 organiser            act as this member; member (default), host or organiser
    in #demo-night               the channel where commands are typed
    /principle 37                typed as on the platforms: positional or name:value
    press "Coaching questions"   a button on the newest message the member can see
    fill title="A parser"        send the open form
    choose "Friday"              pick from the newest select
    advance 48h                  move the clock; what falls due arrives in time order
    expect "come back"           fail unless this was seen since somebody last did something
    dms org1                     print the direct messages of org1

Empty lines and what follows `# ` are passed over. The language is an interface: keep it stable.
"""

import json
import re
import shlex
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from itertools import chain

from adapters.local.files import Files
from adapters.local.text import form_json, form_lines, message_json, message_lines
from adapters.local.workspace import Message, Workspace
from bot.actions import Role
from bot.context import Place

DURATION = re.compile(r"(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
UNITS = ("weeks", "days", "hours", "minutes", "seconds")
COMMENT = re.compile(r"(^|\s)#( .*)?$")
ROLES = {"member": Role.MEMBER, "host": Role.HOST, "organiser": Role.ORGANISER}
LOBBY = "#general"


class BadLine(Exception):
    """A line that can't be read; exit code 2."""


class Unmet(Exception):
    """An `expect` that failed; exit code 1."""


class Script:
    """Runs lines in a workspace and hands each line of output to `write`."""

    def __init__(
        self,
        workspace: Workspace,
        write: Callable[[str], None],
        files: Files,
        *,
        as_json: bool = False,
    ) -> None:
        self.workspace = workspace
        self.files = files
        self.write = write
        self.as_json = as_json
        self.member = "ada"
        self.place = Place(LOBBY)
        self._shown: list[tuple[Message, object]] = []
        self._recent: list[str] = []
        self._verbs: dict[str, Callable[[str], Awaitable[None]]] = {
            "as": self._as,
            "in": self._in,
            "group": self._group,
            "press": self._press,
            "choose": self._choose,
            "fill": self._fill,
            "advance": self._advance,
            "expect": self._expect,
            "dms": self._dms,
        }

    async def run(self, lines: Iterable[str]) -> None:
        """Raises BadLine or Unmet with the line's number."""
        for number, line in enumerate(lines, start=1):
            try:
                await self.line(line)
            except (BadLine, Unmet) as error:
                raise type(error)(f"line {number}: {error}") from None

    async def line(self, line: str) -> None:
        line = COMMENT.sub("", line.strip()).strip()
        if not line:
            return
        self._echo(line)
        if line.startswith("/"):
            await self._act(self.workspace.say(self.member, self.place, line))
            return
        verb, _, rest = line.partition(" ")
        if verb not in self._verbs:
            verbs = ", ".join(self._verbs)
            raise BadLine(f"I can't read {line[:60]!r}. A line starts with / or one of: {verbs}.")
        await self._verbs[verb](rest.strip())

    async def _as(self, rest: str) -> None:
        name, _, role = rest.partition(" ")
        role = role.strip()
        if not name or (role and role not in ROLES):
            raise BadLine(f"as NAME [{'|'.join(ROLES)}], not 'as {rest}'.")
        self.member = name
        self.workspace.join(name, ROLES[role] if role else None)

    async def _in(self, rest: str) -> None:
        if not re.fullmatch(r"#[\w-]+", rest):
            raise BadLine(f"in #CHANNEL, not 'in {rest}'.")
        self.place = Place(rest)

    async def _group(self, rest: str) -> None:
        name, *members = rest.split() or [""]
        if not re.fullmatch(r"\w{1,20}", name):
            raise BadLine(f"group NAME MEMBER …, not 'group {rest}'.")
        for member in members:
            self.workspace.join(member)
        self.workspace.members[name] = set(members)

    async def _press(self, rest: str) -> None:
        await self._act(self.workspace.press(self.member, _quoted(rest)))

    async def _choose(self, rest: str) -> None:
        await self._act(self.workspace.choose(self.member, _quoted(rest)))

    async def _fill(self, rest: str) -> None:
        pairs = [word.partition("=") for word in _words(rest)]
        if not all(equals for _, equals, _ in pairs):
            raise BadLine(f"fill name=\"value\" …, not 'fill {rest}'.")
        await self._act(self.workspace.fill(self.member, {name: value for name, _, value in pairs}))

    async def _advance(self, rest: str) -> None:
        await self._act(self.workspace.advance(duration(rest)))

    async def _expect(self, rest: str) -> None:
        wanted = _quoted(rest)
        if not any(_folded(wanted) in text for text in self._recent):
            seen = "\n".join(self._recent) or "nothing"
            raise Unmet(f'expected "{wanted}", but saw:\n{seen}')

    async def _dms(self, rest: str) -> None:
        found = [m for m in self.workspace.messages if m.place.direct and m.reader == rest]
        for message in found:
            self._print(message)
        if not found and not self.as_json:
            self.write(f"No direct messages for {rest}.")

    async def _act(self, doing: Awaitable[None]) -> None:
        self._recent.clear()
        form = self.workspace.forms.get(self.member)
        try:
            await doing
        except LookupError as error:
            raise BadLine(f"{error.args[0]}.") from None
        self._print_new()
        now_open = self.workspace.forms.get(self.member)
        if now_open and now_open is not form:
            self._print_form()

    def _echo(self, line: str) -> None:
        """What was typed or pressed, so that a transcript reads as a conversation."""
        if not self.as_json and line.startswith(("/", "press ", "choose ", "fill ", "advance ")):
            self.write(f"» {self.member} in {self.place.id}: {line}")

    def _print_new(self) -> None:
        before = {(id(message), id(state)) for message, state in self._shown}
        for message in self.workspace.messages:
            if (id(message), id(message.card)) not in before:
                self._print(message)
        self._shown = [(message, message.card) for message in self.workspace.messages]

    def _print(self, message: Message) -> None:
        lines = list(message_lines(message, self.files))
        self._recent.append(_folded(" ".join(line.lstrip("│┌└ ") for line in lines)))
        self._write(lines, message_json(message, self.files))

    def _print_form(self) -> None:
        form = self.workspace.forms[self.member]
        lines = list(form_lines(form))
        self._recent.append(_folded(" ".join(lines)))
        at = self.workspace.now.isoformat()
        self._write(lines, form_json(form, at, self.member))

    def _write(self, lines: Iterable[str], data: object) -> None:
        if self.as_json:
            self.write(json.dumps(data, ensure_ascii=False))
        else:
            for line in chain(lines, [""]):
                self.write(line)


def duration(text: str) -> timedelta:
    """Such as 48h, 3d, 2w or 1h30m. Raises BadLine."""
    match = DURATION.fullmatch(text.replace(" ", ""))
    if not text or not match:
        raise BadLine(f"advance 48h, 3d, 2w or 1h30m, not 'advance {text}'.")
    return timedelta(**{unit: int(n) for unit, n in zip(UNITS, match.groups(), strict=True) if n})


def _quoted(rest: str) -> str:
    words = _words(rest)
    if len(words) != 1:
        raise BadLine(f'put it in quotes: "{rest}".')
    return words[0]


def _words(rest: str) -> list[str]:
    try:
        return shlex.split(rest)
    except ValueError:
        raise BadLine(f"a quote is not closed in: {rest}") from None


def _folded(text: str) -> str:
    """Wrapping and spacing do not matter to `expect`."""
    return " ".join(text.split())
