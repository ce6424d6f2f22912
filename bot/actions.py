"""Actions: the one definition behind a command, a button and a form.

An action is a typed async function `handler(ctx, …) -> Reply | OpenForm`. Its name comes from the
decorator, its help from the docstring's first line, its parameters from the signature. What a
platform could not take (a long name, six form fields) fails here, when the action is defined.
"""

import inspect
import re
import types
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum
from functools import cached_property, lru_cache
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from bot import replies
from bot.errors import InvalidArguments, UnknownCommand, UserError
from bot.markup import plain, shorten
from bot.replies import Button, Choice, OpenForm, Option, Part, Press, Reply, Style

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.content import Content, FormQuestion
    from bot.context import Context, Scene
    from bot.platform import Errand, Letter

NAME = re.compile(r"[a-z][a-z0-9-]{0,31}( [a-z][a-z0-9-]{0,31})?")
PARAM = re.compile(r"[a-z][a-z0-9_]{0,31}")
HELP = 100
MENU = 24
"""Characters of an entry in a person's menu; Discord takes 32."""
WHOLE_NUMBER = re.compile(r"[+-]?\d{1,9}")
T = TypeVar("T")
YES, NO = {"yes", "y", "true", "on"}, {"no", "n", "false", "off"}
CHOICES = 25

Handler = Callable[..., Awaitable["Reply | OpenForm"]]
Builder = Callable[..., Awaitable["Letter | Errand | None"]]
Writer = Callable[["Scene"], Awaitable[bytes]]
Listener = Callable[..., Awaitable[object]]
Shower = Callable[["Context"], Awaitable[Part | None]]
Farewell = Callable[["Scene", str], Awaitable[None]]
Forget = Callable[["AsyncSession", datetime], Awaitable[object]]
Suggester = Callable[["Context", str], Awaitable[tuple[Option, ...]]]


