"""What every verb needs: the repository at hand, the prompts that the arguments name, and the options they share."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from operator import attrgetter
from stat import S_ISREG
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click
from click.core import ParameterSource

from promptstead.config.file import load_config
from promptstead.config.settings import Config
from promptstead.errors import PromptsteadError, inert, one_line
from promptstead.model import Json
from promptstead.prompts.library import Library
from promptstead.prompts.names import SUFFIXES
from promptstead.report.markup import visible
from promptstead.storage.working_tree import WorkingTree, find_root

if TYPE_CHECKING:
    from promptstead.storage.answer_store import AnswerStore

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
FEW = 3
"""Most files that a line names."""

_COLOURS = {"red": "31", "yellow": "33", "cyan": "36", "green": "32", "bold": "1", "dim": "2"}
_PAINT = re.compile(rf"(\x1b\[(?:{'|'.join(_COLOURS.values())}|0)m)")
_OBEYING_LOGS = ("GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "TEAMCITY_VERSION")
"""Variables of the CI systems whose log obeys commands in what a job prints."""


class Workspace(NamedTuple):
    """The repository that a command works on."""

    tree: WorkingTree
    config: Config
    library: Library


def open_workspace(arguments: Sequence[str] = ()) -> Workspace:
    """Return the repository of the first argument that is a path, or of the current folder.

    :raises PromptsteadError: the configuration is wrong.
    """
    start = next((argument for argument in arguments if os.path.exists(argument)), os.curdir)
    tree = WorkingTree(find_root(start))
    config = load_config(tree)
    workspace = Workspace(tree, config, Library(tree, config))
    workspace.library.python = _python(workspace)
    workspace.library.stored = _Stored(workspace)
    return workspace


def _python(workspace: Workspace) -> Callable[[str], Callable[[Json, float], Json]]:
    """Return what runs Python functions that judge answers; which may run is read when the first is asked for."""

    def function(name: str) -> Callable[[Json, float], Json]:
        if not checks:
            from promptstead.operations.workspace.trusted_functions import trusted_config, whole_tree
            from promptstead.python_checks import PythonChecks

            trusted = trusted_config(workspace)
            checks.append(PythonChecks(trusted.python_evaluators if trusted else (), whole_tree(workspace)))
        return checks[0](name)

    checks: list[Callable[[str], Callable[[Json, float], Json]]] = []
    return function


class _Stored:
    """Reads answers outside the repository; where they are is found out for the first, or for another process."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def __call__(self, digest: str) -> bytes | None:
        return self._store().read(digest)

    def __reduce__(self) -> tuple[Any, ...]:
        return attrgetter("read"), (self._store(),)

    def _store(self) -> "AnswerStore":
        from promptstead.operations.workspace.trusted_functions import (
            answer_store,  # not needed where every answer is in the repository
        )

        return answer_store(self._workspace)


def selected_paths(workspace: Workspace, arguments: Sequence[str]) -> list[str]:
    """Return the prompt files that the arguments name: ids, files or folders; without arguments, every prompt.

    A file that belongs to a prompt (its cases or outputs) stands for that prompt; a partial or a file of shared
    evaluators for every prompt that uses it.

    :raises PromptsteadError: an argument names nothing.
    """
    if not arguments:
        return workspace.library.paths()
    found: dict[str, None] = {}
    for argument in arguments:
        found.update(dict.fromkeys(_named(workspace, argument)))
    return list(found)


def _named(workspace: Workspace, argument: str) -> list[str]:
    if not os.path.lexists(argument):
        path = workspace.library.find(argument)
        if path is None:
            ids = [workspace.library.id_of(path) for path in workspace.library.paths()]
            near = get_close_matches(argument, ids, 1)
            hint = f"did you mean `{near[0]}`?" if near else "name a prompt's id, a file or a folder"
            raise PromptsteadError(f"there is no prompt and no file `{argument}`", hint=hint)
        return [path]
    path = workspace.tree.relative(argument)
    if os.path.isdir(argument):
        if path.endswith(SUFFIXES):
            raise PromptsteadError("this is a folder, not a prompt file", hint="rename the folder", location=argument)
        return [
            found
            for found in workspace.tree.files(path)
            if found.endswith(SUFFIXES) and not workspace.library.excluded(found)
        ]
    if path.endswith(SUFFIXES):
        return [path]
    owner = _owner(workspace, path)
    if owner:
        return [owner]
    users = _users(workspace, path)
    if users is not None:
        return users
    if path.endswith((".yml", ".yaml")):
        return [path]
    raise PromptsteadError("this is no prompt file", hint="prompt files end in .prompt.yml", location=argument)


def _owner(workspace: Workspace, path: str) -> str | None:
    """Return the prompt in whose folder *path* lies."""
    folder = os.path.dirname(path)
    while folder:
        for suffix in SUFFIXES:
            if os.path.isfile(os.path.join(workspace.tree.root, folder + suffix)):
                return folder + suffix
        folder = os.path.dirname(folder)
    return None


