"""The few errors that people read. Each says what happened and what to do next."""

from collections.abc import Mapping


class UserError(Exception):
    """Something the person can mend; shown to them alone, and nothing is saved.

    `field` names the parameter it is about, so that a form can show it where it belongs.
    """

    def __init__(self, says: str, field: str | None = None) -> None:
        super().__init__(says)
        self.says = says
        self.field = field


class InvalidArguments(UserError):
    """One or more arguments can't be read: a sentence for each, by parameter name."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
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
