"""What is read of sponsors. Nothing here commits."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from bot.context import Scene
from bot.errors import UserError
from bot.features.sponsors.model import Sponsor, SponsorTerm

GONE = "That term is gone. `/sponsor list` shows what there is."

Pair = tuple[SponsorTerm, Sponsor]


async def terms(scene: Scene) -> Sequence[Pair]:
    """All there ever were, those that end first before the others."""
    return await _read(scene, _pairs(scene).order_by(SponsorTerm.ends, Sponsor.name))


async def term_of(scene: Scene, term_id: str, *, lock: bool = False) -> Pair:
    """Raises UserError when there is none, or it is another community's."""
    found = _pairs(scene).where(SponsorTerm.id == term_id)
    if lock:
        found = found.with_for_update(of=SponsorTerm).execution_options(populate_existing=True)
    pairs = await _read(scene, found)
    if not pairs:
        raise UserError(GONE)
    return pairs[0]


async def term_before(scene: Scene, term_id: str) -> SponsorTerm | None:
    """Which this one renewed."""
    return await scene.session.scalar(
        select(SponsorTerm).where(
            SponsorTerm.community_id == scene.community.id, SponsorTerm.renewed_by_id == term_id
        )
    )


async def called(scene: Scene, name: str) -> Sponsor | None:
    found = await scene.session.scalars(
        select(Sponsor).where(Sponsor.community_id == scene.community.id).order_by(Sponsor.id)
    )
    wanted = name.casefold()
    return next((each for each in found if each.name.casefold() == wanted), None)


async def terms_with(scene: Scene, sponsor_id: str) -> Sequence[SponsorTerm]:
    """Newest last."""
    found = await scene.session.scalars(
        select(SponsorTerm)
        .where(SponsorTerm.community_id == scene.community.id, SponsorTerm.sponsor_id == sponsor_id)
        .order_by(SponsorTerm.ends, SponsorTerm.id)
    )
    return found.all()


def _pairs(scene: Scene) -> Any:
    return (
        select(SponsorTerm, Sponsor)
        .join(Sponsor, Sponsor.id == SponsorTerm.sponsor_id)
        .where(SponsorTerm.community_id == scene.community.id)
    )


async def _read(scene: Scene, found: Any) -> list[Pair]:
    return [(row[0], row[1]) for row in await scene.session.execute(found)]
