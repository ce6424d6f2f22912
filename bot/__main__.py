"""The command line, and the one place where core, platforms and settings are put together.

What a command needs is imported by that command: help, and a check of the words, are there at once.
"""

import asyncio
import gc
import logging
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import wraps
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TextIO
from zoneinfo import ZoneInfo, available_timezones

import click

from bot.errors import StartError
from bot.pack import packaged
from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from bot.actions import Registry
    from bot.app import App
    from bot.content import Content
    from bot.context import Scene
    from bot.db import Database
    from bot.imports.dates import Order
    from bot.platform import Platform, Served

P = ParamSpec("P")
MOST_NAMES = 20


def asynchronous(command: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(command(*args, **kwargs))

    return run


def now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    """64 random bits: nothing can be told from an id, not even its age."""
    return secrets.token_hex(8)


def assemble(
    settings: Settings,
    content: "Content",
    database: "Database",
    platforms: Iterable["Platform"],
    clock: Callable[[], datetime] = now,
    zone: str = "UTC",
) -> "App":
    from bot.app import App

    return App(
        registered(),
        content,
        database,
        platforms,
        clock=clock,
        new_id=new_id,
        zone=zone,
        public_url=settings.public_url,
    )


def registered() -> "Registry":
    """All features: most of what there is to import."""
    from bot.actions import Registry
    from bot.features import FEATURES

    return Registry(FEATURES)


def words(settings: Settings) -> "Content":
    from bot.content import load

    return load(*folders(settings))


def database_of(settings: Settings) -> "Database":
    from bot.db import Database

    return Database(settings.async_database_url)


@contextmanager
def building() -> Iterator[None]:
    """What a start builds stays for good. To look through it for what may go takes a fifth of the
    start, and later a moment in which nobody is answered."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def folders(settings: Settings) -> list[Path]:
    """Where the words are: ours, and laid over them the community's own."""
    own = [settings.content_dir] if settings.content_dir else []
    return [packaged("content"), *own]


def connected(settings: Settings) -> "list[Platform]":
    """The platforms that have a token. Imported only then: each costs memory."""
    platforms: list[Platform] = []
    if settings.discord_token:
        from adapters.discord import DiscordPlatform

        platforms.append(DiscordPlatform.from_settings(settings))
    if settings.slack_bot_token:
        from adapters.slack import SlackPlatform

        platforms.append(SlackPlatform.from_settings(settings))
    return platforms


def web_server(settings: Settings) -> "list[Served]":
    if settings.web_port is None:
        return []
    from adapters.web import WebServer

    return [WebServer(settings.web_port)]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="community-os")
def cli() -> None:
    """A self-hosted bot for communities on Discord, Slack or both."""


@cli.command("try")
@click.option(
    "--script", type=click.File("r", encoding="utf-8"), help="Play a file; - is standard input."
)
@click.option("--terminal", is_flag=True, help="Stay in the terminal.")
@click.option("--json", "as_json", is_flag=True, help="Print each message as one line of JSON.")
@click.option("--db", "url", help="Keep the database here, for example sqlite:///try.db.")
@click.option("--start", help="Set the clock, for example 2026-05-04T18:00.")
@click.option("--tz", "zone", default="UTC", show_default=True, help="The community's time zone.")
@click.option(
    "--sample/--no-sample",
    default=None,
    help="Three made-up years to look at. On, unless a script is played.",
)
@click.option(
    "--files",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where pictures and files go. A temporary folder, if not given.",
)
@asynchronous
async def try_(
    script: TextIO | None,
    terminal: bool,
    as_json: bool,
    url: str | None,
    start: str | None,
    zone: str,
    sample: bool | None,
    folder: Path | None,
) -> None:
    """Meet the bot in a sample community, without any account."""
    from adapters.local.files import Files
    from adapters.local.script import BadLine, Script, Unmet
    from adapters.local.workspace import Workspace

    lines = script.readlines() if script else None
    if lines is None and not (terminal or sys.stdin.isatty()):
        lines = tour().splitlines()
    workspace = Workspace(_start(start, zone))
    opened = Files(folder, _silent if as_json else click.echo)
    with tempfile.TemporaryDirectory() as place:
        settings = load_settings(database_url=url or f"sqlite:///{place}/try.db")
        database = database_of(settings)
        with building():
            content = words(settings)
            app = assemble(settings, content, database, [workspace], workspace.clock, zone)
        await (database.migrate() if url else database.create_tables())
        if sample or (sample is None and script is None):
            await _three_years(database, workspace.now, zone)
        workspace.connect(app)
        try:
            if lines is None:
                from adapters.local.terminal import Terminal

                await Terminal(workspace, Path.home() / ".community-os-history", opened).run()
            else:
                await Script(workspace, click.echo, opened, as_json=as_json).run(lines)
        except Unmet as error:
            raise click.ClickException(str(error)) from None
        except BadLine as error:
            raise CannotRead(str(error)) from None
        finally:
            await database.close()


