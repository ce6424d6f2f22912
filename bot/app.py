"""The one door: `App.run(call)` checks, opens the transaction, acts, commits, answers.

What no person asked for comes in by `App.hear`: a platform reports what happened there.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError, IntegrityError

from bot import changes, codes, consent, forms, missed
from bot.actions import Action, Registry, Role
from bot.content import Content
from bot.context import Call, Context, Scene, Via
from bot.db import Database, disk_is_full
from bot.delivery import Delivery
from bot.errors import InvalidArguments, TryLater, UserError
from bot.outbox import forget_old
from bot.people import Community, Space, Where, community_with_key, settle_in, space_at
from bot.platform import Platform
from bot.replies import Button, OpenForm, Option, Outcome, Press, Refusal, Reply, Style

log = logging.getLogger(__name__)

FRESH = timedelta(seconds=30)
"""How long a community's settings may be remembered while another process changes them."""

TRY_AGAIN = "try again"

NO_MEMORY = (
    "I can't reach my memory right now. Nothing was changed. "
    "Please try again in a minute. If it stays so, tell an organiser."
)
BROKEN = (
    "Something broke on my side. Nothing was changed. "
    "Please try again. If it stays so, tell an organiser the time it happened."
)
NO_ROOM = "My disk is full, so nothing was changed. Please tell an organiser."


