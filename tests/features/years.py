"""Three made-up years in a community, the same ones that `community-os try` shows."""

from adapters.local.workspace import WHERE, Workspace
from bot.people import settle_in
from bot.sample import write


async def three_years(workspace: Workspace) -> None:
    """Up to the workspace's now."""
    app = workspace.app
    async with app.database.transaction() as session:
        space, community = await settle_in(session, WHERE, workspace.now, app.new_id, "UTC")
        await write(session, community, space, workspace.now)
