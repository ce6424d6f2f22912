"""Delivering what the outbox promises: claim, commit, build, send, settle."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from sqlalchemy.exc import DBAPIError

from bot.actions import Kind, Registry
from bot.content import Content
from bot.context import Scene
from bot.db import Database, disk_is_full
from bot.errors import TryLater, Undeliverable, UserError
from bot.outbox import UNASKED, Claim, Post, backoff, personal_since, still_holds, write
from bot.people import Address, Person, Where, quiet_until, reader_at
from bot.platform import Errand, Letter, Platform, Sent

log = logging.getLogger(__name__)

AT_ONCE = 16
BATCH = 64
WEEK = timedelta(weeks=1)
PAUSES = (0.2, 1.0, 5.0)
"""Seconds between tries to write down that something was said."""


class Delivery:
    """Turns due rows into messages. One per process; processes share the work by leases."""

    def __init__(
        self,
        registry: Registry,
        content: Callable[[], Content],
        database: Database,
        platforms: Mapping[str, Platform],
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self.registry = registry
        self.content = content
        self.database = database
        self.platforms = platforms
        self.clock = clock
        self.new_id = new_id
        self.post = Post(database)
        self._lines: defaultdict[Where, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._people: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._under_way: dict[str, Claim] = {}
        self._said: dict[str, Sent | None] = {}
        self._stopping = False

    async def tick(self) -> int:
        """Deliver all that is due now, and what that makes due. Returns how many rows."""
        taken = 0
        while some := await self._round():
            taken += some
        return taken

    async def _round(self) -> int:
        slots = asyncio.Semaphore(AT_ONCE)
        taken = 0
        async with asyncio.TaskGroup() as group:
            while claims := await self._claim():
                taken += len(claims)
                for claim in claims:
                    await slots.acquire()
                    task = group.create_task(self.deliver(claim))
                    task.add_done_callback(lambda _: slots.release())
        return taken

    async def _claim(self) -> list[Claim]:
        """What is due, without what we are at already: a clock that jumps frees rows too early.

        That the database can't be asked for more must not break off what is under way.
        """
        if self._stopping:
            return []
        try:
            claims = await self.post.claim(self.clock(), BATCH)
        except (DBAPIError, OSError) as trouble:
            log.warning("What is due has to wait: %s", trouble)
            return []
        for claim in claims:
            if ours := self._under_way.get(claim.id):
                ours.until = claim.until
        return [claim for claim in claims if claim.id not in self._under_way]

    def stop(self) -> None:
        """Take up no more rows; those under way are finished."""
        self._stopping = True

    async def deliver(self, claim: Claim) -> None:
        """One row. Whatever goes wrong stays with the row: it is tried later or parked.

        If not even that can be written down, the row is free again when its lease ends.
        """
        self._under_way[claim.id] = claim
        try:
            if await self._still_ours(claim):
                await self._try(claim)
        except Exception:
            log.exception("Row %s of %s could not be written", claim.id, claim.kind)
        finally:
            del self._under_way[claim.id]

    async def _try(self, claim: Claim) -> None:
        try:
            async with self._turn(claim):
                await self._deliver(claim)
        except Undeliverable as error:
            await self.post.park(claim, self.clock(), str(error))
        except TryLater as error:
            await self._later(claim, str(error), error.after)
        except UserError:  # what it is about has gone: there is nothing to say
            await self.post.settle(claim, self.clock())
        except Exception as error:
            if isinstance(error, DBAPIError) and disk_is_full(error):
                raise  # not the row's fault: it costs no try, and is free when its lease ends
            log.exception("Delivering %s %s failed", claim.kind, claim.id)
            await self._later(claim, f"{type(error).__name__} on our side", None)

    async def _deliver(self, claim: Claim) -> None:
        if claim.id in self._said:
            await self._settle(claim, self._said[claim.id])
            return
        kind = self.registry.kinds.get(claim.kind)
        if kind is None:
            raise TryLater(f"This version can't say {claim.kind} yet.", 3600)
        if self.clock() - claim.promised_for > kind.grace:
            await self.post.park(claim, self.clock(), "Too late to be of use: I was away.")
            return
        said = await self._build(claim, kind)
        if said:
            await self._carry_out(claim, said)

    async def _carry_out(self, claim: Claim, said: Letter | Errand) -> None:
        """Do it and settle it, one at a time where a repeat would be seen: killed between the two,
        we say one message of each such space twice at most."""
        where = said.where if isinstance(said, Errand) else said.to.where
        platform = self._platform(where)
        async with nullcontext() if platform.knows_repeats else self._lines[where]:
            if await self._still_ours(claim):
                sent = await self._send(platform, claim, said)
                await self._settle(claim, sent)

    async def _settle(self, claim: Claim, sent: Sent | None) -> None:
        """It is said: a database that hiccups now, or has no room, must not make us say it again.

        If it can't be written down for long, it is remembered until the row is met again.
        """
        self._said[claim.id] = sent
        for pause in PAUSES:
            try:
                await self.post.settle(claim, self.clock(), sent)
                break
            except (DBAPIError, OSError) as error:
                log.warning("Row %s is said but not written down yet: %s", claim.id, error)
                await asyncio.sleep(pause)
        else:
            await self.post.settle(claim, self.clock(), sent)
        del self._said[claim.id]

    def _turn(self, claim: Claim) -> AbstractAsyncContextManager[object]:
        """One personal message at a time for each person, so that each counts for the next."""
        if claim.person_id is None:
            return nullcontext()
        return self._people.setdefault(claim.person_id, asyncio.Lock())

    async def _build(self, claim: Claim, kind: Kind) -> Letter | Errand | None:
        """The message, or None when the row is done with or not ours to send now.

        The row is looked at again in the transaction of the build, if it opens one; a job is
        settled in it, together with the rows it adds, and so happens once.
        """
        scene = self._scene(claim)
        try:
            if await self._hold_back(scene, claim, kind):
                return None
            said = await kind.build(scene, **claim.arguments)
            reader = await self._reader(scene, claim, said)
            if reader and not reader.agreed_at:
                said = None
                ours = await write(scene.session, claim, **_unasked(reader, scene.now))
            elif reader and claim.person_id is None:
                ours = await write(scene.session, claim, person_id=reader.id)
            elif said is None:
                ours = await write(scene.session, claim, settled_at=scene.now)
            elif scene.is_open:
                ours = await still_holds(scene.session, claim)
            else:
                ours = await self.post.holds(claim)
            if ours:
                await scene.commit()
            return said if ours else None
        finally:
            await scene.close()

    async def _hold_back(self, scene: Scene, claim: Claim, kind: Kind) -> bool:
        """Keep quiet hours and the weekly budget, once for all features."""
        if claim.person_id is None or kind.asked_for:
            return False
        person = await scene.session.get(Person, claim.person_id)
        if person is None:
            return True  # they have left, and the row with them
        later = quiet_until(person, scene.community, scene.now)
        if later is None:
            later = await self._budget_until(claim.person_id, scene)
        if later is None:
            return False
        await scene.close()
        await self.post.postpone(claim, later, failed=False)
        return True

    async def _reader(
        self, scene: Scene, claim: Claim, said: Letter | Errand | None
    ) -> Person | None:
        """Whom it would reach directly; nobody where it goes to a channel."""
        to = said.to if isinstance(said, Letter) else None
        if not isinstance(to, Address) or to.user is None:
            return None
        if claim.person_id:
            return await scene.session.get(Person, claim.person_id)
        return await reader_at(scene.session, to)

    async def _budget_until(self, person_id: str, scene: Scene) -> datetime | None:
        said = await personal_since(scene.session, person_id, scene.now - WEEK)
        over = len(said) - scene.community.prefs.messages_a_week
        return said[over] + WEEK if over >= 0 else None

    async def _send(self, platform: Platform, claim: Claim, said: Letter | Errand) -> Sent | None:
        if isinstance(said, Errand):
            await said.do(platform)
            return None
        if isinstance(said.to, Sent):
            await platform.edit(said.to, said.reply)
            return said.to
        return await platform.send(said.to, said.reply, claim.id)

    def _platform(self, where: Where) -> Platform:
        platform = self.platforms.get(where.platform)
        if platform is None:
            raise TryLater(f"{where.platform} is not connected.", 600)
        return platform

    def _scene(self, claim: Claim) -> Scene:
        return Scene(
            now=self.clock(),
            new_id=self.new_id,
            registry=self.registry,
            content=self.content(),
            community=claim.community,
            database=self.database,
        )

    async def _still_ours(self, claim: Claim) -> bool:
        """A row that waited long for its turn needs its lease renewed first."""
        now = self.clock()
        return claim.until - now > self.post.lease / 2 or await self.post.renew(claim, now)

    async def _later(self, claim: Claim, why: str, after: float | None) -> None:
        """Not beyond the kind's grace: then it is parked now, with the reason."""
        now = self.clock()
        due = now + backoff(claim.tries, after)
        kind = self.registry.kinds.get(claim.kind)
        if kind and due - claim.promised_for > kind.grace:
            await self.post.park(claim, now, f"Later would be too late. The last answer: {why}")
        else:
            await self.post.postpone(claim, due, failed=True, why=why)


def _unasked(reader: Person, now: datetime) -> dict[str, object]:
    """Not sent without their yes, but kept as theirs, to be told when they come by."""
    return {"person_id": reader.id, "settled_at": now, "parked": UNASKED}