class App:
    """The product, without any platform's words."""

    def __init__(
        self,
        registry: Registry,
        content: Content,
        database: Database,
        platforms: Iterable[Platform],
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        zone: str = "UTC",
        public_url: str | None = None,
    ) -> None:
        self.zone = zone
        self.public_url = public_url
        self.registry = registry
        self.content = content
        self.database = database
        self.platforms = {platform.name: platform for platform in platforms}
        self.clock = clock
        self.new_id = new_id
        self._delivery = Delivery(
            registry,
            lambda: self.content,
            database,
            self.platforms,
            clock=clock,
            new_id=new_id,
        )
        self._missed: set[tuple[str, str, str]] | None = None
        self._homes: dict[tuple[str, str], tuple[datetime, Space, Community]] = {}

    @property
    def content(self) -> Content:
        return self._content

    @content.setter
    def content(self, content: Content) -> None:
        self._content = content
        self.registry.reword(content)

    async def run(self, call: Call) -> Outcome:
        """Do what one person asked. A failure is a Refusal in plain words, never an exception."""
        ctx: Context | None = None
        try:
            ctx = await self._context(call)
            return await self._act(ctx)
        except UserError as error:
            refusal = self._refusal(call, error)
        except TryLater as error:
            refusal = Refusal(f"{error} Nothing was changed. Please try again in a minute.")
        except DBAPIError as error:
            log.exception("The database refused %s", call.action)
            self._forget(call.caller.where)
            refusal = Refusal(NO_ROOM if disk_is_full(error) else NO_MEMORY)
        except Exception:
            log.exception("%s failed", call.action)
            self._forget(call.caller.where)
            refusal = Refusal(BROKEN)
        finally:
            if ctx:
                await ctx.close()
        stays_open = self.platforms[call.caller.where.platform].keeps_forms_open
        return refusal if stays_open else await self.keep_form(call, refusal)

    async def keep_form(
        self, call: Call, refusal: Refusal, unopened: OpenForm | None = None
    ) -> Refusal:
        """The refusal with a button that brings back what was written, for where the platform
        throws the form away or did not open it.

        Not an anonymous one: a draft is kept with the account that wrote it.
        """
        asks = unopened or _form_again(call)
        action = self.registry.actions.get(asks.action) if asks else None
        if asks is None or action is None or action.anonymous:
            return refusal
        now = self.clock()
        draft = {"known": dict(asks.known), "draft": dict(asks.draft)}
        try:
            space, _ = await self._home(call.caller.where, now)
            form = forms.Form(
                id=asks.id,
                space_id=space.id,
                account=call.caller.user,
                action=asks.action,
                draft=json.dumps(draft),
                updated_at=now,
            )
            async with self.database.transaction() as session:
                kept = await forms.keep_draft(session, form)
        except DBAPIError:
            log.exception("A form of %s could not be kept", asks.action)
            return refusal
        again = Button("Try again", Press(TRY_AGAIN, (("form", asks.id),)), Style.MAIN)
        return replace(refusal, retry=again) if kept else refusal

    async def suggest(self, call: Call, name: str, text: str) -> tuple[Option, ...]:
        """Choices for one parameter while somebody types. Nothing to suggest is not an error."""
        ctx: Context | None = None
        try:
            ctx = await self._context(call)
            action = self.registry.get(call.action)
            await _allow(ctx, action)
            param = action.param(name)
            return await param.suggest(ctx, text) if param and param.suggest else ()
        except (UserError, TryLater):
            return ()
        except Exception:
            log.exception("Nothing could be suggested for %s of %s", name, call.action)
            return ()
        finally:
            if ctx:
                await ctx.close()

    async def document(self, name: str, key: str) -> tuple[str, bytes] | None:
        """Media type and bytes for whoever knows the community's key; None for all others."""
        document = self.registry.documents.get(name)
        async with self.database.session() as session:
            community = await community_with_key(session, key)
        if document is None or community is None:
            return None
        scene = Scene(
            self.clock(), self.new_id, self.registry, self.content, community, self.database
        )
        try:
            return document.media_type, await document.write(scene)
        finally:
            await scene.close()

    async def hear(self, where: Where, report: str, facts: Mapping[str, object]) -> None:
        """Take up what a platform reports. Nobody waits for an answer, so nothing is raised."""
        scene: Scene | None = None
        try:
            now = self.clock()
            space, community = await self._home(where, now)
            scene = Scene(now, self.new_id, self.registry, self.content, community, self.database)
            await self.registry.listeners[report](scene, space, **facts)
            await scene.commit()
        except IntegrityError as error:
            log.info("Another process has taken up %r: %s", report, error.orig)
            self._forget(where)
        except Exception:
            log.exception("%r was not taken up", report)
            self._forget(where)
        finally:
            if scene:
                await scene.close()

    async def tick(self) -> int:
        """Deliver what is due. Returns how many rows were taken up.

        A database that can't be reached now loses nothing: the next tick finds all that is due.
        """
        taken = 0
        try:
            taken = await self._delivery.tick()
            if taken or self._missed is None:
                async with self.database.transaction() as session:
                    self._missed = await missed.accounts_to_tell(session)
        except* (DBAPIError, OSError) as trouble:
            log.warning("What is due has to wait: %s", trouble.exceptions[0])
        return taken

    def stop(self) -> None:
        """Begin nothing more; a tick that runs ends after what it has taken up."""
        self._delivery.stop()

    async def tidy(self) -> None:
        """Forget what nobody asks for any more: old drafts, rows settled long ago, and what
        features name."""
        now = self.clock()
        async with self.database.transaction() as session:
            await forms.forget_old(session, now)
            await changes.forget_old(session, now)
            await codes.forget_old(session, now)
            await forget_old(session, self.registry.kinds.values(), now)
            for forget in self.registry.forgetting:
                await forget(session, now)

    async def next_due(self) -> datetime | None:
        """When the next promise falls due."""
        return await self._delivery.post.next_due()

    async def _act(self, ctx: Context) -> Outcome:
        call = ctx.call
        if call.action == TRY_AGAIN:
            return await self._reopen(ctx)
        action = self.registry.get(call.action)
        await _allow(ctx, action)
        if call.via is not Via.FORM and action.missing(call.args):
            return OpenForm(action.name, self.new_id(), action.settled(call.args))
        args = action.bind({**call.known, **call.args}, call.files)
        if call.form:
            await forms.accept(ctx.session, self._form(ctx, call.form))
        outcome = await action.handler(ctx, **args)
        noted = action.role > Role.MEMBER and action.noted
        if noted and isinstance(outcome, Reply) and not outcome.midway:
            await changes.note(ctx, outcome.card)
        if isinstance(outcome, Reply) and not action.anonymous:
            outcome = await self._told_along(ctx, outcome)
        await ctx.commit()
        if ctx.resettled:
            self._homes.clear()
        elif ctx.changed:
            self._remember(ctx.community)
        return outcome

    def _refusal(self, call: Call, error: UserError) -> Refusal:
        fields = error.fields if isinstance(error, InvalidArguments) else {}
        if error.field:
            fields = {error.field: error.says}
        says = error.says
        if (
            call.via is Via.COMMAND
            and fields
            and (action := self.registry.actions.get(call.action))
        ):
            says += f" {action.how}" if len(fields) == 1 else f"\n\n{action.how}"
        return Refusal(says, fields)

    async def _reopen(self, ctx: Context) -> OpenForm:
        draft = await forms.draft_of(
            ctx.session, ctx.call.args.get("form", ""), ctx.space.id, ctx.call.caller.user
        )
        if draft is None or draft.draft is None:
            raise UserError("That draft is gone. Please start again with the command.")
        return OpenForm(draft.action, draft.id, **json.loads(draft.draft))

    def _form(self, ctx: Context, form_id: str) -> forms.Form:
        anonymous = self._anonymous(ctx.call)
        return forms.Form(
            id=form_id,
            space_id=ctx.space.id,
            account="" if anonymous else ctx.call.caller.user,
            action=ctx.call.action,
            draft=None,
            updated_at=_midnight(ctx.now) if anonymous else ctx.now,
        )

    def _anonymous(self, call: Call) -> bool:
        action = self.registry.actions.get(call.action)
        return bool(action and action.anonymous)

    async def _told_along(self, ctx: Context, reply: Reply) -> Reply:
        """What we have to say besides. It leaves a time beside a person: never where they are
        anonymous."""
        reply = consent.asked_with(ctx, reply)
        caller = ctx.call.caller
        if missed.account_of(caller) in (self._missed or ()):
            reply = await missed.told_with(ctx, caller, ctx.space, reply)
        return reply

    async def _context(self, call: Call) -> Context:
        now = self.clock()
        space, community = await self._home(call.caller.where, now)
        return Context(
            call=call,
            now=now,
            new_id=self.new_id,
            registry=self.registry,
            content=self.content,
            space=space,
            community=community,
            database=self.database,
            platforms=self.platforms,
            public_url=self.public_url,
        )

    async def _home(self, where: Where, now: datetime) -> tuple[Space, Community]:
        known = self._homes.get((where.platform, where.space))
        if known and abs(now - known[0]) < FRESH:
            return known[1], known[2]
        async with self.database.reading() as session:
            found = await space_at(session, where)
        if found is None:
            async with self.database.transaction() as session:
                found = await settle_in(session, where, now, self.new_id, self.zone)
        self._homes[where.platform, where.space] = now, *found
        return found

    def _forget(self, where: Where) -> None:
        """Look this space up again: another process may have joined it to another community."""
        self._homes.pop((where.platform, where.space), None)

    def _remember(self, changed: Community) -> None:
        """What an action changed holds at once in this process, in each of its spaces."""
        for where, (seen, space, community) in self._homes.items():
            if community.id == changed.id:
                self._homes[where] = seen, space, changed


def _form_again(call: Call) -> OpenForm | None:
    """The form that this call came from, filled in as it was."""
    return OpenForm(call.action, call.form, call.known, call.args) if call.form else None


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


async def _allow(ctx: Context, action: Action) -> None:
    if action.role is Role.MEMBER:
        return
    if await ctx.role() < action.role:
        what = f"`/{action.name}` is" if action.typed else "This is"
        raise UserError(f"{what} for {action.role.people}. Ask an organiser if you need it.")
