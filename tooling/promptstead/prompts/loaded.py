"""A prompt file as far as it could be understood, with what belongs to it: what lint and evaluation are given."""

from collections.abc import Callable, Mapping, Sequence, Set
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from promptstead.config.settings import ModelAlias, ProviderSettings
from promptstead.documents.document import Document
from promptstead.errors import PromptsteadError
from promptstead.model import NOTHING, Case, Json, KeyPath, Problem, Prompt, Span, Stored
from promptstead.plugins import Plugins
from promptstead.template.nodes import Template

if TYPE_CHECKING:
    from promptstead.prompts.attached_files import Attachments


def case_span(documents: Mapping[str, Document], case: Case, *keys: str | int) -> Span:
    """Return where what *keys* lead to in a case stands in its file; of a row, the line that it starts on."""
    document = documents[case.file]
    return document.span((*case.at, *keys)) if case.at else document.line_span(case.line)


def _nothing(name: str) -> None:
    """Find no prompt."""


class Loaded(NamedTuple):
    """A prompt file as far as it could be understood.

    *prompt* is None where the file is not valid; *problems* then says why. *documents* holds every YAML or text file
    that was read for it, by path, so that a problem's offsets can be turned into lines. *unread* has the files that are
    there, or that the prompt names, and could not be read whole, each with what is wrong: what they hold is not known,
    which is something else than nothing. *templates* maps the place of a message part to its template with partials
    resolved (parts of GitHub Models files have none), *partial_paths* the name of a partial as included to its path,
    *partial* a dataset too large to be held to the number of its cases that are in the prompt. *outputs* is the file of
    recorded outputs, *judgements* that of what judges said of the answers, both unread. *models* are the aliases of the
    configuration. *private* says that answers are kept outside the repository, *stored* reads them there; *find* gives
    another prompt of the same tree by its id, *python* runs functions where some may run, *plugins* are what
    packages bring, *providers* the servers of the configuration. *attachments* reads the files that the prompt and its
    cases attach; None for a prompt that cannot attach any.
    """

    id: str
    document: Document
    prompt: Prompt | None
    problems: Sequence[Problem]
    documents: Mapping[str, Document]
    unread: Mapping[str, Problem] = NOTHING
    templates: Mapping[KeyPath, Template] = MappingProxyType({})
    partial_paths: Mapping[str, str] = NOTHING
    partial: Mapping[str, int] = NOTHING
    outputs: Document | None = None
    judgements: Document | None = None
    models: Mapping[str, ModelAlias] = NOTHING
    private: bool = False
    stored: Stored | None = None
    find: Callable[[str], "Loaded | None"] = _nothing
    python: Callable[[str], Callable[[Json, float], Json]] | None = None
    plugins: Plugins | None = None
    providers: Mapping[str, ProviderSettings] = NOTHING
    attachments: "Attachments | None" = None

    @property
    def path(self) -> str:
        """Return the path of the prompt file."""
        return self.document.path

    @property
    def attached(self) -> Set[str]:
        """Return the path of every file that the prompt and its cases attach, also of those that are not there."""
        return self.attachments.paths if self.attachments else frozenset()

    def refuse_unread(self) -> None:
        """Refuse to go on without what could not be read, for whatever writes, asks or judges.

        :raises PromptsteadError: a file of the prompt could not be read whole.
        """
        for path, problem in self.unread.items():
            raise self.error(problem, path)

    def not_valid(self, reason: str = "") -> PromptsteadError:
        """Return what ends a command where the prompt is needed and is not valid; of one that is too new, that it is.

        :param reason: why it is not valid.
        """
        newer = next((each for each in self.problems if each.hint.code == "files.upgrade-promptstead"), None)
        if newer is not None:
            return self.error(newer if newer.path else newer._replace(path=self.path))
        message = f"this prompt is not valid: {reason}" if reason else "this prompt is not valid"
        return PromptsteadError(message, hint="run promptstead lint", location=self.path)

    def error(self, problem: Problem, path: str = "") -> PromptsteadError:
        """Return a problem as what ends a command.

        :param path: the file that it is about, where it stands in no file that was read.
        """
        document = self.documents.get(problem.path)
        if document is None:
            message = problem.message.removeprefix(f"`{path}`: ")
            return PromptsteadError(message, hint=problem.hint, location=path or problem.path or self.path)
        line = document.position(problem.span.start)[0]
        return PromptsteadError(problem.message, hint=problem.hint, location=f"{document.path}:{line}")

    @property
    def doubt(self) -> Problem | None:
        """Return the first problem that may hide a case, a check or a value; while there is one, nothing is removed."""
        unclear = (each for each in self.problems if each.code in ("SCH001", "SCH002") and each.level != "warning")
        return next(iter(self.unread.values()), None) or next(unclear, None)

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave out what reads other files or runs functions: another process has neither."""
        return Loaded, tuple(self._replace(find=_nothing, python=None, plugins=None, attachments=None))
