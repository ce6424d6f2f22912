"""A post that comes once a week, where organisers want it: promises in a chain that never lets go.

Two kinds of rows. A *turn* is a dated job at one moment: it promises the post of its week, if that
moment is still the one that organisers want, and the turn after it. A *post* is the message. So a
post that can't arrive never breaks the chain; and after a change of day, hour or zone a turn more
is enough, since one that has become wrong does nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.context import Scene
from bot.markup import moment
from bot.people import spot_words
from bot.schedule import monday, next_weekly, zone_of

A_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Weekly:
    """`about` begins the names of its preferences: where, which day, which hour. `key` begins the
    key of each post; the week's slot follows. One key, so one post a week."""

    about: str
    turn: str
    post: str
    key: str

    def spot(self, scene: Scene) -> str | None:
        """Its channel; None while it is off."""
        spot: str | None = getattr(scene.community.prefs, f"{self.about}_channel")
        return spot

    def is_on(self, scene: Scene) -> bool:
        return self.spot(scene) is not None

    def slot_of(self, scene: Scene, due: datetime) -> str:
        """The week of a moment on the community's clock."""
        return monday(_local(scene, due).date())

    def is_wanted(self, scene: Scene, due: datetime) -> bool:
        """Whether this moment is the weekly one by the settings of now."""
        return self._after(scene, due - A_MOMENT) == due

    async def next_due(self, scene: Scene, after: datetime | None = None) -> datetime:
        """The next weekly moment in a week that has no post yet."""
        due = self._after(scene, after or scene.now)
        while await scene.outbox.find(self.key + self.slot_of(scene, due)):
            due = self._after(scene, due)
        return due

    async def promise(self, scene: Scene, after: datetime | None = None) -> datetime | None:
        """See to it that the next one comes. Asked twice, it changes nothing. None: it is off."""
        if not self.is_on(scene):
            return None
        due = await self.next_due(scene, after)
        at = int(due.timestamp())
        await scene.outbox.later(self.turn, key=f"{self.turn}:{at}", due=due, at=at)
        return due

    async def take_turn(self, scene: Scene, at: int) -> None:
        """Promise this week's post and the turn of the next, in one transaction."""
        due = datetime.fromtimestamp(at, UTC)
        if self.is_on(scene) and self.is_wanted(scene, due):
            slot = self.slot_of(scene, due)
            await scene.outbox.later(self.post, key=self.key + slot, due=due, slot=slot)
        await self.promise(scene, after=due)

    async def outlook(self, scene: Scene, here: str, called: str) -> str:
        """When and where the next one comes, in a sentence. It only looks."""
        due = await self.next_due(scene)
        where = spot_words(scene.community, self.spot(scene) or "", here)
        return f"{called} comes on {words(scene, due)}, {where}."

    def _after(self, scene: Scene, moment: datetime) -> datetime:
        prefs = scene.community.prefs
        day, hour = getattr(prefs, f"{self.about}_day"), getattr(prefs, f"{self.about}_hour")
        return next_weekly(scene.community.zone, day, hour, 0, moment)


def words(scene: Scene, due: datetime) -> str:
    """A moment as markup, in words on the community's clock."""
    local = _local(scene, due)
    return moment(f"{local:%A} {local.day} {local:%B}, {local:%H:%M}", int(due.timestamp()))


def _local(scene: Scene, due: datetime) -> datetime:
    return due.astimezone(zone_of(scene.community.zone))
