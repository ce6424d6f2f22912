"""`/role` for a group: whoever is in it, while they are, and never so that nobody is left."""

import asyncio

import pytest
from sqlalchemy import select

from adapters.local.workspace import WHERE, Workspace
from bot.actions import Role
from bot.context import Call, Via
from bot.db import Database
from bot.errors import TryLater, Undeliverable
from bot.people import Caller, Where
from bot.roles import GrantedGroup, GrantedRole
from tests.features.organisers import GENERAL, Start, answer, do, say, start, workspace

__all__ = ["start", "workspace"]

ONLY = "You are the only organiser that I know of."
FOR_HOSTS = "for hosts"


async def given(database: Database) -> dict[str, Role]:
    async with database.session() as session:
        found = await session.scalars(select(GrantedGroup))
        return {each.name: Role(each.role) for each in found}


async def id_of(database: Database, name: str) -> str:
    async with database.session() as session:
        found = await session.scalar(select(GrantedGroup.id).where(GrantedGroup.name == name))
        assert found
        return found


async def test_a_group_holds_for_whoever_is_in_it(workspace: Workspace) -> None:
    workspace.members = {"crew": {"ada"}}
    assert FOR_HOSTS in await say(workspace, "ada", "/followups")
    said = await say(workspace, "olga", "/role @Crew host")
    assert "The group crew on Local makes everyone in it a host here." in said
    assert FOR_HOSTS not in await say(workspace, "ada", "/followups")
    assert FOR_HOSTS in await say(workspace, "bob", "/followups")
    assert "for organisers" in await say(workspace, "ada", "/role")
    workspace.members["crew"] = {"bob"}
    assert FOR_HOSTS in await say(workspace, "ada", "/followups")
    assert FOR_HOSTS not in await say(workspace, "bob", "/followups")
    assert "crew (Local group): host since 4 May 2026, by olga" in await say(
        workspace, "olga", "/role"
    )
    await workspace.choose("olga", "crew")
    assert "What should everyone in crew be here?" in answer(workspace)
    await workspace.press("olga", "Member")
    assert "The group crew on Local makes nobody a host any more." in answer(workspace)
    assert FOR_HOSTS in await say(workspace, "bob", "/followups")
    assert "No role was given here yet." in await say(workspace, "olga", "/role")
    await say(workspace, "olga", "/changes")
    label = "Undo: The role is changed · The group crew on Local makes nobody a host…"
    await workspace.press("olga", label)
    assert FOR_HOSTS not in await say(workspace, "bob", "/followups")


async def test_the_highest_of_all_counts_and_is_told(workspace: Workspace) -> None:
    workspace.members = {"crew": {"ada"}, "keepers": {"ada", "bob"}}
    await say(workspace, "olga", "/role crew host")
    await say(workspace, "olga", "/role <@&keepers> organiser")
    await say(workspace, "olga", "/role ada host")
    said = await say(workspace, "olga", "/role ada member")
    assert "ada is an organiser now. A group of theirs makes them an organiser" in said
    assert "Who does what here" in await say(workspace, "ada", "/role")
    await say(workspace, "olga", "/role keepers member")
    assert "for organisers" in await say(workspace, "ada", "/role")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/role @everyone host", "Everyone here has that group."),
        ("/role <@&everyone> organiser", "Everyone here has that group."),
        ("/role <@&gone> host", "There is no such group here any more."),
        ("/role <!subteam^S1|@crew> host", "There is no such group here any more."),
        ("/role ada host", "I know more than one “ada” here."),
        ("/role CREW host", "I know more than one “CREW” here."),
        ("/role @crew member", "makes nobody a host or organiser here."),
        ("/role crew", "What should everyone in crew be here?"),
    ],
)
async def test_which_group_can_be_named(
    workspace: Workspace, database: Database, line: str, says: str
) -> None:
    workspace.members = {"crew": {"ada"}, "ada": set()} | (
        {"Crew": set()} if "CREW" in line else {}
    )
    await do(workspace, "ada", "privacy agree")
    assert says in await say(workspace, "olga", line)
    assert await given(database) == {}


async def test_the_last_organiser_stays(workspace: Workspace, database: Database) -> None:
    workspace.members = {"keepers": {"ada", "bob"}}
    await say(workspace, "olga", "/role keepers organiser")
    workspace.roles["olga"] = Role.MEMBER
    for line in ("/role keepers member", "/role keepers host"):
        assert ONLY in await say(workspace, "ada", line)
    assert await given(database) == {"keepers": Role.ORGANISER}
    await say(workspace, "ada", "/role eve organiser")
    assert "makes nobody an organiser any more" in await say(
        workspace, "ada", "/role keepers member"
    )
    await say(workspace, "eve", "/role keepers organiser")
    assert "eve is a member now." in await say(workspace, "ada", "/role eve member")
    assert ONLY in await say(workspace, "ada", "/role keepers member")


