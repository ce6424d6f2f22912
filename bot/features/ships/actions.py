"""`/ship`: something is out in the world; and what became of what began here."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from bot import sharing
from bot.actions import Feature, Long
from bot.context import Context, Scene
from bot.errors import UserError
from bot.features.ships import store
from bot.features.ships.model import LINK, OWN, TITLE, Project
from bot.links import web_address
from bot.markup import one_line, plain
from bot.people import Person
from bot.platform import Letter
from bot.replies import OPTION_LABEL, OPTIONS, Button, Card, Choice, Option, Reply, Style, titled

feature = Feature("ships")

One = Annotated[str, "Which one"]
UNDO = timedelta(days=7)


@feature.command("ship", example="A tiny parser", form="What is out")
async def ship(
    ctx: Context,
    what: Annotated[str, "What shipped", Long(TITLE)],
    link: Annotated[str | None, "Where one can see it, if anywhere", Long(LINK)] = None,
) -> Reply:
    """Tell that something you built is out and in use."""
    shipped = Project(
        id=ctx.new_id(),
        community_id=ctx.community.id,
        person_id=(await ctx.person()).id,
        title=one_line(what, TITLE),
        link=web_address(link, "link") if link else "",
        began_as=OWN,
        about_id="",
        shipped_at=ctx.now,
        created_at=ctx.now,
    )
    shipped.about_id = shipped.id
    ctx.session.add(shipped)
    began = await store.open_ones(ctx)
    asks = "If it began with one of these, say so: then I know how long it took."
    text = f"{_linked(shipped)}\n\n{asks}" if began else _linked(shipped)
    choice = _began_as(shipped, began)
    return Reply(_card("Shipped: ", shipped, text, *_next(ctx, shipped), choice=choice))


@feature.action("ship began")
async def began(ctx: Context, project: One, ship: Annotated[str, "What shipped"]) -> Reply:
    """The ship that was told of is this project's: one row remains."""
    told, found = await store.project_of(ctx, ship), await store.project_of(ctx, project)
    if told.began_as != OWN or not found.is_open:
        raise UserError("That was settled before. `/ship` tells me of another.")
    found.shipped_at, found.link = told.shipped_at, told.link
    await ctx.session.delete(told)
    text = f"It took {_days(found)}. {_linked(found)}".strip()
    return Reply(_card("Shipped: ", found, text, *_next(ctx, found)), update=True)


@feature.action("ship it")
async def it_shipped(ctx: Context, project: One) -> Reply:
    found = await store.project_of(ctx, project)
    if not found.is_open:
        raise UserError("You have answered this one already.")
    found.shipped_at = ctx.now
    link = add_link.button("Add a link", project=found.id)
    text = "Good to hear. It is written down."
    return Reply(_card("Shipped: ", found, text, link, *_next(ctx, found)), update=True)


@feature.action("ship link", form="A link to it")
async def add_link(
    ctx: Context, project: One, link: Annotated[str, "Where one can see it", Long(LINK)]
) -> Reply:
    found = await store.project_of(ctx, project)
    found.link = web_address(link, "link")
    return Reply(_card("Linked: ", found, _linked(found), _undo(found)), update=True)


@feature.action("ship not-yet")
async def not_yet(ctx: Context, project: One) -> Reply:
    """Nothing changes: what is not out yet is neither early nor late."""
    found = await store.project_of(ctx, project)
    text = "Thank you. When it is out, `/ship` tells me."
    return Reply(_card("Still at it: ", found, text), update=True)


@feature.action("ship let-go")
async def let_go(ctx: Context, project: One) -> Reply:
    found = await store.project_of(ctx, project)
    if not found.is_open:
        raise UserError("You have answered this one already.")
    found.let_go_at = ctx.now
    text = "I will not ask about it again."
    return Reply(_card("Let go: ", found, text, _undo(found)), update=True)


@feature.action("ship undo")
async def undo(ctx: Context, project: One) -> Reply:
    """Take back that it shipped or was let go."""
    found = await store.project_of(ctx, project)
    settled = found.shipped_at or found.let_go_at
    if settled is None:
        raise UserError("There is nothing to take back any more.")
    if ctx.now - settled > UNDO:
        raise UserError("That was more than a week ago, so it stays as it is.")
    if found.began_as == OWN:
        await store.drop(ctx, found)
    else:
        found.shipped_at = found.let_go_at = None
    return Reply(
        _card(
            "Taken back: ", found, "It no longer counts. If you told everyone, that message stays."
        ),
        update=True,
    )


@feature.action("ship tell")
async def tell(ctx: Context, project: One) -> Reply:
    """Show what everyone would see, before anyone does."""
    found = await store.project_of(ctx, project)
    shown = _announcement(found, await ctx.person())
    asks = titled("Tell everyone? ", found.title)
    return sharing.preview(ctx, asks, shown, "`/ship`", told, project=found.id)


@feature.action("ship told")
async def told(ctx: Context, project: One, once: Annotated[str, "Which press"]) -> Reply:
    found = await store.project_of(ctx, project)
    done = titled("Told: ", found.title)
    return await sharing.promise(ctx, "ships.told", f"ships-told:{once}", done, project=found.id)


@feature.delivery("ships.told", grace=timedelta(hours=1), asked_for=True)
async def announcement(scene: Scene, project: str, whom: str, spot: str) -> Letter | None:
    found = await scene.session.get(Project, project)
    known = await sharing.who_and_where(scene, whom, spot)
    if found is None or found.shipped_at is None or known is None:
        return None
    by, to = known
    return Letter(to, Reply(_card("Shipped: ", found, _announcement(found, by)), private=False))


def buttons_of(project: Project) -> tuple[Button, ...]:
    """The three answers to "did it ship?"."""
    return (
        it_shipped.button("It shipped", Style.MAIN, project=project.id),
        not_yet.button("Not yet", project=project.id),
        let_go.button("We let it go", project=project.id),
    )


def _announcement(project: Project, by: Person) -> str:
    return f"By {plain(by.name, 80)}. {_linked(project)}".strip()


def _linked(project: Project) -> str:
    host = urlsplit(project.link).hostname or ""
    return f"To be seen at [{plain(host)}]({project.link})." if project.link else ""


def _days(project: Project) -> str:
    assert project.began_at
    assert project.shipped_at
    days = (project.shipped_at - project.began_at).days
    if days == 0:
        return "less than a day"
    return "one day" if days == 1 else f"{days} days"


def _next(ctx: Context, project: Project) -> tuple[Button, ...]:
    """To tell others, unless nobody else reads here; and the way back."""
    others = () if ctx.place.direct else (tell.button("Tell everyone here", project=project.id),)
    return (*others, _undo(project))


def _undo(project: Project) -> Button:
    return undo.button("Undo", project=project.id)


def _began_as(shipped: Project, began_ones: Sequence[Project]) -> Choice | None:
    options = [Option(one_line(each.title, OPTION_LABEL), each.id) for each in began_ones[:OPTIONS]]
    return began.choice("It began as", "project", options, ship=shipped.id) if options else None


def _card(
    before: str, project: Project, text: str, *buttons: Button, choice: Choice | None = None
) -> Card:
    return Card(titled(before, project.title), text, buttons=buttons, choice=choice)
