"""`/role`: given beside the platform's own, at once, and never so that nobody is left."""

import asyncio

import pytest
from sqlalchemy import event, select

from adapters.local.workspace import WHERE, Workspace
from bot.actions import Role
from bot.context import Call
from bot.db import Database
from bot.people import Account, Caller, Person, Where
from bot.roles import GrantedRole
from tests.features.organisers import GENERAL, Start, answer, do, say, start, workspace

__all__ = ["start", "workspace"]

ONLY = "You are the only organiser that I know of."


async def given(database: Database) -> dict[str, Role]:
    async with database.session() as session:
        found = await session.execute(
            select(Person.name, GrantedRole.role).join(Person, Person.id == GrantedRole.person_id)
        )
        return {name: Role(role) for name, role in found}


async def test_a_role_holds_at_once_and_is_taken_back(workspace: Workspace) -> None:
    assert "for hosts" in await say(workspace, "ada", "/followups")
    assert "ada is a host now." in await say(workspace, "olga", "/role ada host")
    assert "for hosts" not in await say(workspace, "ada", "/followups")
    assert "for organisers" in await say(workspace, "ada", "/role")
    assert "ada is an organiser now." in await say(workspace, "olga", "/role ada organiser")
    assert "ada: organiser since 4 May 2026, by olga" in await say(workspace, "ada", "/role")
    await workspace.press("olga", "Undo")
    assert "ada is a host now." in answer(workspace)
    assert "for organisers" in await say(workspace, "ada", "/role")
    await say(workspace, "olga", "/role ada member")
    assert "for hosts" in await say(workspace, "ada", "/followups")
    assert "No role was given here yet." in await say(workspace, "olga", "/role")


async def test_it_is_changed_from_the_list_too(workspace: Workspace) -> None:
    await say(workspace, "olga", "/role @ada host")
    await say(workspace, "olga", "/role")
    await workspace.choose("olga", "ada")
    assert "What should ada be here?" in answer(workspace)
    await workspace.press("olga", "Organiser")
    assert "ada is an organiser now." in answer(workspace)
    assert "ada is an organiser already." in await say(workspace, "olga", "/role ada organiser")


async def test_a_long_list_of_rude_names_fits(workspace: Workspace, database: Database) -> None:
    for number in range(30):
        workspace.join(f"m{number}")
        await say(workspace, "olga", f"/role m{number} host")
    async with database.transaction() as session:
        for person in await session.scalars(select(Person)):
            person.name = "" if person.name == "m7" else "*_[<@U1>]" * 20
    says = await say(workspace, "olga", "/role")
    assert "and 10 more" in says
    await workspace.choose("olga", "somebody")
    assert "What should somebody be here?" in answer(workspace)


async def test_the_higher_of_both_counts(workspace: Workspace) -> None:
    await say(workspace, "olga", "/role ada host")
    workspace.roles["ada"] = Role.ORGANISER
    says = await say(workspace, "olga", "/role ada member")
    assert "ada is an organiser now." in says
    assert "that can only be changed there" in says
    assert "Who does what here" in await say(workspace, "ada", "/role")
    workspace.roles["olga"] = Role.MEMBER
    assert "for organisers" in await say(workspace, "olga", "/role")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/role nobody host", "I know nobody called “nobody” here."),
        ("/role <@U1> host", "I know nobody called “<@U1>” here."),
        ("/role ada boss", "please choose one of member, host, organiser"),
        ("/role robot host", "robot is a bot. Roles are for people."),
        ("/role gone host", "gone is not here any more."),
        ("/role twin host", "more than one person called “twin”"),
        (f"/role {'x' * 500} host", "There is room for 200."),
        ('/role "**b** @everyone" host', "I know nobody called “**b** @everyone” here."),
        ("/role ada", "What should ada be here?"),
        ("/role ada member", "ada is a member already."),
    ],
)
async def test_who_can_be_named(
    workspace: Workspace, database: Database, line: str, says: str
) -> None:
    for who in ("gone", "twin", "other"):
        await do(workspace, who, "privacy agree")
    async with database.transaction() as session:
        (other,) = await session.scalars(select(Person).where(Person.name == "other"))
        other.name = "Twin"
    workspace.join("robot")
    workspace.bots.add("robot")
    assert says in await say(workspace, "olga", line)
    assert await given(database) == {}


