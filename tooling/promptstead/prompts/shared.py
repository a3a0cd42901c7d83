"""Files that several prompts share, partials and evaluators: each is read once."""

from promptstead.documents.document import Document, text_document
from promptstead.documents.merge_conflict import unfinished_merge
from promptstead.documents.yaml_reader import read
from promptstead.errors import PromptsteadError
from promptstead.model import EvaluatorSpec, Tree
from promptstead.prompts.prompt import build_evaluators
from promptstead.prompts.schema_check import can_build, validate
from promptstead.words.sentence import say


class SharedFiles:
    """The partials and shared evaluators of one tree."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._texts: dict[str, Document | None] = {}
        self._evaluators: dict[str, tuple[Document, tuple[EvaluatorSpec, ...]] | None] = {}

    def evaluators(self, path: str) -> tuple[Document, tuple[EvaluatorSpec, ...]] | None:
        """Return the file of evaluators *path* and what it declares, or None where there is none.

        :raises PromptsteadError: it cannot be read.
        """
        if path not in self._evaluators:
            raw = self._tree.read(path)
            self._evaluators[path] = None if raw is None else self._read_evaluators(raw, path)
        return self._evaluators[path]

    def _read_evaluators(self, raw: bytes, path: str) -> tuple[Document, tuple[EvaluatorSpec, ...]]:
        document = read(raw, path)
        problems = list(document.problems)
        specs: tuple[EvaluatorSpec, ...] = ()
        if document.data is not None:
            found = validate(document, "evaluators")
            problems.extend(found)
            if can_build(document, "evaluators", found):
                specs = build_evaluators(document.data["evaluators"], path, ("evaluators",))
        return document.with_problems(problems), specs

    def partial(self, path: str) -> Document | None:
        """Return the partial *path*, or None where there is none.

        :raises PromptsteadError: it cannot be read, or is no text.
        """
        if path not in self._texts:
            raw = self._tree.read(path)
            self._texts[path] = None if raw is None else _partial(path, _partial_text(raw))
        return self._texts[path]


def _partial(path: str, text: str) -> Document:
    problem = unfinished_merge(text)
    return text_document(path, text, (problem,) if problem else ())


def _partial_text(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise PromptsteadError(say("files.in-line-not-utf-8", line=line), hint=say("files.save-it-as-utf-8")) from error
    if "\0" in text:
        raise PromptsteadError(say("files.holds-nul"), hint=say("files.partial-is-text"))
    return text