def _users(workspace: Workspace, path: str) -> list[str] | None:
    """Return the prompts that use the shared file *path*; None where it lies in no prompt root."""
    root = workspace.library.root_of(path)
    if not root.path:
        return None
    loaded = (workspace.library.load(prompt) for prompt in workspace.library.paths())
    return [each.path for each in loaded if path in each.documents]


def tell_passed_over(workspace: Workspace) -> None:
    """Say how many prompt files the settings pass over, and which, where there are any."""
    try:
        found = [path for path in workspace.tree.files() if path.endswith(SUFFIXES)]
    except PromptsteadError:
        return  # the repository has too many files to look through, or a folder that cannot be read
    listed = set(workspace.library.paths())
    missing = [path for path in found if path not in listed]
    excluded = sum(workspace.library.excluded(path) for path in missing)
    if missing:
        counts = {"by `exclude`": excluded, "outside `roots`": len(missing) - excluded}
        why = ", ".join(f"{count:,} {where}" for where, count in counts.items() if count)
        names = ", ".join([*missing[:FEW], *(["…"] if len(missing) > FEW else [])])
        tell(one_line(f"prompt files not looked at: {why} ({names})"))


def prompts_argument(command: Decorated) -> Decorated:
    """Add the argument ``PROMPTS``: ids, files or folders."""
    return click.argument("prompts", nargs=-1, metavar="[PROMPTS]...")(command)


def format_option(*formats: str) -> Callable[[Decorated], Decorated]:
    """Add ``--format`` with *formats*, the first being the default."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="Form of the result.",
    )


def language_option(command: Decorated) -> Decorated:
    """Add ``--lang``: the language that a page starts in."""
    return click.option(
        "--lang",
        "language",
        type=click.Choice(("en", "fr")),
        default="en",
        show_default=True,
        help="Language of an HTML page; it can be switched there.",
    )(command)


def refuse_ignored(*names: str, where: str, hint: str) -> None:
    """Refuse parameters of the running command that were given and would be ignored: who gives one expects something.

    :param names: of its parameters, such as ``output_format``.
    :param where: where they mean nothing, such as ``without --sample``.
    :raises PromptsteadError: one was given.
    """
    context = click.get_current_context()
    given = [
        max(parameter.opts, key=len)
        for parameter in context.command.params
        if parameter.name in names and context.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE
    ]
    if given:
        verb = "means" if len(given) == 1 else "mean"
        raise PromptsteadError(f"{', '.join(given)} {verb} nothing {where}", hint=hint)


def echo(text: str) -> None:
    """Write lines for people to stdout: what a terminal or the log of a CI job would obey is escaped, wherever it goes.

    What :func:`colour` painted stays painted on a terminal.
    """
    pieces = _PAINT.split(text) if sys.stdout.isatty() else [text]
    pieces[::2] = map(visible, pieces[::2])
    sys.stdout.write(inert("".join(pieces)) + "\n")


def echo_data(text: str, end: str = "\n") -> None:
    """Write text of others to stdout as it is, for a program or a file; where people read it, escaped as by `echo`.

    That is on a terminal, and in the log of a CI job that obeys commands. There a pipe to a program and the log look
    alike: who wants exact text writes it to a file, or takes JSON, whose own escapes keep it exact.
    """
    sys.stdout.write((inert(visible(text)) if read_by_people() else text) + end)


def echo_commands(text: str) -> None:
    """Write workflow commands of ours to stdout, the one text that the log of a CI job is to obey."""
    sys.stdout.write((visible(text) if sys.stdout.isatty() else text) + "\n")


def echo_json(document: Json) -> None:
    """Write the result as one JSON document."""
    from promptstead.escapes import json_text

    sys.stdout.write(json_text(document))


def read_by_people() -> bool:
    """Tell whether stdout is a terminal, or the log of a CI job that obeys commands: no file in such a job."""
    if sys.stdout.isatty():
        return True
    if not any(os.environ.get(name) for name in _OBEYING_LOGS):
        return False
    try:
        return not S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except OSError:
        return True  # no file of the system: whoever put it there may print it


def tell(text: str) -> None:
    """Write lines for people to stderr, after what stdout has so far, escaped as by :func:`echo`."""
    sys.stdout.flush()
    sys.stderr.write(inert(visible(text)) + "\n")


def plural(count: int, one: str, many: str = "") -> str:
    """Return ``1 case`` or ``3 cases``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def plain(text: str, style: str) -> str:
    """Return the text, unpainted."""
    return text


def colour() -> Callable[[str, str], str]:
    """Return a painter ``(text, style) -> text`` for stdout: plain but on a terminal, and there with ``NO_COLOR``."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return plain
    return lambda text, style: f"\x1b[{_COLOURS[style]}m{text}\x1b[0m"


def first_lines(lines: Iterable[str], limit: int) -> list[str]:
    """Return at most *limit* lines, with a last one that counts what was left out."""
    every = list(lines)
    return every if len(every) <= limit else [*every[:limit], f"… and {len(every) - limit} more"]
