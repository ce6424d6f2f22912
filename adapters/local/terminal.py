"""The local platform at a terminal: history, completion, buttons by number, forms by field."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.patch_stdout import patch_stdout

from adapters.local.files import Files
from adapters.local.script import BadLine, Script, Unmet
from adapters.local.text import message_lines
from adapters.local.workspace import Form, Message, Workspace
from bot.actions import Registry
from bot.markup import text_of

LEAVING = ("exit", "quit", "bye")
WELCOME = """\
This is a community in a box: it lives in this window and needs no account.
Type /principle 37, or /help. Press a button by its number.
as NAME [member|host|organiser] changes who you are; in #channel, where; advance 48h, the time.
Organisers see most: type as olga organiser, and then /pulse.
Ctrl-D leaves.
"""


class Commands(Completer):
    """Completes commands after a slash and the verbs of the script language."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterator[Completion]:
        text = document.text_before_cursor
        for action in self.registry.commands:
            if text and f"/{action.name}".startswith(text):
                yield Completion(f"/{action.name} ", -len(text), display_meta=action.help)
        for verb in ("as ", "in #", "advance ", "dms "):
            if text and verb.startswith(text):
                yield Completion(verb, -len(text))


class Terminal:
    """One window. Input goes through the same script lines that files use."""

    def __init__(self, workspace: Workspace, history: Path | None, files: Files) -> None:
        self.workspace = workspace
        self.files = files
        self.script = Script(workspace, self._ignore, files)
        self.history: History = FileHistory(str(history)) if history else InMemoryHistory()
        self._numbered: list[tuple[str, str]] = []
        self._seen = 0

    async def run(self) -> None:
        session: PromptSession[str] = PromptSession(
            history=self.history,
            completer=Commands(self.workspace.app.registry),
            complete_while_typing=True,
        )
        print_formatted_text(WELCOME)
        with patch_stdout():
            while True:
                try:
                    line = await session.prompt_async(self._prompt())
                except KeyboardInterrupt:
                    continue
                except EOFError:
                    return
                if line.strip() in LEAVING:
                    return
                await self._handle("/help" if line.strip() == "help" else line, session)

    async def _handle(self, line: str, session: PromptSession[str]) -> None:
        before = {(id(m), id(m.card)) for m in self.workspace.messages}
        try:
            await self.script.line(self._numbered_press(line.strip()))
            while form := self.workspace.forms.get(self.script.member):
                if not await self._ask(form, session):
                    break
        except (BadLine, Unmet) as error:
            print_formatted_text(FormattedText([("ansired", f"{error}")]))
        shown = [m for m in self.workspace.messages if (id(m), id(m.card)) not in before]
        self._show(shown or self._asked_for(line))

    async def _ask(self, form: Form, session: PromptSession[str]) -> bool:
        """Field by field. An empty line keeps what is there; Ctrl-C leaves the form."""
        values: dict[str, str] = {}
        wrong = form.wrong
        for param in form.params:
            if wrong and param.name not in wrong:
                continue
            if param.name in wrong:
                print_formatted_text(FormattedText([("ansired", text_of(wrong[param.name]))]))
            options = f" ({', '.join(param.choices)})" if param.choices else ""
            optional = "" if param.required else " (Enter skips it)"
            try:
                text = await PromptSession[str]().prompt_async(
                    f"  {param.label}{options}{optional}: ",
                    default=form.asks.draft.get(param.name, ""),
                )
            except (KeyboardInterrupt, EOFError):
                del self.workspace.forms[self.script.member]
                print_formatted_text("The form is closed. Nothing was sent.")
                return False
            values[param.name] = text
        await self.workspace.fill(self.script.member, values)
        return True

    def _numbered_press(self, line: str) -> str:
        if not line.isdigit():
            return line
        if not 1 <= int(line) <= len(self._numbered):
            raise BadLine(f"There is no button {line} here. Type a command, such as /help.")
        verb, label = self._numbered[int(line) - 1]
        quoted = label.replace("\\", "\\\\").replace('"', '\\"')
        return f'{verb} "{quoted}"'

    def _asked_for(self, line: str) -> Iterable[Message]:
        who = line.removeprefix("dms").strip()
        if not line.startswith("dms"):
            return ()
        return [m for m in self.workspace.messages if m.place.direct and m.reader == who]

    def _show(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self._numbered = [("press", button.label) for button in message.card.buttons]
            if message.card.choice:
                self._numbered += [("choose", o.label) for o in message.card.choice.options]
            style = "italic ansicyan" if message.private else ""
            text = "\n".join(message_lines(message, self.files, numbers=True))
            print_formatted_text(FormattedText([(style, text)]))

    def _prompt(self) -> FormattedText:
        now = self.workspace.now.astimezone(ZoneInfo(self.workspace.app.zone))
        return FormattedText(
            [
                ("ansibrightblack", f"{now:%a %d %b %H:%M} "),
                ("bold", f"{self.script.member} {self.script.place.id}"),
                ("", "> "),
            ]
        )

    @staticmethod
    def _ignore(line: str) -> None:
        """The terminal prints messages itself, with colours and numbers."""