class Role(IntEnum):
    """What someone may do here. A higher role includes the lower ones."""

    MEMBER = 0
    HOST = 1
    ORGANISER = 2

    @property
    def people(self) -> str:
        return f"{self.called}s"

    @property
    def called(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Suggest:
    """Annotate a parameter with this to offer choices while the person types."""

    options: Suggester


@dataclass(frozen=True, slots=True)
class Long:
    """Annotate a text parameter with this to give it several lines in a form."""

    limit: int = 1000


@dataclass(frozen=True, slots=True)
class Worded:
    """Annotate a parameter with this where the content words its label.

    None means that the content asks nothing there: the field is left out.
    """

    label: Callable[["Content"], str | None]

    @classmethod
    def nth(cls, asked: Callable[["Content"], Sequence["FormQuestion"]], number: int) -> "Worded":
        """The label of one of the content's questions, of which there may be fewer."""

        def words(content: "Content") -> str | None:
            questions = asked(content)
            return questions[number].question if number < len(questions) else None

        return cls(words)


@dataclass(frozen=True, slots=True)
class Param:
    """One argument: asked for by its label, typed as an option, or a field of a form."""

    name: str
    label: str
    kind: Literal["text", "number", "yes or no", "choice"]
    required: bool
    default: object = None
    choices: tuple[str, ...] = ()
    suggest: Suggester | None = None
    lines: bool = False
    limit: int = 200
    worded: Worded | None = None

    def read(self, raw: str) -> object:
        """The typed value. Raises UserError with a sentence that says what to type instead."""
        text = raw.strip()
        match self.kind:
            case "number":
                return self._number(text)
            case "yes or no":
                return self._yes_or_no(text)
            case "choice":
                return self._choice(text)
            case "text":
                if len(text) > self.limit:
                    raise UserError(
                        f"{'This' if self.worded else self.title} has {len(text):,} characters. "
                        f"There is room for {self.limit:,}.",
                        self.name,
                    )
                return text

    @property
    def title(self) -> str:
        return self.name.replace("_", " ").capitalize()

    def _number(self, text: str) -> int:
        bare = text.removeprefix("#").removesuffix(".")
        if not WHOLE_NUMBER.fullmatch(bare):
            raise UserError(f"“{plain(text, 30)}” is not a whole number.", self.name)
        return int(bare)

    def _yes_or_no(self, text: str) -> bool:
        if text.lower() in YES | NO:
            return text.lower() in YES
        raise UserError(f"{self.title}: please say yes or no.", self.name)

    def _choice(self, text: str) -> str:
        for choice in self.choices:
            if choice.lower() == text.lower():
                return choice
        listed = ", ".join(self.choices)
        raise UserError(f"{self.title}: please choose one of {listed}.", self.name)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came along with a command. Its platform keeps it at this https address, for an
    hour at least.

    Declare a parameter `Attachment | None`: where a platform attaches nothing it is not there, so
    it can't be typed, asked for by a form, or carried by a button.
    """

    address: str
    size: int
    """Bytes, as the platform counted them."""


@dataclass(frozen=True, slots=True)
class FileParam:
    """An argument that is a file."""

    name: str
    label: str


@dataclass(frozen=True, slots=True, eq=False)
class Action:
    """Something that people can do, by command, button or form."""

    name: str
    help: str
    role: Role
    params: tuple[Param, ...]
    handler: Handler
    typed: bool
    bare: str = "show"
    """What a bare command is called where a command with subcommands can't stand alone."""
    example: str = ""
    """Arguments as somebody would type them."""
    anonymous: bool = False
    """Nothing is kept of who sent its form, and no time finer than the day."""
    noted: bool = True
    """For hosts and organisers: what it changes is listed for organisers."""
    on_person: str = ""
    """What the menu of a person calls it, if it stands there: they are the first argument."""
    files: tuple[FileParam, ...] = ()
    """What can be attached, where the platform lets people attach."""
    titled: str = ""
    """What stands above its form, where its name does not say it to somebody new."""

    @property
    def heading(self) -> str:
        return self.titled or self.name.replace("-", " ").capitalize()

    @property
    def usage(self) -> str:
        words = [f"<{p.name}>" if p.required else f"[{p.name}]" for p in self.params]
        return " ".join([f"/{self.name}", *words])

    @property
    def how(self) -> str:
        """How to type it, for whoever got it wrong."""
        if self.example:
            return f"For example: `/{self.name} {self.example}`"
        return f"Type it like this: `{self.usage}`"

    def param(self, name: str) -> Param | None:
        return next((param for param in self.params if param.name == name), None)

    def press(self, **args: object) -> Press:
        """This action with these arguments, for a button. Unknown arguments fail here."""
        return _press(self, tuple((name, str(value)) for name, value in args.items()))

    def button(self, label: str, style: Style = Style.PLAIN, /, **args: object) -> Button:
        return Button(label, self.press(**args), style)

    def choice(self, label: str, name: str, options: Iterable[Option], /, **args: object) -> Choice:
        if not self.param(name):
            raise ValueError(f"{self.name!r} has no parameter {name!r}.")
        return Choice(label, self.press(**args), name, tuple(options))

    def form(self, ctx: "Context", **known: object) -> OpenForm:
        """Ask for the parameters that are not in `known`."""
        self.press(**known)
        return OpenForm(self.name, ctx.new_id(), {name: str(v) for name, v in known.items()})

    def asked(self, known: Iterable[str]) -> tuple[Param, ...]:
        """The form's fields: what is not known yet, in order, as many as a Discord form holds."""
        left = [param for param in self.params if param.name not in set(known)]
        return tuple(left[: replies.FORM_FIELDS])

    def worded(self, content: "Content") -> "Action":
        """The same action, with the labels that the content gives."""
        labels = {p.name: p.worded.label(content) if p.worded else p.label for p in self.params}
        params = [replace(p, label=label) for p in self.params if (label := labels[p.name])]
        return replace(self, params=tuple(params))

    def missing(self, args: Mapping[str, str]) -> bool:
        return any(param.required and not args.get(param.name, "").strip() for param in self.params)

    def settled(self, args: Mapping[str, str]) -> dict[str, str]:
        """Of what was given, what can be read. A form asks for the rest."""
        settled: dict[str, str] = {}
        for param in self.params:
            if raw := args.get(param.name, "").strip():
                with suppress(UserError):
                    param.read(raw)
                    settled[param.name] = raw
        return settled

    def bind(
        self, args: Mapping[str, str], files: Mapping[str, Attachment] | None = None
    ) -> dict[str, Any]:
        """Arguments for the handler. Raises InvalidArguments with a sentence for each bad one."""
        bound: dict[str, Any] = {each.name: (files or {}).get(each.name) for each in self.files}
        wrong: dict[str, str] = {}
        for param in self.params:
            raw = args.get(param.name, "")
            try:
                if raw.strip():
                    bound[param.name] = param.read(raw)
                elif param.required:
                    raise UserError(f"{param.title} is still missing.")
                else:
                    bound[param.name] = param.default
            except UserError as error:
                wrong[param.name] = error.says
        if wrong:
            raise InvalidArguments(wrong)
        return bound


@lru_cache(maxsize=4096)
def _press(action: Action, args: tuple[tuple[str, str], ...]) -> Press:
    """Kept, because a card has a dozen and most say the same for everyone."""
    for name, _ in args:
        if not action.param(name):
            raise ValueError(f"{action.name!r} has no parameter {name!r}.")
    return Press(action.name, args)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of outbox row: how its message is built, and how late it is still worth saying."""

    name: str
    build: Builder
    grace: timedelta
    """Counted from when it was due, however often it failed since."""
    asked_for: bool
    """Somebody waits for it: neither quiet hours nor the weekly budget hold it back."""
    keep: timedelta = timedelta(days=60)
    """How long a settled row may still be asked for, for its key or to edit its message."""


@dataclass(frozen=True, slots=True)
class Document:
    """What is served under a name to whoever knows a community's key."""

    media_type: str
    write: Writer


@dataclass(frozen=True, slots=True)
class Corner:
    """What a feature shows on somebody's home page, if there is anything."""

    role: Role
    show: Shower


class Feature:
    """A named set of actions: what one folder or file of `bot/features` brings."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.actions: list[Action] = []
        self.kinds: list[Kind] = []
        self.listeners: dict[str, Listener] = {}
        self.documents: dict[str, Document] = {}
        self.corners: list[Corner] = []
        self.farewells: list[Farewell] = []
        self.forgetting: list[Forget] = []

    def command(
        self,
        name: str,
        *,
        role: Role = Role.MEMBER,
        bare: str = "show",
        example: str = "",
        noted: bool = True,
        on_person: str = "",
        form: str = "",
    ) -> Callable[[Handler], Action]:
        """Something to type. A space makes a subcommand: "event create".

        `on_person` puts it into the menu of each person, too: they are its first argument, written
        as `bot.people.mention` does. `form` is the title of its form.
        """
        return self._define(
            name,
            role,
            typed=True,
            bare=bare,
            example=example,
            on_person=on_person,
            noted=noted,
            form=form,
        )

    def action(
        self,
        name: str,
        *,
        role: Role = Role.MEMBER,
        anonymous: bool = False,
        noted: bool = True,
        form: str = "",
    ) -> Callable[[Handler], Action]:
        """Something that only buttons and forms reach. `form` is the title of its form."""
        return self._define(name, role, typed=False, anonymous=anonymous, noted=noted, form=form)

    def home(self, *, role: Role = Role.MEMBER) -> Callable[[Shower], Shower]:
        """Something of one's own to see at `/home`. It only reads."""

        def define(show: Shower) -> Shower:
            self.corners.append(Corner(role, show))
            return show

        return define

    def document(self, name: str, media_type: str) -> Callable[[Writer], Writer]:
        """A file that programs fetch over the web, such as a calendar feed."""

        def define(write: Writer) -> Writer:
            self.documents[name] = Document(media_type, write)
            return write

        return define

    def delivery(
        self,
        name: str,
        *,
        grace: timedelta,
        asked_for: bool = False,
        keep: timedelta = timedelta(days=60),
    ) -> Callable[[Builder], Builder]:
        """Something said later: `build(scene, **ids)` reads the world again when it is due.

        It returns a Letter, or None when there is nothing to say any more or it was a dated job.
        """

        def define(build: Builder) -> Builder:
            self.kinds.append(Kind(name, build, grace, asked_for, keep))
            return build

        return define

    def heard(self, report: str) -> Callable[[Listener], Listener]:
        """Something that a platform itself reports, not a person: `listen(scene, space, **facts)`.

        The same may be reported again, and by two processes at once.
        """

        def define(listen: Listener) -> Listener:
            _put(self.listeners, report, listen)
            return listen

        return define

    def farewell(self, leave: Farewell) -> Farewell:
        """What to put right before all rows of a person go: `leave(scene, person_id)`."""
        self.farewells.append(leave)
        return leave

    def forget(self, forget: Forget) -> Forget:
        """Rows that nobody asks for any more, of all communities: `forget(session, now)` is run
        every few hours."""
        self.forgetting.append(forget)
        return forget

    def _define(
        self,
        name: str,
        role: Role,
        *,
        typed: bool,
        bare: str = "",
        example: str = "",
        anonymous: bool = False,
        noted: bool = True,
        on_person: str = "",
        form: str = "",
    ) -> Callable[[Handler], Action]:
        def define(handler: Handler) -> Action:
            says = (inspect.getdoc(handler) or "").partition("\n")[0]
            params = params_of(handler)
            action = Action(
                name,
                says,
                role,
                params,
                handler,
                typed,
                bare,
                example,
                anonymous,
                noted,
                on_person,
                files_of(handler),
                form,
            )
            _prove(action)
            self.actions.append(action)
            return action

        return define


@dataclass
class Registry:
    """All that features bring, by name. Two of one name fail here."""

    features: Iterable[Feature]
    actions: dict[str, Action] = field(init=False, default_factory=dict)
    kinds: dict[str, Kind] = field(init=False, default_factory=dict)
    listeners: dict[str, Listener] = field(init=False, default_factory=dict)
    documents: dict[str, Document] = field(init=False, default_factory=dict)
    corners: list[Corner] = field(init=False, default_factory=list)
    forgetting: list[Forget] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.features = tuple(self.features)
        for feature in self.features:
            for action in feature.actions:
                _put(self.actions, action.name, action)
            for kind in feature.kinds:
                _put(self.kinds, kind.name, kind)
            for report, listen in feature.listeners.items():
                _put(self.listeners, report, listen)
            for name, document in feature.documents.items():
                _put(self.documents, name, document)
            self.corners += feature.corners
            self.forgetting += feature.forgetting

    def reword(self, content: "Content") -> None:
        """Take the labels that people see from these words."""
        for feature in self.features:
            for action in feature.actions:
                self.actions[action.name] = action.worded(content)

    def get(self, name: str) -> Action:
        try:
            return self.actions[name]
        except KeyError:
            raise UnknownCommand(
                "This button is from an older version of me. `/help` shows what I can do now."
            ) from None

    @cached_property
    def typed(self) -> dict[str, Action]:
        """What people can type, by name."""
        return {action.name: action for action in self.actions.values() if action.typed}

    @property
    def farewells(self) -> list[Farewell]:
        """What each feature puts right when somebody leaves."""
        return [leave for feature in self.features for leave in feature.farewells]

    @property
    def commands(self) -> list[Action]:
        return list(self.typed.values())

    @cached_property
    def on_person(self) -> dict[str, Action]:
        """What stands in the menu of a person, by what it is called there."""
        found: dict[str, Action] = {}
        for action in self.commands:
            if action.on_person:
                _put(found, action.on_person, action)
        return found


def _put(table: dict[str, T], name: str, item: T) -> None:
    if name in table:
        raise ValueError(f"Two things are called {name!r}.")
    table[name] = item


def params_of(handler: Handler) -> tuple[Param, ...]:
    """The parameters after `ctx`, read from annotations such as `Annotated[int, "Which one"]`."""
    return tuple(_param(each, hint) for each, hint in _hinted(handler) if not _is_file(hint))


def files_of(handler: Handler) -> tuple[FileParam, ...]:
    """Those that are files, such as `Annotated[Attachment | None, "The list"]`."""
    found = [(each.name, hint) for each, hint in _hinted(handler) if _is_file(hint)]
    return tuple(FileParam(name, get_args(hint)[1]) for name, hint in found)


def _hinted(handler: Handler) -> list[tuple[inspect.Parameter, object]]:
    hints = get_type_hints(handler, include_extras=True)
    signature = list(inspect.signature(handler).parameters.values())[1:]
    return [(each, hints[each.name]) for each in signature]


def _is_file(hint: object) -> bool:
    return get_origin(hint) is Annotated and get_args(hint)[0] == Attachment | None


def _param(parameter: inspect.Parameter, hint: object) -> Param:
    if get_origin(hint) is not Annotated:
        raise TypeError(f"{parameter.name}: annotate it with its label, Annotated[type, label].")
    declared, label, *extras = get_args(hint)
    kind, choices = _kind(declared)
    long = next((extra for extra in extras if isinstance(extra, Long)), None)
    worded = next((extra for extra in extras if isinstance(extra, Worded)), None)
    suggest = next((extra.options for extra in extras if isinstance(extra, Suggest)), None)
    required = parameter.default is inspect.Parameter.empty
    return Param(
        name=parameter.name,
        label=label,
        kind=kind,
        required=required,
        default=None if required else parameter.default,
        choices=choices,
        suggest=suggest,
        lines=long is not None,
        limit=long.limit if long else 200,
        worded=worded,
    )


def _kind(
    declared: Any,
) -> tuple[Literal["text", "number", "yes or no", "choice"], tuple[str, ...]]:
    if get_origin(declared) in (Union, types.UnionType):
        (declared,) = [each for each in get_args(declared) if each is not type(None)]
    if get_origin(declared) is Literal:
        return "choice", get_args(declared)
    if declared is int:
        return "number", ()
    if declared is bool:
        return "yes or no", ()
    if declared is str:
        return "text", ()
    raise TypeError(f"{declared!r} is not a type that people can type in.")


def _prove(action: Action) -> None:
    """Fail now on what Discord or Slack would refuse later."""
    if not NAME.fullmatch(action.name):
        raise ValueError(f"{action.name!r} can't be a command's name on Discord.")
    if action.typed and not 1 <= len(action.help) <= HELP:
        raise ValueError(
            f"/{action.name}: help is a first docstring line of 1 to {HELP} characters."
        )
    if sum(param.required for param in action.params) > replies.FORM_FIELDS:
        raise ValueError(
            f"/{action.name}: a form can ask for {replies.FORM_FIELDS} things at most."
        )
    if action.on_person:
        _prove_menu(action)
    if action.files:
        _prove_files(action)
    optional_before = False
    for param in action.params:
        _prove_param(action, param)
        if param.required and optional_before:
            raise ValueError(f"/{action.name}: {param.name} is required, so it comes earlier.")
        optional_before = optional_before or not param.required


def _prove_menu(action: Action) -> None:
    if len(action.on_person) > MENU:
        raise ValueError(f"/{action.name}: a person's menu takes {MENU} characters.")
    if not action.params or action.params[0].kind != "text":
        raise ValueError(f"/{action.name}: a person's menu needs a first parameter for them.")


def _prove_files(action: Action) -> None:
    """A form that asks for the rest would lose the file, so there is no rest."""
    if not action.typed or any(param.required for param in action.params):
        raise ValueError(
            f"/{action.name}: a file comes with a command that has nothing required beside it."
        )
    for each in action.files:
        _prove_words(action, each)


def _prove_words(action: Action, param: Param | FileParam) -> None:
    if not PARAM.fullmatch(param.name):
        raise ValueError(f"/{action.name}: {param.name!r} can't be an option's name on Discord.")
    if not 1 <= len(param.label) <= replies.FORM_LABEL:
        raise ValueError(
            f"/{action.name} {param.name}: the label has {len(param.label)} characters; "
            f"at most {replies.FORM_LABEL}: {shorten(param.label, 60)!r}"
        )


def _prove_param(action: Action, param: Param) -> None:
    _prove_words(action, param)
    if len(param.choices) > CHOICES or any(len(c) > replies.OPTION_LABEL for c in param.choices):
        raise ValueError(f"/{action.name} {param.name}: at most {CHOICES} choices, short ones.")
    if param.limit > replies.FORM_TEXT:
        raise ValueError(
            f"/{action.name} {param.name}: a form takes {replies.FORM_TEXT} characters."
        )
