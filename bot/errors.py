"""The few errors that people read. Each says what happened and what to do next."""

from collections.abc import Mapping

from bot.markup import bulleted


class UserError(Exception):
    """Something the person can mend; shown to them alone, and nothing is saved.

    `field` names the parameter it is about, so that a form can show it where it belongs.
    """

    def __init__(self, says: str, field: str | None = None) -> None:
        super().__init__(says)
        self.says = says
        self.field = field


class InvalidArguments(UserError):
    """One or more arguments can't be read: a sentence for each, by parameter name. Where there are
    several, it is a list that begins with the names."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        lines = [f"{name.replace('_', ' ').capitalize()}: {says}" for name, says in fields.items()]
        super().__init__(bulleted(lines) if len(lines) > 1 else "".join(fields.values()))
        self.fields = dict(fields)


class UnknownCommand(UserError):
    """Nobody defined what was typed or pressed."""


class StartError(Exception):
    """The bot can't start, or a command line can't be done: exit code 1, and in words why."""


class Undeliverable(Exception):
    """This message will never arrive: the reason, in words an organiser can act on."""


class TryLater(Exception):
    """The platform can't take this now; `after` is how many seconds it asked us to wait."""

    def __init__(self, says: str, after: float | None = None) -> None:
        super().__init__(says)
        self.after = after