@cli.command()
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the page, such as report.html.",
)
@click.option(
    "--days",
    default=90,
    show_default=True,
    type=click.IntRange(1, 3650),
    help="How far back its lists go.",
)
@click.option("--community", "named", help="Its id or name, where there are several.")
@asynchronous
async def report(out: Path, days: int, named: str | None) -> None:
    """Write one page for leadership: the story, the figures, and what they count."""
    from bot.commands import write
    from bot.features.pulse.report import report as written

    async with opened(named) as scene:
        write(out, (await written(scene, days)).encode())
    click.echo(f"Written to {out}, readable by you alone. Open it in a browser, or print it.")


@cli.command()
@asynchronous
async def run() -> None:
    """Run the bot on every platform that has a token."""
    settings = load_settings()
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for talkative in ("apscheduler", "alembic"):  # a line for every tick
        logging.getLogger(talkative).setLevel(logging.WARNING)
    with building():
        from bot.running import serve

        content = words(settings)  # first: what proving them took is free for what comes after
        platforms = connected(settings)
        if not platforms:
            raise StartError("No token is set. Run `community-os init`, or fill in .env by hand.")
        database = database_of(settings)
        app = assemble(settings, content, database, platforms)
    try:
        await database.migrate()
        served = [*platforms, *web_server(settings)]
        for each in served:
            each.connect(app)
        await serve(app, served, folders(settings))
    finally:
        await database.close()


@cli.command()
@asynchronous
async def doctor() -> None:
    """Look for what could keep the bot from its work."""
    from bot.doctor import examine

    settings = load_settings()
    database = database_of(settings)
    ill = False
    platforms = connected(settings)
    async for check in examine(registered(), folders(settings), database, platforms, now):
        click.echo(f"{'ok ' if check.ok else 'fix'}  {check.about}: {check.says}")
        ill = ill or not check.ok
    await database.close()
    if ill:
        raise StartError("Something needs your hand: see the lines that begin with fix.")


@cli.command()
def check() -> None:
    """Prove the words: every fault in the content, with its file and line."""
    content = words(load_settings())
    click.echo(f"{len(content.principles)} principles, {len(content.chapters)} chapters: all well.")


@cli.command()
@asynchronous
async def migrate() -> None:
    """Bring the database's tables up to date."""
    database = database_of(load_settings())
    try:
        await database.migrate()
        click.echo(f"{database.place} is up to date.")
    finally:
        await database.close()


@cli.command("import")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only show what would come, or go.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--event", default="", help="For the guest list of one event: its title.")
@click.option("--starts", default="", help="When that event began, if it is new: 2026-05-15 18:30.")
@click.option(
    "--dates", type=click.Choice(["dmy", "mdy", "ymd"]), help="What comes first in dates."
)
@click.option("--rest-absent", is_flag=True, help="Who said yes and has no check-in did not come.")
@click.option("--zone", help="The time zone of the files. The community's, if not given.")
@click.option("--community", "named", help="Its id or name, where there are several.")
@click.option("--list", "listed", is_flag=True, help="Past imports, with their numbers.")
@click.option("--undo", "batch", help="Take an import back as a whole: its number.")
@asynchronous
async def import_(
    files: tuple[Path, ...],
    dry_run: bool,
    yes: bool,
    event: str,
    starts: str,
    dates: "Order | None",
    rest_absent: bool,
    zone: str | None,
    named: str | None,
    listed: bool,
    batch: str | None,
) -> None:
    """Bring events, guest lists and talks from other tools. It shows what comes, and asks."""
    from bot.commands import contents
    from bot.features.imports import by_hand
    from bot.features.imports.bringing import About

    if not files and not batch and not listed:
        raise StartError("Name a file to import, or see past imports with --list.")
    if files and (batch or listed):
        raise StartError("Name files, or --list, or --undo: one of them.")
    if zone:
        _known_zone(zone)
    async with opened(named) as scene:
        if listed:
            click.echo("\n".join(await by_hand.past(scene)))
            return
        if batch:
            await _undo_import(scene, batch, dry_run=dry_run, yes=yes)
            return
        zone = zone or scene.community.zone
        readings = by_hand.read_files(contents(files), scene, zone, dates)
        about = About(event, starts)
        plan = await by_hand.prepare(scene, readings, zone, about, rest_absent=rest_absent)
        click.echo("\n".join(by_hand.lines(plan, scene)))
        if plan.is_empty:
            return
        if dry_run:
            click.echo("Only shown: nothing was imported.")
            return
        if not yes:
            await scene.close()
            if not click.confirm("Import this?"):
                raise StartError("Nothing was imported.")
            plan = await by_hand.prepare(scene, readings, zone, about, rest_absent=rest_absent)
        number = await by_hand.keep(scene, plan)
        await scene.commit()
        click.echo(f"Done. To take it back: community-os import --undo {number}")


