"""All prompts of one tree: finding them, and reading each with everything that belongs to it.

The same code reads the working tree and any revision, because it sees neither: it is handed a
:class:`promptstead.model.Tree`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from promptstead.config import Config, ModelAlias, Root
from promptstead.errors import PromptsteadError, UnavailableError
from promptstead.model import NOTHING, Case, EvaluatorSpec, Json, KeyPath, Part, Problem, Prompt, Span, Stored, Tree
from promptstead.source.document import Document, text_document
from promptstead.source.github_models import build_github_models, is_github_models
from promptstead.source.prompt import Companions, build_cases, build_evaluators, build_prompt
from promptstead.source.reader import read
from promptstead.source.schema import Kind, is_usable, validate
from promptstead.template.errors import TemplateError
from promptstead.template.includes import resolve
from promptstead.template.nodes import Template
from promptstead.template.parser import parse

SUFFIXES = (".prompt.yml", ".prompt.yaml")
GITHUB_MODELS_ROOT = ".github/prompts"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")


class Loaded:
    """A prompt file as far as it could be understood.

    *prompt* is None where the file is not valid; *problems* then says why. *documents* holds every YAML or text file
    that was read for it, by path, so that a problem's offsets can be turned into lines. *templates* maps the place of a
    message part to its template with partials resolved (parts of GitHub Models files have none), *partial_paths* the
    name of a partial as included to its path. *outputs* is the file of recorded outputs, unread. *models* are the
    configuration's aliases. *judgements* is the file of what judges said of the answers, unread; *find* gives another
    prompt of the same tree by its id, *python* runs functions where some may run. *private* says that answers are kept
    outside the repository, *stored* reads them there, and *uses_store* is set by who finds that some are.
    """

    def __init__(self, prompt_id: str, document: Document, problems: Iterable[Problem] = ()) -> None:
        self.id = prompt_id
        self.path = document.path
        self.document = document
        self.prompt: Prompt | None = None
        self.problems = [*document.problems, *problems]
        self.documents = {document.path: document}
        self.templates: dict[KeyPath, Template] = {}
        self.partial_paths: dict[str, str] = {}
        self.outputs: Document | None = None
        self.models: Mapping[str, ModelAlias] = NOTHING
        self.partial: dict[str, int] = {}
        """Dataset too large to be held -> how many of its cases are in the prompt."""
        self.judgements: Document | None = None
        self.find: Callable[[str], Loaded | None] = _nothing
        self.python: Callable[[str], Callable[[Json, float], Json]] | None = None
        self.private = False
        self.stored: Stored | None = None
        self.uses_store = False

    def __getstate__(self) -> dict[str, object]:
        """Leave out what reads other files or runs functions: another process has neither."""
        return self.__dict__ | {"find": _nothing, "python": None}


def _nothing(name: str) -> None:
    """Find no prompt."""


class Library:
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
        self.tree = tree
        self.python = python
        self.config = config
        self.stored = stored
        self._texts: dict[str, Document | None] = {}
        self._evaluators: dict[str, tuple[Document, tuple[EvaluatorSpec, ...]] | None] = {}
        self._paths: list[str] | None = None
        self._ids: dict[str, str | None] = {}
        """Id or former id -> path, as far as asked for; None where there is no such prompt."""
        self._judges: dict[str, Loaded | None] = {}

    def roots(self) -> tuple[Root, ...]:
        """Return the prompt roots; without a setting also the folder where GitHub Models kept prompts."""
        return (*self.config.roots, Root(GITHUB_MODELS_ROOT)) if self.config.default_roots else self.config.roots

    def paths(self) -> list[str]:
        """Return the path of every prompt file below the roots, sorted."""
        if self._paths is None:
            found = {path for root in self.roots() for path in self.tree.files(root.path) if path.endswith(SUFFIXES)}
            self._paths = sorted(path for path in found if not self.excluded(path))
        return self._paths

    def excluded(self, path: str) -> bool:
        """Tell whether the configuration excludes the file *path*."""
        return any(fnmatchcase(path, pattern) for pattern in self.config.exclude)

    def root_of(self, path: str) -> Root:
        """Return the root that *path* lies in; for a file outside every root, the top of the repository."""
        inside = self._roots_around(path)
        return max(inside, key=lambda root: len(root.path)) if inside else Root("")

    def _roots_around(self, path: str) -> list[Root]:
        return [root for root in self.roots() if not root.path or path.startswith(root.path + "/")]

    def id_of(self, path: str) -> str:
        """Return the id of the prompt file *path*: its path below the root, no suffix, after the root's namespace."""
        root = self.root_of(path)
        name = path[len(root.path) + 1 :] if root.path else path
        for suffix in (*SUFFIXES, ".yml", ".yaml"):
            if name.endswith(suffix):
                name = name[: -len(suffix)]
                break
        return f"{root.namespace}/{name}" if root.namespace else name

    def find(self, name: str) -> str | None:
        """Return the path of the prompt with the id *name*, or with that former id; None where there is none."""
        if not self._ids:
            self._ids = {self.id_of(path): path for path in reversed(self.paths())}
        if name not in self._ids:
            found = (path for path in self.paths() if name in self._aliases(path, name))
            self._ids[name] = next(found, None)
        return self._ids[name]

    def _aliases(self, path: str, wanted: str) -> list[Json]:
        """Return the former ids of the prompt file *path*; none where it does not hold *wanted* or cannot be read."""
        try:
            raw = self.tree.read(path)
        except PromptsteadError:
            return []
        if raw is None or wanted.encode("utf-8", "surrogateescape") not in raw:
            return []
        data = read(raw, path).data
        aliases = data.get("aliases") if isinstance(data, dict) else None
        return aliases if isinstance(aliases, list) else []

    def load_all(self) -> Iterator[Loaded]:
        """Load every prompt, in the order of :meth:`paths`."""
        for path in self.paths():
            yield self.load(path)

    def load(self, path: str, *, rows: bool = True) -> Loaded:
        """Read the prompt file *path* and what belongs to it.

        What is wrong with the content becomes problems, never an exception.

        :param rows: False leaves out what may be larger than memory, the rows of datasets and ``outputs.jsonl``, for
            whoever reads it piece by piece (:mod:`promptstead.source.stream`).
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
        loaded = Loaded(prompt_id, document, self._name_problems(prompt_id, path))
        loaded.models = self.config.models
        loaded.find = self._judge
        loaded.python = self.python
        loaded.private = any(fnmatchcase(path, pattern) for pattern in self.config.private)
        loaded.stored = self.stored
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
        if not _is_good(loaded.document, "github-models", problems):
            return
        loaded.prompt = build_github_models(loaded.document.data, loaded.id, loaded.path, self.config)
        loaded.outputs = self._outputs(loaded, rows)

    def _load_promptstead(self, loaded: Loaded, rows: bool) -> None:
        document = loaded.document
        problems = validate(document, "prompt")
        loaded.problems.extend(problems)
        if not _is_good(document, "prompt", problems):
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
        loaded.problems.extend(_gate_problems(loaded.prompt, document))
        loaded.problems.extend(_combination_problems(loaded))
        self._load_judges(loaded)
        loaded.outputs = self._outputs(loaded, rows)

    def _load_judges(self, loaded: Loaded) -> None:
        """Check the judges that the prompt names, and read what they said."""
        prompt = loaded.prompt
        if prompt is None or all(spec.type != "judge" for spec in _all_checks(prompt)):
            return
        from promptstead.source.judged import problems

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
        twins = self._twins(self.id_of(loaded.path), loaded.path)
        return [*loaded.documents, *twins, *(self.companion_path(loaded.path, name) for name in names)]

    def companion_path(self, path: str, name: str) -> str:
        """Return where the file *name* of the prompt file *path* lies: in the folder of the same name beside it."""
        return companion_path(path, name)

    def _outputs(self, loaded: Loaded, rows: bool) -> Document | None:
        found = self._companion(loaded, "outputs.yml")
        return self._companion(loaded, "outputs.jsonl") if found is None and rows else found

    def _companion(self, loaded: Loaded, name: str) -> Document | None:
        path = self.companion_path(loaded.path, name)
        raw = self._read(loaded, path, Span(0, 0))
        if raw is None:
            return None
        if not name.endswith(".jsonl"):
            document = read(raw, path)
            loaded.problems.extend(_elsewhere(document.problems, path))
        else:
            try:
                document = text_document(path, raw.decode("utf-8-sig"))
            except UnicodeDecodeError as error:
                line = raw.count(b"\n", 0, error.start) + 1
                message = f"this is not UTF-8: line {line} has a byte that is no text"
                loaded.problems.append(Problem("SCH001", message, hint="save the file as UTF-8", path=path))
                loaded.documents[path] = text_document(path, "")
                return None
        loaded.documents[path] = document
        return document

    def _cases_file(self, loaded: Loaded) -> tuple[Case, ...]:
        document = self._companion(loaded, "cases.yml")
        if document is None or document.data is None:
            return ()
        problems = validate(document, "cases")
        loaded.problems.extend(_elsewhere(problems, document.path))
        if not _is_good(document, "cases", problems):
            return ()
        return build_cases(document.data["cases"], document.path, ("cases",))

    def _dataset_cases(self, loaded: Loaded, prompt: Prompt) -> Iterator[Case]:
        from promptstead.source.dataset import read_dataset

        folder = self.companion_path(loaded.path, "")
        for dataset in prompt.datasets:
            span = loaded.document.span((*dataset.at, "path"))
            path = below(folder, dataset.path)
            if path is None:
                message = f"dataset `{dataset.path}` does not lie in the prompt's folder"
                loaded.problems.append(
                    Problem("SCH001", message, span, f"put it below `{folder}` and name it relative to that")
                )
                continue
            raw, cut = self._beginning(loaded, path, span)
            if raw is None:
                if not any(problem.span == span for problem in loaded.problems):
                    loaded.problems.append(
                        Problem("SCH001", f"there is no dataset `{path}`", span, "correct the path, or add the file")
                    )
                continue
            try:
                known = dataset._replace(schema=row_schema(self.tree, folder, dataset.schema))
                cases, document = read_dataset(raw, known, path, prompt.inputs, cut)
            except UnavailableError:
                raise
            except PromptsteadError as error:
                at = loaded.document.span((*dataset.at, "schema"))
                loaded.problems.append(Problem("SCH001", f"the dataset's schema: {error.message}", at, error.hint))
                continue
            if cut:
                loaded.partial[path] = len(cases)
                message = f"only the first {len(cases):,} rows of `{path}` are checked here; it is too large to be held"
                loaded.problems.append(
                    Problem("SCH001", message, span, "`promptstead eval` streams all of it", level="warning")
                )
            loaded.documents[path] = document
            loaded.problems.extend(_elsewhere(document.problems, path))
            yield from cases

    def _beginning(self, loaded: Loaded, path: str, span: Span) -> tuple[bytes | None, bool]:
        """Return a dataset, or of one that is too large to be held its beginning, and whether there is more."""
        from promptstead.source.dataset import YAML_SUFFIXES, beginning

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
            loaded.problems.append(Problem("SCH001", f"`{path}`: {error.message}", span, error.hint))
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
                loaded.problems.append(
                    Problem("SCH001", f"`{name}` leaves the prompt root", span, f"name a file below `{root}`")
                )
                continue
            try:
                entry = self._evaluators_file(path)
            except UnavailableError:
                raise
            except PromptsteadError as error:
                loaded.problems.append(Problem("SCH001", f"`{path}`: {error.message}", span, error.hint))
                continue
            if entry is None:
                loaded.problems.append(
                    Problem("SCH001", f"there is no file `{path}`", span, "correct the path, or add the file")
                )
                continue
            document, specs = entry
            loaded.documents[path] = document
            loaded.problems.extend(_elsewhere(document.problems, path))
            yield from specs

    def _evaluators_file(self, path: str) -> tuple[Document, tuple[EvaluatorSpec, ...]] | None:
        if path not in self._evaluators:
            raw = self.tree.read(path)
            self._evaluators[path] = None if raw is None else self._read_evaluators(raw, path)
        return self._evaluators[path]

    def _read_evaluators(self, raw: bytes, path: str) -> tuple[Document, tuple[EvaluatorSpec, ...]]:
        document = read(raw, path)
        problems = list(document.problems)
        specs: tuple[EvaluatorSpec, ...] = ()
        if document.data is not None:
            found = validate(document, "evaluators")
            problems.extend(found)
            if _is_good(document, "evaluators", found):
                specs = build_evaluators(document.data["evaluators"], path, ("evaluators",))
        return document.with_problems(problems), specs

    def _parse_templates(self, loaded: Loaded, prompt: Prompt) -> dict[str, str]:
        """Parse every part's template into ``loaded.templates``; return the partials that they reach."""
        root = self.root_of(loaded.path).path
        partials: dict[str, str] = {}

        def loader(name: str) -> str | None:
            path = below(root, name)
            document = None if path is None else self._partial(path)
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

    def _partial(self, path: str) -> Document | None:
        """Return the partial *path*, or None where there is none.

        :raises PromptsteadError: it cannot be read, or is no text.
        """
        if path not in self._texts:
            raw = self.tree.read(path)
            self._texts[path] = None if raw is None else text_document(path, _partial_text(raw))
        return self._texts[path]

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
            loaded.problems.append(Problem("SCH001", f"`{path}`: {error.message}", span, error.hint))
            return None

    def _name_problems(self, prompt_id: str, path: str) -> Iterator[Problem]:
        if path.endswith(SUFFIXES) and self._roots_around(path) and not _ID.fullmatch(prompt_id):
            yield Problem(
                "SCH004",
                f"`{prompt_id}` is no id",
                hint="rename it: each part starts with a letter or digit, and holds only these, `.`, `_` and `-`",
            )
        for twin in self._twins(prompt_id, path):
            if self._exists(twin):
                yield Problem("SCH004", f"`{twin}` gives the same id `{prompt_id}`", hint="keep one of the two files")

    def _twins(self, prompt_id: str, path: str) -> Iterator[str]:
        """Yield the paths of other files that would give the same id: another suffix, another root."""
        if not path.endswith(SUFFIXES):
            return
        roots = self.roots() if self._roots_around(path) else (Root(""),)
        for root in dict.fromkeys(roots):
            space = f"{root.namespace}/" if root.namespace else ""
            if prompt_id.startswith(space):
                stem = f"{root.path}/{prompt_id[len(space) :]}".lstrip("/")
                for twin in (stem + suffix for suffix in SUFFIXES):
                    if twin != path and self.id_of(twin) == prompt_id and not self.excluded(twin):
                        yield twin

    def _exists(self, path: str) -> bool:
        try:
            return self.tree.read(path) is not None
        except PromptsteadError:
            return True


