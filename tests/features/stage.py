"""A hall in which people show things: presenters who have agreed to be written to, and a host."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from adapters.local.workspace import WHERE
from bot.actions import Feature, Role
from bot.features import FEATURES
from bot.features.demos.model import Demo
from bot.features.events.model import Event
from bot.people import Caller, Community, Person, Space, person_of
from tests.features.hall import PLACE, Hall, words

HOSTS = "#hosts"
FIRST = '"Demo night" "Friday 18:30" 2h'
SECOND = '"Second night" "22 May 18:30" 2h'


@dataclass
class Stage(Hall):
    features: Sequence[Feature] = FEATURES

    async def open(self, *nights: str) -> list[Event]:
        """A hosts' channel and these evenings."""
        self.workspace.roles["olga"] = Role.ORGANISER
        await self.say("olga", "/help")
        (space,) = await self.all(Space)
        await self.prefer(hosts_channel=f"{space.id}/{HOSTS}")
        for night in nights or (FIRST,):
            await self.plan(night)
        return list(await self.all(Event))

    async def prefer(self, **choices: object) -> None:
        async with self.database.transaction() as session:
            community = (await session.scalars(select(Community))).one()
            community.prefer(**choices)
        self.app._homes.clear()

    async def agreed(self, *people: str) -> None:
        """They have met me, and said that I may write to them."""
        (space,) = await self.all(Space)
        now = self.workspace.now
        async with self.database.transaction() as session:
            for who in people:
                person = await person_of(session, Caller(WHERE, who, who), space, now, self.new_id)
                person.agreed_at = now

    async def write(self, who: str, title: str = "", event: str = "8 May", **more: str) -> str:
        """Fill the form in, up to the contract."""
        await self.agreed(who)
        await self.workspace.say(who, PLACE, f'/demo "{event}"')
        asked = {"title": title or f"Work of {who}", "state": "in progress", "wish": "Is it clear?"}
        await self.workspace.fill(who, {**asked, **more})
        return words(self._answer(who))

    async def sign(self, who: str, title: str = "", event: str = "8 May", **more: str) -> str:
        """Signed up: the form, the contract, the yes."""
        await self.write(who, title, event, **more)
        return words(await self.press(who, "I agree"))

    async def confirm_all(self) -> None:
        for demo in await self.all(Demo):
            if demo.status == "booked" and not demo.confirmed_at:
                await self.do("olga", "demo yes", demo=demo.id)

    async def demo(self, who: str) -> Demo:
        """The newest of theirs."""
        people = {person.name: person.id for person in await self.all(Person)}
        mine = [each for each in await self.all(Demo) if each.presenter_id == people[who]]
        return sorted(mine, key=lambda each: each.id)[-1]

    async def status(self, *people: str) -> list[str]:
        return [(await self.demo(who)).status for who in people]

    async def choose(self, who: str, label: str) -> str:
        await self.workspace.choose(who, label)
        return words(self._answer(who))

    def told(self, who: str) -> list[str]:
        """Titles of direct messages."""
        return [title for _, title in self.direct(who)]

    def posted(self, place: str) -> list[str]:
        found = [each for each in self.workspace.messages if each.place.id == place]
        return [words(each) for each in found if not each.private]


__all__ = ["FIRST", "HOSTS", "PLACE", "SECOND", "Stage", "words"]
