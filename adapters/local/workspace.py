"""A workspace in memory: members, channels, direct messages and a clock that can be moved.

The third platform, and the one that needs no account. It knows no front end: scripts, the terminal
and tests use its hands (`say`, `press`, `choose`, `fill`) and read its `messages`. What is due
after each of them is delivered at once.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.actions import Param, Registry, Role
from bot.app import App
from bot.context import Call, Place, Via
from bot.errors import Undeliverable, UserError
from bot.people import Caller, Where, mention
from bot.platform import Address, Channel, Check, Group, Profile, Sent
from bot.replies import Button, Card, Choice, File, Link, OpenForm, Outcome, Press, Refusal, Reply
from bot.typed import typed

BOT = "Community OS"
WHERE = Where("local", "local", "Sample community")


@dataclass(slots=True, eq=False)
class Message:
    """What somebody can see. `reader` is the one person who does, or None for all in the place.

    Two that say the same are two.
    """

    at: datetime
    place: Place
    card: Card
    reader: str | None = None
    files: tuple[File, ...] = ()
    edited: bool = False

    @property
    def private(self) -> bool:
        return self.reader is not None


@dataclass(slots=True)
class Form:
    """A form that is open in front of one member."""

    asks: OpenForm
    place: Place
    params: tuple[Param, ...]
    title: str
    wrong: Mapping[str, str] = field(default_factory=dict)


class Workspace:
    """The local platform. `connect` an App before the first word."""

    name = "local"
    keeps_forms_open = True
    knows_repeats = True
    calls_groups = "group"
    takes_files = False

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.roles: dict[str, Role] = {}
        self.messages: list[Message] = []
        self.forms: dict[str, Form] = {}
        self.closed_dms: set[str] = set()
        self.closed_channels: set[str] = set()
        self.rooms: set[str] = {"#general"}
        """The channels that somebody has been in."""
        self.bots: set[str] = set()
        self.members: dict[str, set[str]] = {}
        """Who is in each group."""
        self._sent: dict[str, Message] = {}
        self.app: App

    def connect(self, app: App) -> None:
        self.app = app

    async def run(self) -> None:
        """Nothing to serve: its hands call the App themselves."""

    async def ready(self) -> None:
        """It always is."""

    def clock(self) -> datetime:
        return self.now

    async def role_of(self, caller: Caller) -> Role:
        return self.roles.get(caller.user, Role.MEMBER)

    async def profile_of(self, where: Where, user: str) -> Profile | None:
        if user not in self.roles:
            return None
        return Profile(user, self.roles[user], user in self.bots)

    async def groups(self, where: Where) -> tuple[Group, ...]:
        everyone = Group("everyone", "everyone", everyone=True)
        return (everyone, *(Group(name, name) for name in sorted(self.members)))

    async def groups_of(self, where: Where, user: str, among: Collection[str]) -> Collection[str]:
        return {name for name in among if user in self.members.get(name, ())}

    async def channels(self, where: Where) -> tuple[Channel, ...]:
        return tuple(Channel(room, room.removeprefix("#")) for room in sorted(self.rooms))

    async def zone_of(self, caller: Caller) -> str | None:
        return None

    async def obstacle(self, to: Address) -> str | None:
        if to.channel in self.closed_channels:
            return f"{to.channel} is gone."
        if to.user in self.closed_dms:
            return f"{to.user} takes no direct messages."
        return None

    async def send(self, to: Address, reply: Reply, nonce: str) -> Sent:
        """Deliver from the outbox. The same nonce is the same message."""
        if obstacle := await self.obstacle(to):
            raise Undeliverable(obstacle)
        if nonce not in self._sent:
            place = Place(to.channel) if to.channel else Place(f"@{to.user}", direct=True)
            self._sent[nonce] = self._add(reply, to.user, place)
        return Sent(to.where, self._sent[nonce].place.id, nonce)

    async def edit(self, sent: Sent, reply: Reply) -> None:
        message = self._sent.get(sent.message)
        if message is None:
            raise Undeliverable("The message is gone.")
        self._replace(message, reply.card)

    async def checks(self, registry: Registry) -> AsyncIterator[Check]:
        yield Check("Local workspace", True, "ready")

    def join(self, member: str, role: Role | None = None) -> None:
        if role is not None:
            self.roles[member] = role
        self.roles.setdefault(member, Role.MEMBER)

    async def advance(self, span: timedelta) -> None:
        """Let time pass. What falls due on the way arrives at its own moment, in order."""
        end = self.now + span
        while (due := await self.app.next_due()) and due <= end:
            self.now = max(self.now, due)
            if not await self.app.tick():
                break
        self.now = end

    async def say(self, member: str, place: Place, line: str) -> None:
        """Type a line that starts with a slash."""
        if not place.direct:
            self.rooms.add(place.id)
        try:
            action, args = typed(self.app.registry, line.removeprefix("/"))
        except UserError as error:
            self._show(Refusal(error.says), member, place, None)
            return
        call = Call(action.name, args, self._caller(member), place)
        self._show(await self.app.run(call), member, place, None)
        await self.app.tick()

    async def use_on(self, member: str, place: Place, label: str, whom: str) -> None:
        """Pick an entry from the menu of another member. Raises LookupError."""
        action = self.app.registry.on_person.get(label)
        if action is None:
            raise LookupError(f'no menu has "{label}"')
        args = {action.params[0].name: mention(whom, whom)}
        call = Call(action.name, args, self._caller(member), place)
        self._show(await self.app.run(call), member, place, None)
        await self.app.tick()

    async def press(self, member: str, label: str) -> None:
        """Press the button of that name on the newest message that has one. Raises LookupError."""
        message, button = self.find_button(member, label)
        if isinstance(button, Link):
            return
        await self._go(member, message, button.press, button.press.values)

    async def choose(self, member: str, label: str) -> None:
        """Pick an option from the newest select that the member can see. Raises LookupError."""
        message, choice = self._newest_choice(member)
        option = next((each for each in choice.options if label in (each.label, each.value)), None)
        if option is None:
            options = ", ".join(f'"{each.label}"' for each in choice.options)
            raise LookupError(f'there is no option "{label}"; there are {options}')
        picked = {**choice.press.values, choice.name: option.value}
        await self._go(member, message, choice.press, picked)

    async def fill(self, member: str, values: Mapping[str, str]) -> None:
        """Send the open form with these values over its draft. Raises LookupError."""
        form = self.forms.get(member)
        if form is None:
            raise LookupError(f"no form is open for {member}")
        names = {param.name for param in form.params}
        if unknown := sorted(set(values) - names):
            raise LookupError(f"the form asks for {', '.join(sorted(names))}, not {unknown[0]}")
        filled = {**form.asks.draft, **values}
        call = Call(
            form.asks.action,
            filled,
            self._caller(member),
            form.place,
            Via.FORM,
            form.asks.known,
            form.asks.id,
        )
        outcome = await self.app.run(call)
        if isinstance(outcome, Refusal):
            asks = OpenForm(form.asks.action, form.asks.id, form.asks.known, filled)
            self.forms[member] = Form(asks, form.place, form.params, form.title, outcome.fields)
        else:
            del self.forms[member]
        self._show(outcome, member, form.place, None)
        await self.app.tick()

    def seen_by(self, member: str) -> list[Message]:
        """Newest last: what is public, and what is for this member."""
        return [each for each in self.messages if each.reader in (None, member)]

    def find_button(self, member: str, label: str) -> tuple[Message, Button | Link]:
        for message in reversed(self.seen_by(member)):
            for button in message.card.buttons:
                if button.label == label:
                    return message, button
        seen = [b.label for m in reversed(self.seen_by(member)) for b in m.card.buttons]
        there = ", ".join(f'"{each}"' for each in dict.fromkeys(seen)) or "none"
        raise LookupError(f'{member} sees no button "{label}"; there are {there}')

    def _newest_choice(self, member: str) -> tuple[Message, Choice]:
        for message in reversed(self.seen_by(member)):
            if message.card.choice:
                return message, message.card.choice
        raise LookupError(f"{member} sees nothing to choose from")

    async def _go(
        self, member: str, message: Message, press: Press, args: Mapping[str, str]
    ) -> None:
        call = Call(press.action, args, self._caller(member), message.place, Via.PRESS)
        self._show(await self.app.run(call), member, message.place, message)
        await self.app.tick()

    def _caller(self, member: str) -> Caller:
        self.join(member)
        return Caller(WHERE, member, member)

    def _show(self, outcome: Outcome, member: str, place: Place, pressed: Message | None) -> None:
        match outcome:
            case OpenForm():
                action = self.app.registry.get(outcome.action)
                params = action.asked(outcome.known)
                self.forms[member] = Form(outcome, place, params, action.heading)
            case Refusal():
                self._add(outcome.reply, member, place)
            case Reply(update=True) if pressed and pressed.private == outcome.private:
                self._replace(pressed, outcome.card)
            case Reply():
                self._add(outcome, member, place)

    def _add(self, reply: Reply, member: str | None, place: Place) -> Message:
        reader = member if reply.private or place.direct else None
        message = Message(self.now, place, reply.card, reader, reply.files)
        self.messages.append(message)
        return message

    def _replace(self, message: Message, card: Card) -> None:
        message.card = card
        message.edited = True
        self.messages.remove(message)
        self.messages.append(message)
