"""The speaker pipeline: a board that stays current, moves that can be taken back, and no guilt."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert

from bot.actions import Role
from bot.changes import Change
from bot.content import Content
from bot.context import Call, Place, Scene, Via
from bot.db import Database
from bot.features import followups, speakers
from bot.features.speakers import pipeline
from bot.features.speakers.model import (
    BOOKED,
    DELIVERED,
    PARKED,
    Candidate,
    Flow,
    SpeakerMove,
    SpeakerNote,
    Stage,
    flow,
)
from bot.people import Caller, Person, Where
from bot.personal import Leaves, marks
from bot.replies import Outcome, Refusal, Reply
from tests.features.evenings import HOSTS, NOW, Evenings, new_id, text_in

HALL = Place(HOSTS)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
NASTY = "<@U1> @everyone **b** [x](https://evil.example)"
FRIDAY = timedelta(days=3, hours=15)
"""From Monday 18:00 to Friday 09:00."""


@pytest.fixture
async def desk(content: Content, database: Database) -> Evenings:
    desk = Evenings(content, database, features=(speakers.feature, followups.feature))
    for name in ("olga", "hugo"):
        await desk.host(name)
    return desk


async def say(desk: Evenings, line: str, who: str = "olga") -> str:
    await desk.workspace.say(who, HALL, line)
    return text_in(desk.workspace.seen_by(who)[-1])


async def press(desk: Evenings, label: str, who: str = "olga") -> str:
    await desk.workspace.press(who, label)
    return text_in(desk.workspace.seen_by(who)[-1])


async def add(desk: Evenings, name: str = "Ada Lovelace", who: str = "olga", **more: str) -> str:
    await desk.workspace.say(who, HALL, "/speaker add")
    await desk.workspace.fill(who, {"name": name, **more})
    return text_in(desk.workspace.seen_by(who)[-1])


async def do(
    desk: Evenings, member: str, action: str, where: Where | None = None, /, **args: str
) -> Outcome:
    """A press whose button need not be on the screen."""
    caller = Caller(where or desk.where, member, member, Role.HOST)
    return await desk.workspace.app.run(Call(action, args, caller, HALL, Via.PRESS))


async def one(desk: Evenings) -> Candidate:
    (found,) = await desk.all(Candidate)
    assert isinstance(found, Candidate)
    return found


def says(outcome: Outcome) -> str:
    assert isinstance(outcome, Reply | Refusal)
    return (
        outcome.says
        if isinstance(outcome, Refusal)
        else f"{outcome.card.title} {outcome.card.text}"
    )


async def test_added_moved_and_taken_back(desk: Evenings) -> None:
    said = await add(desk, topic="Notes on engines", note="Her question was the best")
    assert "on the board as spotted, and with you" in said
    assert "Next step: None yet." in await press(desk, "Open")
    assert "Moved from spotted to invited" in await press(desk, "Move to invited")
    assert (await one(desk)).stage == "invited"
    assert "Spotted, since today" in await press(desk, "Undo")
    assert (await one(desk)).stage == "spotted"
    assert "taken back already" in says(
        await do(desk, "olga", "speaker undo", move=(await desk.all(SpeakerMove))[1].id)
    )
    history = await press(desk, "History")
    assert "came onto the board at Spotted" in history
    assert "Invited" not in history


async def test_undo_of_the_first_move_leaves_nothing(desk: Evenings) -> None:
    await add(desk, note="Ask her", step="Write", by="Friday")
    assert "off the board" in await press(desk, "Undo")
    for table in (Candidate, SpeakerMove, SpeakerNote):
        assert await desk.all(table) == []
    await desk.workspace.advance(5 * DAY)
    assert desk.posted("@olga") == []


async def test_a_form_that_is_wrong_says_so_at_the_field(desk: Evenings) -> None:
    await add(desk)
    await desk.workspace.say("olga", HALL, "/speaker add Bob")
    for field, words, values in (
        ("by", "has passed", {"step": "Write", "by": "yesterday"}),
        ("by", "By when?", {"step": "Write", "by": ""}),
        ("step", "What is the step", {"step": "", "by": "Friday"}),
        ("name", "on the board already, at spotted", {"name": "ada lovelace", "by": ""}),
        ("name", "room for 80", {"name": "x" * 81}),
        ("note", "room for 600", {"name": "Bob", "note": "x" * 601}),
    ):
        await desk.workspace.fill("olga", values)
        assert words in desk.workspace.forms["olga"].wrong[field]
    await desk.workspace.fill("olga", {"name": NASTY, "topic": NASTY, "note": NASTY})
    assert NASTY in await say(desk, "/speakers evil")


async def test_only_hosts_and_only_their_own_community(desk: Evenings) -> None:
    await add(desk)
    assert "is for hosts" in await say(desk, "/speakers", "mia")
    other = Where("local", "elsewhere", "Elsewhere")
    ada = await one(desk)
    note = await do(desk, "olga", "speaker remark", who=ada.id, text="Kind")
    assert isinstance(note, Reply)
    note_id, move_id = (await desk.all(SpeakerNote))[0].id, (await desk.all(SpeakerMove))[0].id
    for action, args in (
        ("speaker show", {"who": ada.id}),
        ("speaker go", {"who": ada.id, "to": "booked"}),
        ("speaker undo", {"move": move_id}),
        ("speaker erase", {"note": note_id}),
        ("speaker delete", {"who": ada.id}),
        ("speaker done", {"step": note_id}),
    ):
        assert isinstance(await do(desk, "eve", action, other, **args), Refusal), action
    assert "Nobody is on the board" in says(await do(desk, "eve", "speakers", other))
    assert "Nobody like" in says(
        await do(desk, "eve", "speaker move", other, whom="Ada", stage="booked")
    )


async def test_two_hosts_at_once_one_wins_and_the_other_is_told(desk: Evenings) -> None:
    await add(desk)
    ada = (await one(desk)).id
    told = await asyncio.gather(
        do(desk, "olga", "speaker go", who=ada, to="invited", at="1"),
        do(desk, "hugo", "speaker go", who=ada, to="parked", at="1"),
    )
    moves = [each for each in await desk.all(SpeakerMove) if each.was]
    assert [each.stage for each in moves] == [(await one(desk)).stage]
    (late,) = [says(each) for each in told if "was quicker" in says(each)]
    winner = (await desk.people())[moves[0].by_id]
    assert f"{winner} was quicker and moved them meanwhile. I changed nothing." in late


async def test_undo_after_others_changed_it_again(desk: Evenings) -> None:
    await add(desk)
    await say(desk, "/speaker move invited Ada")
    await say(desk, "/speaker move booked ada", "hugo")
    assert "changed again after that" in await press(desk, "Undo")
    assert (await one(desk)).stage == "booked"
    assert "Moved from" not in await press(desk, "Undo", "hugo")
    assert (await one(desk)).stage == "invited"
    assert "They are at invited already" in await say(desk, "/speaker move invited Ada")


async def test_the_next_step_is_said_once_on_its_day_to_whoever_has_it(desk: Evenings) -> None:
    await add(desk, step="Ask for a date", by="Friday")
    await press(desk, "Open")
    await press(desk, "Hand over")
    await desk.workspace.fill("olga", {"to": "hugo"})
    assert "hugo looks after them now" in text_in(desk.workspace.seen_by("olga")[-1])
    await desk.workspace.advance(FRIDAY - MINUTE)
    assert desk.posted("@hugo") == desk.posted("@olga") == []
    desk.restart()
    await desk.workspace.advance(MINUTE)
    (said,) = desk.posted("@hugo")
    assert said.card.title == "A step for today: Ada Lovelace"
    assert "What comes next?" in await press(desk, "Step done", "hugo")
    await desk.workspace.advance(30 * DAY)
    assert len(desk.posted("@hugo")) == 1
    assert desk.posted("@olga") == []


async def test_a_new_step_takes_the_place_of_the_old_and_undo_brings_it_back(
    desk: Evenings,
) -> None:
    await add(desk, step="Ask for a date", by="Friday")
    ada = (await one(desk)).id
    for by in ("Thursday", "Saturday"):
        await press(desk, "Open")
        await press(desk, "Next step")
        await desk.workspace.fill("olga", {"step": f"Call on {by}", "by": by})
        await desk.workspace.advance(MINUTE)
    assert "Call on Thursday" in await press(desk, "Undo")
    await desk.workspace.advance(30 * DAY)
    (said,) = desk.posted("@olga")
    assert "Call on Thursday" in text_in(said)
    open_ones = [each for each in await desk.all(SpeakerNote) if each.settled_at is None]
    assert [each.text for each in open_ones] == ["Call on Thursday"]
    step = (await desk.all(SpeakerNote))[0].id
    assert "Another step is open" in says(await do(desk, "olga", "speaker undone", step=step))
    assert "no hosts" not in says(await do(desk, "olga", "speaker show", who=ada))


async def test_nobodys_step_goes_to_the_hosts_and_a_no_ends_it(desk: Evenings) -> None:
    await desk.hosts_channel()
    for name in ("Ada", "Bob"):
        await add(desk, name, step="Write", by="Friday")
    async with desk.database.transaction() as session:
        for found in await desk.all(Candidate):
            (await session.get_one(Candidate, found.id)).owner_id = None
    await say(desk, "/speaker move declined Bob")
    for each in await desk.all(Candidate):
        await do(desk, "olga", "speaker step", who=each.id, step="Write", by="Friday")
    await desk.workspace.advance(5 * DAY)
    titles = [each.card.title for each in desk.posted_publicly(HOSTS)]
    assert titles == ["A step for today: Ada"]


async def test_the_live_board_follows_in_place(desk: Evenings) -> None:
    await add(desk)
    await say(desk, "/speakers")
    assert "Everybody who reads here" in await press(desk, "Put a live board here")
    await press(desk, "Yes, post it here")
    (board,) = desk.posted_publicly(HOSTS)
    assert "Spotted (1)" in text_in(board)
    desk.restart()
    desk.workspace.messages.append(board)
    desk.workspace._sent = {
        row.id: board for row in await desk.rows() if row.kind == "speakers.board"
    }
    for stage in ("invited", "booked"):
        await say(desk, f"/speaker move {stage} Ada", "hugo")
    await desk.workspace.advance(MINUTE)
    assert "Booked (1)" in text_in(board)
    assert "⏳" not in text_in(board)
    await desk.workspace.advance(14 * DAY)
    assert "⏳ waiting for 14 days" in text_in(board)
    edits = [each for each in await desk.rows() if each.kind == "speakers.refresh" and each.sent]
    assert len(edits) <= 4
    assert len(desk.posted_publicly(HOSTS)) == 1


async def test_two_hosts_post_the_board_at_once(desk: Evenings) -> None:
    async with desk.database.transaction() as session:
        space, _ = await desk.home(session)
    spot = f"{space.id}/{HOSTS}"
    told = await asyncio.gather(
        *(do(desk, host, "speakers post", spot=spot) for host in ("olga", "hugo"))
    )
    first, second = sorted(says(each) for each in told)
    assert "The board is on its way" in first
    assert "Another host has posted it in the meantime. It stands in this channel." in second
    await desk.workspace.advance(MINUTE)
    assert len(desk.posted_publicly(HOSTS)) == 1
    assert len(await desk.all(Change)) == 1
    assert "on its way" in says(await do(desk, "hugo", "speakers post", spot=spot, instead="yes"))


async def test_who_leaves_goes_from_the_live_board(desk: Evenings) -> None:
    await desk.hosts_channel()
    await desk.person("zoe")
    await desk.workspace.say("olga", HALL, "/speaker add <@zoe>")
    await desk.workspace.fill("olga", {"name": "Zoe of the Mill"})
    await add(desk, "Bo", step="ask Bo for a date", by="Friday")
    await say(desk, "/speakers")
    await press(desk, "Put a live board here")
    await press(desk, "Yes, post it here")
    (board,) = desk.posted_publicly(HOSTS)
    assert "Zoe of the Mill" in text_in(board)
    assert "with olga" in text_in(board)
    await desk.leave("zoe")
    await desk.leave("olga")
    await desk.workspace.advance(MINUTE)
    assert "Zoe of the Mill" not in text_in(board)
    assert "Somebody who left" in text_in(board)
    assert "with olga" not in text_in(board)
    assert not any("Zoe of the Mill" in change.what for change in await desk.all(Change))
    await desk.workspace.advance(FRIDAY)
    assert "A step for today: Bo" in [each.card.title for each in desk.posted_publicly(HOSTS)]


async def test_a_board_that_is_taken_away_says_so(desk: Evenings) -> None:
    await say(desk, "/speakers")
    await press(desk, "Put a live board here")
    await press(desk, "Yes, post it here")
    await press(desk, "Take it away")
    await desk.workspace.advance(MINUTE)
    (board,) = desk.posted_publicly(HOSTS)
    assert "not kept current" in text_in(board)
    await add(desk)
    await desk.workspace.advance(20 * DAY)
    assert "not kept current" in text_in(board)


async def test_five_hundred_people_fit(desk: Evenings) -> None:
    await add(desk)
    first = await one(desk)
    rows = [
        {
            "id": new_id(),
            "community_id": first.community_id,
            "name": f"{NASTY} {number:03}",
            "topic": NASTY * 3,
            "stage": ("spotted", "invited", "booked", "parked")[number % 4],
            "since": NOW - number * DAY,
            "moves": 1,
            "created_at": NOW,
        }
        for number in range(500)
    ]
    async with desk.database.transaction() as session:
        await session.execute(insert(Candidate), rows)
    board = await say(desk, "/speakers")
    assert "Spotted 126 → Invited 125 → Interested 0 → Booked 125" in board
    assert "and 12" in board
    page = says(await do(desk, "olga", "speakers stage", stage="invited", page="11"))
    assert page.startswith("Invited (125), page 11 of 11")
    assert "more are like it" in await say(desk, "/speakers evil")
    assert "499" in await say(desk, "/speakers b 499")
    assert len(await suggestions(desk, "evil")) == 25
    assert await suggestions(desk, "evil", Role.MEMBER) == []
    assert "moved on" in says(await do(desk, "olga", "speakers flow"))


async def suggestions(desk: Evenings, text: str, role: Role = Role.HOST) -> list[str]:
    call = Call("speaker move", {}, Caller(desk.where, "olga", "olga", role), HALL)
    return [each.label for each in await desk.workspace.app.suggest(call, "whom", text)]


async def test_a_demo_brings_its_presenter_and_moves_them_once(desk: Evenings) -> None:
    person = await desk.person("mia")

    async def tell(source_id: str, stage: Stage) -> None:
        _, community = await desk.workspace.app._home(desk.where, desk.now)
        app = desk.workspace.app
        scene = Scene(desk.now, new_id, app.registry, desk.content, community, desk.database)
        await pipeline.entered(
            scene,
            source="demo",
            source_id=source_id,
            person_id=person,
            name="mia",
            topic="A tiny parser",
            stage=stage,
            about="Demo night, 8 May",
        )
        await scene.commit()
        await scene.close()

    await asyncio.gather(*(tell("d1", BOOKED) for _ in range(2)))
    for stage in (BOOKED, DELIVERED, BOOKED):
        await tell("d1", stage)
        await desk.workspace.advance(MINUTE)
    assert (await one(desk)).stage == "delivered"
    for stage in (BOOKED, PARKED):
        await tell("d2", stage)
        await desk.workspace.advance(MINUTE)
    mia = await one(desk)
    assert (mia.stage, mia.person_id, mia.owner_id) == (PARKED, person, None)
    made = sorted(await desk.all(SpeakerMove), key=lambda each: each.number)
    moves = [(each.stage, each.about) for each in made]
    assert [stage for stage, _ in moves] == [BOOKED, DELIVERED, BOOKED, PARKED]
    assert "Demo night, 8 May" in says(await do(desk, "olga", "speaker history", who=mia.id))


async def test_who_is_forgotten_is_nameless_and_their_notes_are_gone(desk: Evenings) -> None:
    """As the marks at the columns say, whoever carries them out."""
    person = await desk.person("mia")
    await add(desk, "mia", note="Kind")
    mia = await one(desk)
    assert mia.person_id == person
    held = {(each.table.name, each.name): mark for each, mark in marks(Candidate.metadata)}
    assert held["candidate", "person_id"].wipes == ("name", "topic")
    assert held["speaker_note", "person_id"].leaves is Leaves.ROW
    async with desk.database.transaction() as session:
        for note in await desk.all(SpeakerNote):
            await session.delete(await session.get_one(SpeakerNote, note.id))
        found = await session.get_one(Candidate, mia.id)
        found.person_id = found.name = found.topic = None
    assert "Somebody who left" in says(await do(desk, "olga", "speaker show", who=mia.id))
    assert "Spotted 1" in await say(desk, "/speakers")


async def test_deleting_asks_first_and_leaves_nothing(desk: Evenings) -> None:
    await add(desk, step="Write", by="Friday", note="Kind")
    await press(desk, "Open")
    assert "go for good" in await press(desk, "Delete")
    assert "Nothing of it is kept" in await press(desk, "Delete for good")
    for table in (Candidate, SpeakerMove, SpeakerNote):
        assert await desk.all(table) == []
    await desk.workspace.advance(30 * DAY)
    assert desk.posted("@olga") == []


def test_flow_counts_each_coming_to_a_stage_once() -> None:
    def path(who: str, *stages: str) -> list[SpeakerMove]:
        pairs = zip([None, *stages], stages, strict=False)
        return [SpeakerMove(candidate_id=who, was=was, stage=stage) for was, stage in pairs]

    undone = SpeakerMove(candidate_id="a", was="invited", stage="declined", undone_at=NOW)
    handed = SpeakerMove(candidate_id="a", was=None, stage=None)
    found = flow(
        [
            *path("a", "spotted", "invited"),
            undone,
            handed,
            *path("b", "spotted", "invited", "declined"),
            *path("c", "spotted", "parked", "invited", "interested"),
            *path("d", "followed-up", "invited", "spotted"),
        ]
    )
    assert found["spotted"] == Flow(entered=4, moved_on=2, aside=1)
    assert found["invited"] == Flow(entered=4, moved_on=1, aside=1)
    assert found["followed-up"] == Flow(entered=1, moved_on=1, aside=0)
    assert found["booked"] == Flow()


async def test_no_share_below_five(desk: Evenings) -> None:
    for number in range(4):
        await add(desk, f"Guest {number}")
    await say(desk, '/speaker move invited "Guest 0"')
    await say(desk, "/speakers")
    assert "Spotted: 1 of 4 moved on\n" in await press(desk, "How it flows")
    await add(desk, "Guest 5")
    await say(desk, "/speakers")
    assert "Spotted: 1 of 5 moved on (20%)" in await press(desk, "How it flows")


async def test_a_name_of_two_asks_which(desk: Evenings) -> None:
    for name in ("Ada Lovelace", "Ada Yonath"):
        await add(desk, name)
    assert "Who is it?" in await say(desk, "/speaker move booked Ada")
    await desk.workspace.choose("olga", "Ada Yonath")
    stages = {each.name: each.stage for each in await desk.all(Candidate)}
    assert stages == {"Ada Lovelace": "spotted", "Ada Yonath": "booked"}
    assert "Nobody like “Zoe”" in await say(desk, "/speaker note Zoe")


async def test_a_member_added_from_their_menu_is_known_as_one(desk: Evenings) -> None:
    await desk.workspace.use_on("olga", HALL, "Invite to speak", "mia")
    assert desk.workspace.forms["olga"].asks.draft == {"name": "mia"}
    assert "mia" not in (await desk.people()).values()
    await desk.workspace.fill("olga", {"topic": "Parsers"})
    assert "see it with" in text_in(desk.workspace.seen_by("olga")[-1])
    people = {each.name: each.id for each in await desk.all(Person)}
    assert (await one(desk)).person_id == people["mia"]
    assert "Moved from spotted to booked" in await say(desk, "/speaker move booked <@mia>")
    await desk.workspace.use_on("olga", HALL, "Invite to speak", "mia")
    assert "on the board already" in text_in(desk.workspace.seen_by("olga")[-1])
    await desk.workspace.use_on("mia", HALL, "Invite to speak", "olga")
    assert "is for hosts" in text_in(desk.workspace.seen_by("mia")[-1])
