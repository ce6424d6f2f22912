"""After a restore: what the bot has said since the backup was made is not said again.

The restored rows do not know of it: they are open, and due. To strike them out would be wrong, as
many are no messages but jobs that other promises hang on, such as next week's review. So all of it
is done, each at its own moment, and only the sending is left out.
"""

from collections.abc import Callable
from datetime import datetime

from bot.actions import Registry
from bot.content import Content
from bot.db import Database
from bot.delivery import Delivery
from bot.outbox import Claim
from bot.platform import Errand, Letter


class _Silence(Delivery):
    """Delivers to nobody."""

    async def _carry_out(self, claim: Claim, said: Letter | Errand) -> None:
        await self._settle(claim, None)


async def pass_over(
    registry: Registry,
    content: Content,
    database: Database,
    since: datetime,
    until: datetime,
    new_id: Callable[[], str],
) -> int:
    """Live through this time in silence. Returns how many promises were kept in it."""
    now, kept = since, 0
    silence = _Silence(registry, lambda: content, database, {}, clock=lambda: now, new_id=new_id)
    while (due := await silence.post.next_due()) and due <= until:
        now = max(now, due)
        if not (taken := await silence.tick()):
            break
        kept += taken
    return kept
