"""What is read and written for the programme. Nothing here commits."""

import json
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select

from bot.context import Context, Scene
from bot.db import insert_new
from bot.errors import UserError
from bot.features.program.model import CHANGE, ProgramChange, Wording
from bot.markup import one_line
from bot.people import Person


async def newest(scene: Scene, what: str) -> Wording | None:
    """The version that holds."""
    return await _version(scene, what)


async def words_of(scene: Scene, what: str) -> dict[str, str]:
    """The parts by key; none while nobody wrote any."""
    found = await newest(scene, what)
    return found.said if found else {}


async def write(scene: Scene, what: str, words: Mapping[str, str], by: str | None) -> Wording:
    """A further version. Two that are written at once get numbers of their own."""
    while True:
        before = await newest(scene, what)
        number = before.number + 1 if before else 1
        if made := await _add(scene, what, number, words, by):
            return made


async def take_back(scene: Scene, what: str, number: int, by: str) -> Wording:
    """The words before this version, as a version of their own. Raises UserError when it is not
    the newest any more."""
    now = await newest(scene, what)
    before = await _version(scene, what, number - 1)
    made = None
    if now and now.number == number:
        made = await _add(scene, what, number + 1, before.said if before else {}, by)
    if made is None:
        raise UserError("It was changed again after that, so I leave it. Look at it as it is now.")
    return made


async def _add(
    scene: Scene, what: str, number: int, words: Mapping[str, str], by: str | None
) -> Wording | None:
    """None when somebody else has written that version at this moment."""
    values = {
        "id": scene.new_id(),
        "community_id": scene.community.id,
        "what": what,
        "number": number,
        "words": json.dumps(words),
        "by_id": by,
        "made_at": scene.now,
    }
    if not await insert_new(scene.session, Wording, values):
        return None
    return await scene.session.get_one(Wording, values["id"])


async def _version(scene: Scene, what: str, number: int | None = None) -> Wording | None:
    found = select(Wording).where(Wording.community_id == scene.community.id, Wording.what == what)
    if number is not None:
        found = found.where(Wording.number == number)
    return await scene.session.scalar(found.order_by(Wording.number.desc()).limit(1))


async def changes(scene: Scene, since: date | None = None) -> Sequence[ProgramChange]:
    """Newest first."""
    found = select(ProgramChange).where(
        ProgramChange.community_id == scene.community.id, ProgramChange.removed_at.is_(None)
    )
    if since:
        found = found.where(ProgramChange.day >= since)
    order = ProgramChange.day.desc(), ProgramChange.made_at.desc(), ProgramChange.id
    return (await scene.session.scalars(found.order_by(*order))).all()


async def note_change(ctx: Context, words: str) -> ProgramChange:
    """Something that is done differently from today on."""
    noted = ProgramChange(
        id=ctx.new_id(),
        community_id=ctx.community.id,
        day=ctx.today,
        words=one_line(words, CHANGE),
        by_id=(await ctx.person()).id,
        made_at=ctx.now,
    )
    ctx.session.add(noted)
    await ctx.session.flush()
    return noted


async def change_of(scene: Scene, change_id: str) -> ProgramChange:
    """Raises UserError when there is none, or it is another community's."""
    gone = "I know no such change here. `/program changes` lists them."
    return await scene.get_own(ProgramChange, change_id, gone)


async def name_of(scene: Scene, person_id: str | None) -> str | None:
    person = await scene.session.get(Person, person_id) if person_id else None
    return person.name if person else None
