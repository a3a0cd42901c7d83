"""The prompts of one tree, each read with everything that belongs to it.

The same code reads the working tree and any revision, because it sees neither: it is handed a
:class:`promptstead.model.Tree`.
"""

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import partial

from promptstead.config.settings import Config
from promptstead.documents.document import Document, text_document
from promptstead.documents.reader import misread, read
from promptstead.errors import PromptsteadError, UnavailableError
from promptstead.model import Case, EvaluatorSpec, Json, Part, Problem, Prompt, Span, Stored, Tree
from promptstead.prompts.declared import gate as gated
from promptstead.prompts.github_models import build_github_models, is_github_models
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.names import Names, below
from promptstead.prompts.prompt import Companions, build_cases, build_prompt
from promptstead.prompts.schema import can_build, is_usable, validate
from promptstead.prompts.shared import SharedFiles
from promptstead.template.errors import TemplateError
from promptstead.template.includes import resolve
from promptstead.template.parser import parse


class Library(Names):
    """The prompts of one tree under one configuration. Partials and shared evaluators are read once.

    :param python: runs the Python functions that judge answers; nothing runs them without.
    :param stored: reads answers that are kept outside the repository.
    """

    def __init__(
        self,
        tree: Tree,
        config: Config,
        python: Callable[[str], Callable[[Json, float], Json]] | None = None,
        stored: Stored | None = None,
    ) -> None:
        super().__init__(tree, config)
        self.python = python
        self.stored = stored
        self._shared = SharedFiles(tree)
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
            return Loaded(prompt_id, text_document(path, ""), [Problem("SCH001", error.message, hint=error.hint)])
        if raw is None:
            raise PromptsteadError(f"there is no such file in the {self.tree.label}", location=path)
        document = read(raw, path)
        loaded = Loaded(prompt_id, document, self.name_problems(prompt_id, path))
        loaded.models = self.config.models
        loaded.find = self._judge
        loaded.python = self.python
        loaded.private = any(fnmatchcase(path, pattern) for pattern in self.config.private)
        loaded.stored = self.stored
        _take_note(loaded, path, misread(document))
        data = document.data
        if data is None:
            return loaded
        if is_github_models(data):
            self._load_github_models(loaded, rows)
        else:
            self._load_promptstead(loaded, rows)
        return loaded

    def _load_github_models(self, loaded: Loaded, rows: bool) -> None:
        problems = validate(loaded.document, "github-models")
        loaded.problems.extend(problems)
        if not can_build(loaded.document, "github-models", problems):
            return
        loaded.prompt = build_github_models(loaded.document.data, loaded.id, loaded.path, self.config)
        loaded.outputs = self._outputs(loaded, rows)

    def _load_promptstead(self, loaded: Loaded, rows: bool) -> None:
        document = loaded.document
        problems = validate(document, "prompt")
        loaded.problems.extend(problems)
        if not can_build(document, "prompt", problems):
            return
        data = document.data
        bare = build_prompt(data, loaded.id, loaded.path, self.config, Companions())
        cases = list(self._cases_file(loaded))
        if rows:
            cases.extend(self._dataset_cases(loaded, bare))
        partials = self._parse_templates(loaded, bare)
        shared = self._shared_evaluators(loaded, data.get("evaluators", {}).get("use", []))
        loaded.prompt = build_prompt(
            data,
            loaded.id,
            loaded.path,
            self.config,
            Companions(tuple(shared), self._unique(loaded, bare.cases, cases), partials),
        )
        loaded.problems.extend(gated.problems(loaded.prompt, document))
        loaded.problems.extend(_combination_problems(loaded))
        self._load_judges(loaded)
        loaded.outputs = self._outputs(loaded, rows)

    def _load_judges(self, loaded: Loaded) -> None:
        """Check the judges that the prompt names, and read what they said."""
        prompt = loaded.prompt
        if prompt is None or all(spec.type != "judge" for spec in prompt.every_evaluator()):
            return
        from promptstead.prompts.declared.judges import problems

        def find(name: str) -> Prompt | None:
            path = self.find(name)
            raw = None if path is None else self._read(loaded, path, Span(0, 0))
            if path is None or raw is None:
                return None
            document = loaded.documents.setdefault(path, read(raw, path))
            usable = document.data is not None and is_usable(document, "prompt")
            return build_prompt(document.data, name, path, self.config, Companions()) if usable else None

        loaded.problems.extend(problems(prompt, dict(loaded.documents), find))
        loaded.judgements = self._companion(loaded, "judgements.jsonl")

    def _judge(self, name: str) -> Loaded | None:
        """Return another prompt, loaded once."""
        if name not in self._judges:
            path = self.find(name)
            self._judges[name] = None if path is None else self.load(path)
        return self._judges[name]

    def made_of(self, loaded: Loaded) -> list[str]:
        """Return the path of every file that *loaded* depends on, also of those that are not there."""
        names = ("cases.yml", "outputs.yml", "outputs.jsonl", "judgements.jsonl")
        twins = self.twins(self.id_of(loaded.path), loaded.path)
        return [*loaded.documents, *twins, *(self.companion_path(loaded.path, name) for name in names)]

    def _outputs(self, loaded: Loaded, rows: bool) -> Document | None:
        found = self._companion(loaded, "outputs.yml")
        return self._companion(loaded, "outputs.jsonl") if found is None and rows else found

    def _companion(self, loaded: Loaded, name: str) -> Document | None:
        path = self.companion_path(loaded.path, name)
        document = self._lines(loaded, path) if name.endswith(".jsonl") else self._yaml(loaded, path)
        if document is None:
            return None
        loaded.problems.extend(_elsewhere(document.problems, path))
        _take_note(loaded, path, misread(document))
        loaded.documents[path] = document
        return document

    def _yaml(self, loaded: Loaded, path: str) -> Document | None:
        raw = self._read(loaded, path, Span(0, 0))
        return None if raw is None else read(raw, path)

    def _lines(self, loaded: Loaded, path: str) -> Document | None:
        try:
            file = self.tree.open(path)
            if file is None:
                return None
            from promptstead.documents.lines_document import LinesDocument  # few prompts have such a file

            return LinesDocument(path, file, partial(self.tree.open, path))
        except UnavailableError:
            raise
        except PromptsteadError as error:
            _miss(loaded, path, Problem("SCH001", f"`{path}`: {error.message}", hint=error.hint))
            return None

    def _cases_file(self, loaded: Loaded) -> tuple[Case, ...]:
        document = self._companion(loaded, "cases.yml")
        if document is None or document.data is None:
            return ()
        problems = validate(document, "cases")
        loaded.problems.extend(_elsewhere(problems, document.path))
        if not can_build(document, "cases", problems):
            _take_note(loaded, document.path, next((each for each in problems if each.code != "SCH002"), problems[0]))
            return ()
        return build_cases(document.data["cases"], document.path, ("cases",))

    def _dataset_cases(self, loaded: Loaded, prompt: Prompt) -> Iterator[Case]:
        from promptstead.prompts.dataset import read_dataset, row_schema

        folder = self.companion_path(loaded.path, "")
        for dataset in prompt.datasets:
            span = loaded.document.span((*dataset.at, "path"))
            path = below(folder, dataset.path)
            if path is None:
                message = f"dataset `{dataset.path}` does not lie in the prompt's folder"
                hint = f"put it below `{folder}` and name it relative to that"
                _miss(loaded, dataset.path, Problem("SCH001", message, span, hint))
                continue
            raw, cut = self._beginning(loaded, path, span)
            if raw is None:
                if path not in loaded.unread:
                    message = f"there is no dataset `{path}`"
                    _miss(loaded, path, Problem("SCH001", message, span, "correct the path, or add the file"))
                continue
            try:
                known = dataset._replace(schema=row_schema(self.tree, folder, dataset.schema))
                cases, document = read_dataset(raw, known, path, prompt.inputs, cut)
            except UnavailableError:
                raise
            except PromptsteadError as error:
                at = loaded.document.span((*dataset.at, "schema"))
                _miss(loaded, path, Problem("SCH001", f"the dataset's schema: {error.message}", at, error.hint))
                continue
            if cut:
                loaded.partial[path] = len(cases)
                message = f"only the first {len(cases):,} rows of `{path}` are checked here; it is too large to be held"
                loaded.problems.append(
                    Problem("SCH001", message, span, "`promptstead eval` streams all of it", level="warning")
                )
            loaded.documents[path] = document
            loaded.problems.extend(_elsewhere(document.problems, path))
            _take_note(loaded, path, misread(document))
            yield from cases

    def _beginning(self, loaded: Loaded, path: str, span: Span) -> tuple[bytes | None, bool]:
        """Return a dataset, or of one that is too large to be held its beginning, and whether there is more."""
        from promptstead.prompts.dataset import YAML_SUFFIXES, beginning

        if path.endswith(YAML_SUFFIXES):
            return self._read(loaded, path, span), False
        try:
            file = self.tree.open(path)
            if file is None:
                return None, False
            with file:
                return beginning(file)
        except UnavailableError:
            raise
        except PromptsteadError as error:
            _miss(loaded, path, Problem("SCH001", f"`{path}`: {error.message}", span, error.hint))
            return None, False

    def _unique(self, loaded: Loaded, inline: tuple[Case, ...], others: list[Case]) -> tuple[Case, ...]:
        """Return *others* without those whose id an earlier case has; each repeated id is a problem."""
        seen: dict[str, Case] = {}
        kept = []
        for index, case in enumerate((*inline, *others)):
            first = seen.setdefault(case.id, case)
            if first is not case:
                span = self._case_span(loaded, case)
                line = loaded.documents[first.file].position(self._case_span(loaded, first).start)[0]
                message = f"case `{case.id}` is there twice; the first is in {first.file}, line {line}"
                loaded.problems.append(
                    Problem("SCH001", message, span, "give each case an id of its own", path=case.file)
                )
            elif index >= len(inline):
                kept.append(case)
        return tuple(kept)

    def _case_span(self, loaded: Loaded, case: Case) -> Span:
        document = loaded.documents[case.file]
        if case.at:
            return document.span((*case.at, "id"))
        start = document.lines[case.line - 1]
        return Span(start, start + len(document.line_text(case.line)))

    def _shared_evaluators(self, loaded: Loaded, names: list[str]) -> Iterator[EvaluatorSpec]:
        root = self.root_of(loaded.path).path
        for index, name in enumerate(names):
            span = loaded.document.span(("evaluators", "use", index))
            path = below(root, name)
            if path is None:
                message = f"`{name}` leaves the prompt root"
                _miss(loaded, name, Problem("SCH001", message, span, f"name a file below `{root}`"))
                continue
            try:
                entry = self._shared.evaluators(path)
            except UnavailableError:
                raise
            except PromptsteadError as error:
                _miss(loaded, path, Problem("SCH001", f"`{path}`: {error.message}", span, error.hint))
                continue
            if entry is None:
                message = f"there is no file `{path}`"
                _miss(loaded, path, Problem("SCH001", message, span, "correct the path, or add the file"))
                continue
            document, specs = entry
            loaded.documents[path] = document
            loaded.problems.extend(_elsewhere(document.problems, path))
            unbuilt = document.problems[0] if document.problems and not specs else None
            _take_note(loaded, path, misread(document) or unbuilt)
            yield from specs

    def _parse_templates(self, loaded: Loaded, prompt: Prompt) -> dict[str, str]:
        """Parse every part's template into ``loaded.templates``; return the partials that they reach."""
        root = self.root_of(loaded.path).path
        partials: dict[str, str] = {}

        def loader(name: str) -> str | None:
            path = below(root, name)
            document = None if path is None else self._shared.partial(path)
            if document is None:
                return None
            loaded.documents[document.path] = document
            partials[name] = document.text
            loaded.partial_paths[name] = document.path
            return document.text

        for part in (part for message in prompt.messages for part in message.parts):
            try:
                loaded.templates[part.at] = resolve(parse(part.template), loader)
            except TemplateError as error:
                loaded.problems.append(self._template_problem(loaded, part, error, root))
        return partials

    def _template_problem(self, loaded: Loaded, part: Part, error: TemplateError, root: str) -> Problem:
        if error.source is not None:
            path = below(root, error.source) or error.source
            return Problem("TPL106", error.message, Span(error.start, error.end), error.hint, path=path)
        span = loaded.document.locate(part.at, error.start, error.end)
        return Problem("TPL106", error.message, span, error.hint)

    def _read(self, loaded: Loaded, path: str, span: Span) -> bytes | None:
        """Read a file that belongs to a prompt; one that cannot be read is the prompt's problem."""
        try:
            return self.tree.read(path)
        except UnavailableError:
            raise
        except PromptsteadError as error:
            _miss(loaded, path, Problem("SCH001", f"`{path}`: {error.message}", span, error.hint))
            return None


def _miss(loaded: Loaded, path: str, problem: Problem) -> None:
    """Report a file that cannot be read, and take note that what it holds is not known."""
    loaded.problems.append(problem)
    loaded.unread.setdefault(path, problem)


def _take_note(loaded: Loaded, path: str, problem: Problem | None) -> None:
    """Take note of what keeps a part of the file *path* from being known, if anything does."""
    if problem is not None:
        loaded.unread.setdefault(path, problem._replace(path=path))


def _combination_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield what is wrong with checks that combine others; what knows them is read where there is one."""
    prompt = loaded.prompt
    if prompt is not None and any(
        "of" in spec.options or "formula" in spec.options for spec in prompt.every_evaluator()
    ):
        from promptstead.prompts.declared.combinations import problems

        yield from problems(prompt, loaded.documents)


def _elsewhere(problems: tuple[Problem, ...] | list[Problem], path: str) -> Iterator[Problem]:
    for problem in problems:
        yield Problem(problem.code, problem.message, problem.span, problem.hint, problem.fix, problem.path or path)