async def _undo_import(scene: "Scene", told: str, *, dry_run: bool, yes: bool) -> None:
    from bot.features.imports import by_hand

    batch, back = await by_hand.take_back(scene, told)
    click.echo("\n".join(by_hand.going(scene, batch, back)))
    if dry_run:
        click.echo("Only shown: nothing was taken back.")
        return
    if not yes:
        await scene.close()
        if not click.confirm("Take it back?"):
            raise StartError("Nothing was taken back.")
        batch, back = await by_hand.take_back(scene, told)
    click.echo(by_hand.gone(scene, batch, back))
    await scene.commit()


@cli.command()
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A folder."
)
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv")
@click.option("--community", "named", help="Its id or name, where there are several.")
@asynchronous
async def export(out: Path, form: Literal["csv", "json"], named: str | None) -> None:
    """Write all that organisers may take along as files, readable by you alone."""
    from bot.commands import write
    from bot.features.exports.files import files

    async with opened(named) as scene:
        async for name, data in files(scene, form):
            write(out / name, data)
    click.echo(f"Written to {out}. README.txt there says what is left out and why.")


@cli.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A file, such as mine.zip, or a folder for one named by the date.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@asynchronous
async def backup(out: Path | None, force: bool) -> None:
    """Save all that the database holds in one file. The bot may go on running."""
    from bot.backups.making import back_up, place_for

    settings, moment = load_settings(), now()
    path = place_for(out, moment)
    database = database_of(settings)
    try:
        await back_up(database, path, moment, force=force)
    finally:
        await database.close()
    click.echo(f"Saved as {path}, readable by you alone. Keep a copy on another machine.")
    click.echo("Your .env is not in it, nor are words of your own. Copy them by hand.")


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Only read the file, and show what is in it.")
@click.option("--replace", is_flag=True, help="In place of what the database holds.")
@click.option(
    "--hold-due/--say-due",
    "hold",
    default=None,
    help="What fell due since the backup: take it as said already, or say it.",
)
@asynchronous
async def restore(file: Path, yes: bool, dry_run: bool, replace: bool, hold: bool | None) -> None:
    """Put a backup into the database of your .env. Stop the bot before."""
    from bot.backups import restoring
    from bot.backups.archive import Archive

    settings, moment = load_settings(), now()
    with Archive(file) as archive:
        contents = restoring.look(archive, moment)
        click.echo("\n".join(restoring.lines(archive, contents)))
        if dry_run:
            return
        database = database_of(settings)
        try:
            there = await restoring.what_is_there(database, replace=replace)
            if not yes:
                click.confirm(f"Restore it into {database.place}?", abort=True)
            hold = _hold(contents.due, hold, yes)
            if there:
                await _set_aside(database, file, moment)
            await restoring.restore(database, archive)
            click.echo("Restored.")
            if there:
                click.echo(_come_back(restoring.come_back(archive, there)), nl=False)
            if hold and contents.due:
                await _pass_over(settings, database, archive.manifest.made_at, moment)
        finally:
            await database.close()
    click.echo("Next: community-os doctor, then start the bot.")


def _hold(due: int, hold: bool | None, yes: bool) -> bool:
    """Whether what was due is taken as said. If nobody can be asked: better once too few."""
    if not due or hold is not None:
        return bool(hold)
    return yes or click.confirm(
        "Did the bot run on after this backup was made? Then they are not said again.", default=True
    )