async def test_of_two_who_close_both_ways_in_at_once_one_succeeds(
    start: Start, database: Database
) -> None:
    one, two = start(), start()
    one.members = two.members = {"keepers": {"ada"}, "crew": set()}
    await say(one, "olga", "/role keepers organiser")
    await say(one, "olga", "/role bob organiser")
    one.roles["olga"] = two.roles["olga"] = Role.MEMBER
    await asyncio.gather(
        say(one, "ada", "/role bob member"), say(two, "bob", "/role keepers member")
    )
    left = {name for name, role in (await given(database)).items() if role is Role.ORGANISER}
    async with database.session() as session:
        people = (await session.scalars(select(GrantedRole.person_id))).all()
    assert len(left) + len(people) == 1
    who = "ada" if left else "bob"
    await asyncio.gather(*(say(each, who, "/role crew host") for each in (one, two)))
    assert (await given(database))["crew"] is Role.HOST
    assert "Something broke" not in answer(one) + answer(two)


async def test_presses_of_others_and_from_elsewhere_change_nothing(
    workspace: Workspace, database: Database
) -> None:
    workspace.members = {"crew": {"ada"}}
    await say(workspace, "olga", "/role crew host")
    crew = await id_of(database, "crew")
    for who in ("ada", "bob"):
        assert "for organisers" in await do(workspace, who, "role set", person=crew, to="organiser")
    elsewhere = Where("local", "elsewhere", "Another")
    said = await do(workspace, "olga", "role set", elsewhere, person=crew, to="organiser")
    assert "I don't know them" in said
    call = Call("followups", {}, Caller(elsewhere, "ada", "ada"), GENERAL, Via.PRESS)
    assert FOR_HOSTS in getattr(await workspace.app.run(call), "says", "")
    assert await given(database) == {"crew": Role.HOST}


async def test_a_group_that_is_gone_is_told_and_can_be_taken_back(workspace: Workspace) -> None:
    workspace.members = {"crew": {"ada"}}
    await say(workspace, "olga", "/role crew host")
    workspace.members = {}
    assert FOR_HOSTS in await say(workspace, "ada", "/followups")
    assert "It is gone there" in await say(workspace, "olga", "/role")
    await workspace.choose("olga", "crew")
    await workspace.press("olga", "Organiser")
    assert "The group crew on Local is gone." in answer(workspace)
    await workspace.press("olga", "Member")
    assert "makes nobody a host any more" in answer(workspace)


async def test_a_platform_is_asked_only_where_a_group_could_say_more(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[set[str]] = []
    ask = workspace.groups_of

    async def counted(where: Where, user: str, among: set[str]) -> set[str]:
        asked.append(set(among))
        return set(await ask(where, user, among))

    monkeypatch.setattr(workspace, "groups_of", counted)
    workspace.members = {"crew": {"ada"}, "keepers": set()}
    await say(workspace, "ada", "/followups")
    await say(workspace, "olga", "/role crew host")
    await say(workspace, "olga", "/role keepers organiser")
    await say(workspace, "ada", "/principle 1")
    assert asked == []
    await say(workspace, "ada", "/followups")
    assert asked == [{"crew", "keepers"}]
    told = Caller(WHERE, "ada", "ada", Role.MEMBER, frozenset({"crew"}))
    await workspace.app.run(Call("followups", {}, told, GENERAL))
    assert len(asked) == 1
    await say(workspace, "olga", "/role ada host")
    asked.clear()
    await say(workspace, "ada", "/followups")
    assert asked == [{"keepers"}]


async def test_where_i_may_not_look_i_say_what_to_do(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.members = {"crew": {"ada"}}
    await say(workspace, "olga", "/role crew host")

    async def refused(where: Where) -> None:
        raise Undeliverable("Add the permission.")

    async def away(where: Where, user: str, among: set[str]) -> None:
        raise TryLater("I can't reach them.")

    monkeypatch.setattr(workspace, "groups", refused)
    assert "Add the permission." in await say(workspace, "olga", "/role")
    assert "Add the permission." in await say(workspace, "olga", "/role <@&crew> host")
    assert "Add the permission." in await say(workspace, "olga", "/role crew host")
    assert "bob is a host now." in await say(workspace, "olga", "/role bob host")
    monkeypatch.setattr(workspace, "groups_of", away)
    assert "try again in a minute" in await say(workspace, "ada", "/followups")


async def test_groups_are_offered_by_their_mention(workspace: Workspace) -> None:
    workspace.members = {"crew": set()}
    await do(workspace, "eve", "privacy agree")
    call = Call("role", {}, Caller(WHERE, "olga", "olga"), GENERAL)
    offered = await workspace.app.suggest(call, "person", "@e")
    assert [(each.label, each.value) for each in offered] == [
        ("eve", "eve"),
        ("@crew (group)", "<@&crew>"),
    ]