async def test_whoever_left_can_lose_a_role_and_counts_for_nothing(
    workspace: Workspace, database: Database
) -> None:
    await say(workspace, "olga", "/role ada organiser")
    await say(workspace, "olga", "/role bob organiser")
    workspace.roles["olga"] = Role.MEMBER
    del workspace.roles["ada"]
    assert ONLY in await say(workspace, "bob", "/role bob member")
    assert "ada is a member now." in await say(workspace, "bob", "/role ada member")
    assert await given(database) == {"bob": Role.ORGANISER}


async def test_the_last_organiser_stays(workspace: Workspace, database: Database) -> None:
    await say(workspace, "olga", "/role ada organiser")
    workspace.roles["olga"] = Role.MEMBER
    for line in ("/role ada member", "/role ada host"):
        assert ONLY in await say(workspace, "ada", line)
    await say(workspace, "ada", "/role eve organiser")
    assert "ada is a member now." in await say(workspace, "ada", "/role ada member")
    assert ONLY in await say(workspace, "eve", "/role eve member")
    assert await given(database) == {"eve": Role.ORGANISER}


async def test_of_two_who_demote_each_other_at_once_one_succeeds(
    start: Start, database: Database
) -> None:
    one, two = start(), start()
    await say(one, "olga", "/role ada organiser")
    await say(one, "olga", "/role bob organiser")
    one.roles["olga"] = two.roles["olga"] = Role.MEMBER
    await asyncio.gather(say(one, "ada", "/role bob member"), say(two, "bob", "/role ada member"))
    assert len(await given(database)) == 1
    said = [answer(one), answer(two)]
    assert sum("is a member now." in each for each in said) == 1


async def test_presses_of_others_and_about_others_change_nothing(
    workspace: Workspace, database: Database
) -> None:
    await say(workspace, "olga", "/role ada host")
    async with database.session() as session:
        ada = await session.scalar(select(Account.person_id).where(Account.external_id == "ada"))
    assert ada
    for who in ("ada", "bob"):
        assert "for organisers" in await do(workspace, who, "role set", person=ada, to="organiser")
    elsewhere = Where("local", "elsewhere", "Another")
    says = await do(workspace, "olga", "role set", elsewhere, person=ada, to="organiser")
    assert "I don't know them" in says
    assert await given(database) == {"ada": Role.HOST}


async def test_what_is_for_everyone_asks_for_no_role(
    workspace: Workspace, database: Database
) -> None:
    await say(workspace, "ada", "/principle 1")
    asked: list[str] = []
    event.listen(
        database.engine.sync_engine,
        "before_cursor_execute",
        lambda conn, cursor, statement, *_: asked.append(statement),
    )
    for line in ("/principle 2", "/chapter 1"):
        await workspace.app.run(
            Call(line[1:].split()[0], {"number": "2"}, Caller(WHERE, "ada", "ada"), GENERAL)
        )
    assert not [each for each in asked if "granted_role" in each]
    await say(workspace, "ada", "/followups")
    assert len([each for each in asked if "granted_role" in each]) == 1


async def test_names_are_offered_to_organisers_alone(workspace: Workspace) -> None:
    await say(workspace, "olga", "/role ada host")
    for who, found in (("olga", ["ada"]), ("bob", [])):
        call = Call("role", {}, Caller(WHERE, who, who), GENERAL)
        assert [each.value for each in await workspace.app.suggest(call, "person", "@AD")] == found