def companion_path(path: str, name: str) -> str:
    """Return where the file *name* of the prompt file *path* lies: in the folder of the same name beside it."""
    stem = next((path[: -len(suffix)] for suffix in (*SUFFIXES, ".yml", ".yaml") if path.endswith(suffix)), path)
    return f"{stem}/{name}"


def below(folder: str, name: str) -> str | None:
    """Return *name* below *folder*, or None where it would leave it."""
    if not name or name.startswith("/") or "\\" in name or "\0" in name or ".." in name.split("/"):
        return None
    folder = folder.rstrip("/")
    return f"{folder}/{name}" if folder else name


def row_schema(tree: Tree, folder: str, schema: Mapping[str, Json] | str | None) -> Mapping[str, Json] | None:
    """Return the schema of a dataset's rows, read from its file where it is the path of one.

    :raises PromptsteadError: there is no such file below *folder*, or it holds no schema.
    """
    if not isinstance(schema, str):
        return schema
    path = below(folder, schema)
    raw = None if path is None else tree.read(path)
    if path is None or raw is None:
        hint = f"put it below `{folder}` and name it relative to that"
        raise PromptsteadError(f"there is no file `{schema}` in the prompt's folder", hint=hint)
    document = read(raw, path)
    if not isinstance(document.data, dict):
        why = document.problems[0].message if document.problems else "it is no object"
        raise PromptsteadError(f"`{path}`: {why}", hint="write a JSON Schema, in JSON or YAML")
    return document.data


