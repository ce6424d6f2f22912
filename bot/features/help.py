"""What I can do here, by role, read from the commands themselves."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from bot.actions import Action, Feature, FileParam, Role, Suggest
from bot.context import Context
from bot.markup import plain
from bot.replies import FIELD_VALUE, OPTIONS, Card, Field, Option, Reply
from bot.typed import find_command

feature = Feature("help")

WHO = {
    Role.MEMBER: "For everyone",
    Role.HOST: "For hosts",
    Role.ORGANISER: "For organisers",
}

BEGIN = "Begin with `/setup`: six short steps, about two minutes.\n\n"


async def by_name(ctx: Context, text: str) -> tuple[Option, ...]:
    wanted = text.strip().lstrip("/").lower()
    names = [action.name for action in ctx.registry.commands if wanted in action.name]
    return tuple(Option(f"/{name}", name) for name in names[:OPTIONS])


@feature.command("help")
async def help_(
    ctx: Context,
    command: Annotated[str | None, "Which command", Suggest(by_name)] = None,
) -> Reply:
    """See what I can do for you here, or how one command works."""
    if command:
        action = find_command(ctx.registry, command.strip().lstrip("/"))
        return Reply(_one(action, action.files if ctx.platform.takes_files else ()))
    return Reply(await _page(ctx, Role.MEMBER))


@feature.action("help for")
async def help_for(ctx: Context, role: Annotated[int, "For members, hosts or organisers"]) -> Reply:
    """One role's commands. Nobody sees those of a role they have not."""
    wanted = Role(min(max(role, Role.MEMBER), Role.ORGANISER))
    return Reply(await _page(ctx, min(wanted, await ctx.role())), update=True)


async def _page(ctx: Context, shown: Role) -> Card:
    role = await ctx.role()
    begin = role is Role.ORGANISER and ctx.community.setup_next is not None
    return Card(
        "What I can do here",
        f"{BEGIN if begin else ''}I read no messages. "
        "What you ask me stays between us, unless you share it.",
        tuple(_fields(ctx, shown)),
        tuple(
            help_for.button(WHO[other], role=int(other))
            for other in Role
            if other is not shown and other <= role
        ),
    )


def _fields(ctx: Context, role: Role) -> Iterator[Field]:
    """The commands of one role, in as many fields as they fill."""
    name, lines = WHO[role], ""
    for action in ctx.registry.commands:
        line = f"{_line(action)}\n" if action.role is role else ""
        if len(lines) + len(line) > FIELD_VALUE:
            yield Field(name, lines)
            name, lines = f"More {WHO[role].lower()}", ""
        lines += line
    if lines:
        yield Field(name, lines)


def _line(action: Action) -> str:
    return f"- `/{action.name}` {plain(action.help)}"


def _one(action: Action, files: Iterable[FileParam]) -> Card:
    """`files` are those that can be attached here."""
    lines = [f"- **{plain(file.name)}** (optional): {plain(file.label)}" for file in files]
    lines += [
        f"- **{plain(param.name)}**{'' if param.required else ' (optional)'}: {plain(param.label)}"
        for param in action.params
    ]
    about = "\n".join(lines)
    who = "" if action.role is Role.MEMBER else f"\n\nThis is for {action.role.people}."
    return Card(f"/{action.name}", f"{plain(action.help)}\n\n{action.how}\n\n{about}{who}")
