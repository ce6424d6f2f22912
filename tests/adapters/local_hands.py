"""The local workspace behind the contract suite's hands."""

from adapters.local.workspace import WHERE, Form, Message, Workspace
from bot.actions import Role
from bot.context import Call, Place
from bot.markup import text_of
from bot.people import Caller
from tests.adapters.hands import Seen, SeenForm, newest

CHANNEL = Place("#general")


class LocalHands:
    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._last: tuple[Form, dict[str, str]] | None = None

    async def join(self, who: str, role: Role = Role.MEMBER) -> None:
        self.workspace.join(who, role)

    async def say(self, who: str, command: str, /, **options: object) -> None:
        typed = " ".join(f'{name}:"{value}"' for name, value in options.items())
        await self.workspace.say(who, CHANNEL, f"/{command} {typed}")

    async def press(self, who: str, label: str) -> None:
        await self.workspace.press(who, label)

    async def choose(self, who: str, label: str) -> None:
        await self.workspace.choose(who, label)

    async def use_on(self, who: str, label: str, whom: str) -> None:
        await self.workspace.use_on(who, CHANNEL, label, whom)

    async def fill(self, who: str, **values: object) -> None:
        texts = {name: str(value) for name, value in values.items()}
        self._last = self.workspace.forms[who], texts
        await self.workspace.fill(who, texts)

    async def resend(self, who: str) -> None:
        assert self._last
        self.workspace.forms[who], texts = self._last
        await self.workspace.fill(who, texts)

    async def suggestions(self, who: str, command: str, name: str, text: str) -> list[str]:
        call = Call(command, {}, Caller(WHERE, who, who), CHANNEL)
        return [each.label for each in await self.workspace.app.suggest(call, name, text)]

    async def tick(self) -> None:
        await self.workspace.app.tick()

    def sees(self, who: str) -> list[Seen]:
        return [_seen(message) for message in self.workspace.seen_by(who)]

    def opens(self, who: str, file: str) -> bytes:
        there = (each for message in self.workspace.seen_by(who) for each in message.files)
        return newest(((each.name, each.data) for each in there), file)

    def form(self, who: str) -> SeenForm | None:
        form = self.workspace.forms.get(who)
        if form is None:
            return None
        labels = {param.name: param.label for param in form.params}
        return SeenForm(
            tuple(labels.values()),
            {labels[name]: value for name, value in form.asks.draft.items()},
            {labels[name]: text_of(says) for name, says in form.wrong.items()},
        )


def _seen(message: Message) -> Seen:
    card = message.card
    return Seen(
        card.title,
        text_of(card.text),
        {each.name: text_of(each.value) for each in card.fields},
        tuple(button.label for button in card.buttons),
        tuple(option.label for option in card.choice.options) if card.choice else (),
        message.private,
        card.picture.alt if card.picture else None,
        tuple(file.name for file in message.files),
    )