def _come_back(names: list[str]) -> str:
    if not names:
        return ""
    shown = ", ".join(names[:MOST_NAMES]) + (" and others" if names[MOST_NAMES:] else "")
    return (
        f"Not in what was there, and back now: {shown}. If they had deleted what is stored about "
        "them, please tell them, and let them type /privacy delete once more.\n"
    )


async def _set_aside(database: "Database", file: Path, moment: datetime) -> None:
    from bot.backups.making import back_up, file_name

    aside = file.with_name(file_name(moment, "before-restore-"))
    await back_up(database, aside, moment)
    click.echo(f"What was there is saved as {aside}.")


async def _pass_over(
    settings: Settings, database: "Database", since: datetime, until: datetime
) -> None:
    from bot.backups.silence import pass_over

    kept = await pass_over(registered(), words(settings), database, since, until, new_id)
    click.echo(
        f"{kept} due messages and tasks count as done, and nobody was written to. If the bot had "
        "stopped before they were due, restore again with --replace --say-due."
    )


@asynccontextmanager
async def opened(named: str | None) -> AsyncIterator["Scene"]:
    """The community of a command, on a database that is up to date."""
    from bot.commands import scene_of

    settings = load_settings()
    database = database_of(settings)
    database.must_exist()
    try:
        await database.migrate()
        content, registry = words(settings), registered()
        async with scene_of(database, registry, content, named, now(), new_id) as scene:
            yield scene
    finally:
        await database.close()


@cli.group()
def manifest() -> None:
    """Print what a platform wants to know about the bot."""


@manifest.command("slack")
@click.option("--url", help="For HTTP mode: the public address that Slack calls.")
def manifest_slack(url: str | None) -> None:
    """The complete app manifest, to paste where Slack asks for it."""
    from adapters.slack.manifest import manifest_text

    click.echo(manifest_text(registered(), url))


@manifest.command("discord")
@click.option("--application-id", help="From the developer portal, page General Information.")
def manifest_discord(application_id: str | None) -> None:
    """The invite link, with its scopes and permissions explained."""
    from adapters.discord.invite import invite_text

    click.echo(invite_text(application_id))


@cli.command()
def init() -> None:
    """Ask for what is needed and write it to .env."""
    path = Path(".env")
    if path.exists() and not click.confirm(".env is here already. Write it anew?"):
        return
    click.echo("Leave a line empty for a platform that you do not use.")
    answers = {
        "DISCORD_TOKEN": click.prompt("Discord bot token", default="", hide_input=True),
        "SLACK_BOT_TOKEN": click.prompt("Slack bot token (xoxb-…)", default="", hide_input=True),
        "SLACK_APP_TOKEN": click.prompt("Slack app token (xapp-…)", default="", hide_input=True),
        "DATABASE_URL": click.prompt("Database", default=Settings().database_url),
    }
    lines = [f"{name}={value.strip()}" for name, value in answers.items() if value.strip()]
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    click.echo("Written to .env, readable by you alone. Next: community-os doctor")


class CannotRead(click.ClickException):
    """A line of a script that is not one; click's own exit code for bad usage."""

    exit_code = 2


def _silent(line: str) -> None:
    """Each line is for programs."""


def tour() -> str:
    return files("adapters.local").joinpath("tour.script").read_text(encoding="utf-8")


async def _three_years(database: "Database", moment: datetime, zone: str) -> None:
    """Write them into the sample community, once."""
    from adapters.local.workspace import WHERE
    from bot.people import settle_in
    from bot.sample import write

    async with database.transaction() as session:
        space, community = await settle_in(session, WHERE, moment, new_id, zone)
        await write(session, community, space, moment)


def _start(start: str | None, zone: str) -> datetime:
    _known_zone(zone)
    if start is None:
        return now()
    try:
        moment = datetime.fromisoformat(start)
    except ValueError:
        raise StartError(f"{start!r} is not a time. Write for example 2026-05-04T18:00.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _known_zone(zone: str) -> None:
    if zone not in available_timezones():
        raise StartError(f"{zone!r} is not a time zone. Write for example Europe/Paris.")


def main() -> None:
    """Every failure is one sentence and a code; a stack trace would be a defect."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except StartError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
