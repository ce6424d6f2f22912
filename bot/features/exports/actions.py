"""`/export`: all that organisers may take along, as one private file."""

import asyncio
import io
import zipfile

from bot.actions import Feature, Role
from bot.context import Context
from bot.errors import UserError
from bot.features.exports.files import files, visits
from bot.replies import Card, File, Reply

feature = Feature("exports")

LARGEST = 8 * 2**20
"""What every platform takes as a file."""
MOST_VISITS = 100_000
"""Answers and check-ins. More are not even begun: as a file they would be too large."""
TOO_LARGE = (
    "It is too large to be sent here. Whoever runs the bot can write it with `community-os export`."
)


@feature.command("export", role=Role.ORGANISER)
async def export(ctx: Context) -> Reply:
    """Take everything on record along, as files for a spreadsheet."""
    packed = io.BytesIO()
    async with ctx.at_leisure() as scene:
        if await visits(scene) > MOST_VISITS:
            raise UserError(TOO_LARGE)
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
            async for name, data in files(scene, "csv"):
                await asyncio.to_thread(bundle.writestr, name, data)
    data = packed.getvalue()
    if len(data) > LARGEST:
        raise UserError(TOO_LARGE)
    text = (
        "Events, who came, talks, and every table that organisers may see, as CSV. What is "
        "members' own is not in it: README.txt says what is left out and why.\n\n"
        "It holds names of people. Keep it as you would keep the list at the door."
    )
    file = File("community-export.zip", data, "application/zip")
    return Reply(Card("All that is on record", text), files=(file,))
