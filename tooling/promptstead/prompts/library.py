"""The prompts of one tree, each read with everything that belongs to it.

The same code reads the working tree and any revision, because it sees neither: it is handed a
:class:`promptstead.model.Tree`.
"""

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

from promptstead.config.settings import Config
from promptstead.documents.document import text_document
from promptstead.documents.yaml_reader import read
from promptstead.errors import PromptsteadError, UnavailableError
from promptstead.model import Json, Problem, Stored, Tree
from promptstead.plugins import Plugins
from promptstead.prompts.assembly import Assembly
from promptstead.prompts.attached_files import AttachedFiles
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.names import Names
from promptstead.prompts.shared import SharedFiles
from promptstead.words.sentence import own_words


class Library(Names):
    """The prompts of one tree under one configuration. Partials and shared evaluators are read once.

    :param python: runs the Python functions that judge answers; nothing runs them without.
    :param stored: reads answers that are kept outside the repository.
    :param plugins: what packages bring that judges answers and finds fault.
    """

    def __init__(
        self,
        tree: Tree,
        config: Config,
        python: Callable[[str], Callable[[Json, float], Json]] | None = None,
        stored: Stored | None = None,
        plugins: Plugins | None = None,
    ) -> None:
        super().__init__(tree, config)
        self.python = python
        self.stored = stored
        self.plugins = plugins
        self._shared = SharedFiles(tree)
        self._attached = AttachedFiles(tree)
        self._judges: dict[str, Loaded | None] = {}

    def load_all(self) -> Iterator[Loaded]:
        """Load every prompt, in the order of :meth:`paths`."""
        for path in self.paths():
            yield self.load(path)

    def load(self, path: str, *, rows: bool = True) -> Loaded:
        """Read the prompt file *path* and what belongs to it.

        What is wrong with the content becomes problems, never an exception.

        :param rows: False leaves out what may be larger than memory, the rows of datasets and ``outputs.jsonl``, for
            whoever reads it piece by piece (:mod:`promptstead.prompts.case_stream`).
        :raises PromptsteadError: there is no such file.
        """
        prompt_id = self.id_of(path)
        try:
            raw = self.tree.read(path)
        except UnavailableError:
            raise
        except PromptsteadError as error:
            problem = Problem("SCH001", own_words(error.message), hint=own_words(error.hint))
            return Loaded(prompt_id, document := text_document(path, ""), None, (problem,), {path: document})
        if raw is None:
            raise PromptsteadError(f"there is no such file in the {self.tree.label}", location=path)
        made = Assembly(self, self._shared, self._attached, prompt_id, read(raw, path), rows)
        return Loaded(
            prompt_id,
            made.document,
            made.prompt,
            tuple(made.problems),
            made.documents,
            made.unread,
            made.templates,
            made.partial_paths,
            made.partial,
            made.outputs,
            made.judgements,
            self.config.models,
            any(fnmatchcase(path, pattern) for pattern in self.config.private),
            self.stored,
            self._judge,
            self.python,
            self.plugins,
            self.config.providers,
            made.attachments,
        )

    def _judge(self, name: str) -> Loaded | None:
        """Return another prompt, loaded once."""
        if name not in self._judges:
            path = self.find(name)
            self._judges[name] = None if path is None else self.load(path)
        return self._judges[name]

    def made_of(self, loaded: Loaded) -> list[str]:
        """Return the path of every file that *loaded* depends on, also of those that are not there."""
        names = ("cases.yml", "counterexamples.yml", "outputs.yml", "outputs.jsonl", "judgements.jsonl", "notes.yml")
        twins = self.twins(self.id_of(loaded.path), loaded.path)
        return [
            *loaded.documents,
            *loaded.attached,
            *twins,
            *(self.companion_path(loaded.path, name) for name in names),
        ]