def _is_good(document: Document, kind: Kind, problems: list[Problem]) -> bool:
    """Tell whether a prompt can be built in spite of *problems*: unknown keys only, none a needed one misspelt."""
    return not problems or (all(problem.code == "SCH002" for problem in problems) and is_usable(document, kind))


_DIRECTED = frozenset(("better", "min", "max"))
"""Options of which each says when a length or a count is good."""


def _gate_problems(prompt: Prompt, document: Document) -> Iterator[Problem]:
    """Yield the names in the gate that no evaluator has, and a score there of which nobody knows what is better.

    A check that is misspelt there would hold nothing.
    """
    gate = prompt.data.get("gate", {})
    named: list[tuple[KeyPath, str]] = [
        (("gate", "hard", index), name) for index, name in enumerate(gate.get("hard", ()))
    ]
    if "primary" in gate:
        named.append((("gate", "primary"), gate["primary"]))
    known = {spec.name for spec in prompt.evaluators} | {spec.name for case in prompt.cases for spec in case.evaluators}
    for at, name in named:
        if name not in known:
            from difflib import get_close_matches

            near = get_close_matches(name, sorted(known), 1)
            hint = f"did you mean `{near[0]}`?" if near else "declare it under `evaluators`"
            yield Problem("SCH001", f"the gate names `{name}`, and there is no such evaluator", document.span(at), hint)
    primary = next((spec for spec in prompt.evaluators if spec.name == prompt.gate.primary), None)
    if primary is not None and primary.type in ("length", "count") and not _DIRECTED & primary.options.keys():
        message = f"the gate compares the score `{primary.name}`, and nothing says whether more or less of it is better"
        hint = "give the evaluator `better: lower` or `better: higher`, or bounds (`min`, `max`)"
        yield Problem("SCH001", message, document.span(("gate", "primary")), hint, level="warning")


def _combination_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield what is wrong with checks that combine others; what knows them is read where there is one."""
    prompt = loaded.prompt
    if prompt is not None and any("of" in spec.options or "formula" in spec.options for spec in _all_checks(prompt)):
        from promptstead.source.combined import problems

        yield from problems(prompt, loaded.documents)


def _all_checks(prompt: Prompt) -> Iterator[EvaluatorSpec]:
    yield from prompt.evaluators
    for case in prompt.cases:
        yield from case.evaluators


def _elsewhere(problems: tuple[Problem, ...] | list[Problem], path: str) -> Iterator[Problem]:
    for problem in problems:
        yield Problem(problem.code, problem.message, problem.span, problem.hint, problem.fix, problem.path or path)


def _partial_text(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise PromptsteadError(f"line {line} is not UTF-8", hint="save it as UTF-8") from error
    if "\0" in text:
        raise PromptsteadError("it holds a NUL character", hint="a partial is text")
    return text
