"""One prompt put together from its file and from what belongs to it: cases, datasets, partials, evaluators, answers."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, TypeVar

from promptstead.documents.document import Document
from promptstead.documents.yaml_reader import misread, read
from promptstead.errors import PromptsteadError, UnavailableError
from promptstead.model import Case, Counterexample, EvaluatorSpec, KeyPath, Part, Problem, Prompt, Span
from promptstead.prompts.attached_files import AttachedFiles, Attachments
from promptstead.prompts.declared import gate as gated
from promptstead.prompts.github_models import build_github_models, is_github_models
from promptstead.prompts.loaded import case_span
from promptstead.prompts.names import Names, below
from promptstead.prompts.prompt import Companions, build_cases, build_counterexamples, build_notes, build_prompt
from promptstead.prompts.schema_check import Kind, can_build, is_usable, validate
from promptstead.prompts.shared import SharedFiles
from promptstead.template.errors import TemplateError
from promptstead.template.includes import resolve
from promptstead.template.nodes import Template
from promptstead.template.parser import parse
from promptstead.words.sentence import Sentence, own_words, say

Given = TypeVar("Given")
_TOP = Span(0, 0)


class Assembly:
    """The files of one prompt as they are read, and what they come to; the attributes are those of ``Loaded``.

    :param shared: the partials and evaluators of the tree.
    :param files: the files of the tree that prompts attach.
    :param rows: False leaves out the rows of datasets and ``outputs.jsonl``.
    """

    def __init__(
        self,
        names: Names,
        shared: SharedFiles,
        files: AttachedFiles,
        prompt_id: str,
        document: Document,
        rows: bool,
    ) -> None:
        self._names = names
        self._tree = names.tree
        self._shared = shared
        self._rows = rows
        self._root = names.root_of(document.path).path
        self.id = prompt_id
        self.path = document.path
        self.document = document
        self.problems = [*document.problems, *names.name_problems(prompt_id, document.path)]
        self.documents = {document.path: document}
        self.templates: dict[KeyPath, Template] = {}
        self.partial_paths: dict[str, str] = {}
        self.partial: dict[str, int] = {}
        self.attachments = Attachments(files, self._root, names.companion_path(document.path, "").rstrip("/"))
        self.unread: dict[str, Problem] = {}
        self.outputs: Document | None = None
        self.judgements: Document | None = None
        self._take_note(document.path, misread(document))
        self.prompt = None if document.data is None else self._prompt(document.data)

    def _prompt(self, data: Any) -> Prompt | None:
        github_models = is_github_models(data)
        kind: Kind = "github-models" if github_models else "prompt"
        problems = validate(self.document, kind)
        self.problems.extend(problems)
        if not can_build(self.document, kind, problems):
            return None
        if github_models:
            prompt = build_github_models(data, self.id, self.path, self._names.config)
        else:
            prompt = self._of_our_format(data)
        others = build_counterexamples(*self._listed("counterexamples.yml", "counterexamples"))
        if prompt.counterexamples or others:
            prompt = prompt._replace(counterexamples=self._unlike((*prompt.counterexamples, *others)))
        if notes := build_notes(*self._listed("notes.yml", "notes")):
            prompt = prompt._replace(notes=notes)
        self.outputs = self._companion("outputs.yml")
        if self.outputs is None and self._rows:
            self.outputs = self._companion("outputs.jsonl")
        return prompt

    def _of_our_format(self, data: Any) -> Prompt:
        bare = build_prompt(data, self.id, self.path, self._names.config, Companions())
        cases = list(build_cases(*self._listed("cases.yml", "cases")))
        if self._rows:
            cases.extend(self._dataset_cases(bare))
        partials = self._parse_templates(bare)
        shared = tuple(self._shared_evaluators(data.get("evaluators", {}).get("use", [])))
        companions = Companions(shared, self._unique(bare.cases, cases), partials)
        prompt = self._attached(build_prompt(data, self.id, self.path, self._names.config, companions))
        self.problems.extend(gated.problems(prompt, self.document))
        evaluators = list(prompt.every_evaluator())
        if any("of" in spec.options or "formula" in spec.options for spec in evaluators):
            from promptstead.prompts.declared import combinations  # few prompts combine checks

            self.problems.extend(combinations.problems(prompt, self.documents))
        if any(case.is_conversation for case in prompt.cases):
            from promptstead.prompts.declared import scripts

            self.problems.extend(scripts.problems(prompt, self.documents))
        if any(spec.type == "grounded" for spec in evaluators):
            from promptstead.prompts.declared import grounds

            self.problems.extend(grounds.problems(prompt, self.documents))
        if any(spec.type == "judge" for spec in evaluators):
            from promptstead.prompts.declared import judges

            self.problems.extend(judges.problems(prompt, dict(self.documents), self._judge))
            self.judgements = self._companion("judgements.jsonl")
        return prompt

    def _attached(self, prompt: Prompt) -> Prompt:
        """Return *prompt* with what the files are that it and its cases attach."""
        if not any(part.path for message in prompt.messages for part in message.parts) and not any(
            spec.attachment for spec in prompt.inputs.values()
        ):
            return prompt
        from promptstead.prompts.declared.attachments import attached, misplaced  # few prompts have any

        prompt, wrong = attached(prompt, self.documents, self.attachments)
        for path, problem in wrong:
            self.problems.append(problem)
            self.unread.setdefault(path, problem)
        self.problems.extend(misplaced(prompt, self.templates, self.document))
        return prompt

    def _judge(self, name: str) -> Prompt | None:
        """Return another prompt as far as its own file says."""
        path = self._names.find(name)
        raw = None if path is None else self._ask(self._tree.read, path)
        if path is None or raw is None:
            return None
        document = self.documents.setdefault(path, read(raw, path))
        usable = document.data is not None and is_usable(document, "prompt")
        return build_prompt(document.data, name, path, self._names.config, Companions()) if usable else None

    def _companion(self, name: str) -> Document | None:
        path = self._names.companion_path(self.path, name)
        document = self._ask(self._lines if name.endswith(".jsonl") else self._yaml, path)
        if document is not None:
            self._add(document)
        return document

    def _yaml(self, path: str) -> Document | None:
        raw = self._tree.read(path)
        return None if raw is None else read(raw, path)

    def _lines(self, path: str) -> Document | None:
        file = self._tree.open(path)
        if file is None:
            return None
        from promptstead.documents.lines_document import LinesDocument  # few prompts have such a file

        return LinesDocument(path, file, partial(self._tree.open, path))

    def _listed(self, name: str, kind: Kind) -> tuple[list[Any], str, KeyPath]:
        """Return the list that a companion of that kind holds, its path, and where in it the list stands."""
        document = self._companion(name)
        if document is None or document.data is None:
            return [], "", ()
        problems = validate(document, kind)
        self.problems.extend(_elsewhere(problems, document.path))
        if not can_build(document, kind, problems):
            self._take_note(document.path, next((each for each in problems if each.code != "SCH002"), problems[0]))
            return [], document.path, ()
        return document.data[kind], document.path, (kind,)

    def _unlike(self, found: tuple[Counterexample, ...]) -> tuple[Counterexample, ...]:
        """Return *found* without those whose id an earlier one has; each repeated id is a problem."""
        first: dict[str, Counterexample] = {}
        for each in found:
            former = first.setdefault(each.id, each)
            if former is not each:
                line, _ = self.documents[former.file].position(self.documents[former.file].span(former.at).start)
                message = say("files.counterexample-twice", counterexample=each.id, file=former.file, line=line)
                span = self.documents[each.file].span((*each.at, "id"))
                hint = say("files.give-counterexample-id")
                self.problems.append(Problem("SCH001", message, span, hint, path=each.file))
        return tuple(first.values())

    def _dataset_cases(self, prompt: Prompt) -> Iterator[Case]:
        from promptstead.prompts.dataset import read_dataset, row_schema

        folder = self._names.companion_path(self.path, "")
        for dataset in prompt.datasets:
            span = self.document.span((*dataset.at, "path"))
            path = below(folder, dataset.path)
            if path is None:
                message = say("files.dataset-outside", dataset=dataset.path)
                self._miss(dataset.path, message, span, say("files.put-below", folder=folder))
                continue
            found = self._ask(self._beginning, path, span, lambda file: say("files.no-dataset", file=file))
            if found is None:
                continue
            raw, cut = found
            try:
                known = dataset._replace(schema=row_schema(self._tree, folder, dataset.schema))
                cases, document = read_dataset(raw, known, path, prompt.inputs, cut)
            except UnavailableError:
                raise
            except PromptsteadError as error:
                at = self.document.span((*dataset.at, "schema"))
                message = say("files.in-dataset-schema", why=own_words(error.message))
                self._miss(path, message, at, own_words(error.hint))
                continue
            if cut:
                self.partial[path] = len(cases)
                message = say("files.first-rows-only", rows=len(cases), file=path)
                hint = say("files.eval-streams")
                self.problems.append(Problem("SCH001", message, span, hint, level="warning"))
            self._add(document)
            yield from cases

    def _beginning(self, path: str) -> tuple[bytes, bool] | None:
        """Return a dataset, or of one that is too large to be held its beginning, and whether there is more."""
        from promptstead.prompts.dataset import YAML_SUFFIXES, beginning

        if path.endswith(YAML_SUFFIXES):
            raw = self._tree.read(path)
            return None if raw is None else (raw, False)
        file = self._tree.open(path)
        if file is None:
            return None
        with file:
            return beginning(file)

    def _unique(self, inline: tuple[Case, ...], others: list[Case]) -> tuple[Case, ...]:
        """Return *others* without those whose id an earlier case has; each repeated id is a problem."""
        seen: dict[str, Case] = {}
        kept = []
        for index, case in enumerate((*inline, *others)):
            first = seen.setdefault(case.id, case)
            if first is not case:
                span = case_span(self.documents, case, "id")
                line = self.documents[first.file].position(case_span(self.documents, first, "id").start)[0]
                message = say("files.case-twice", case=case.id, file=first.file, line=line)
                hint = say("files.give-case-id")
                self.problems.append(Problem("SCH001", message, span, hint, path=case.file))
            elif index >= len(inline):
                kept.append(case)
        return tuple(kept)

    def _shared_evaluators(self, names: list[str]) -> Iterator[EvaluatorSpec]:
        for index, name in enumerate(names):
            span = self.document.span(("evaluators", "use", index))
            path = below(self._root, name)
            if path is None:
                message, hint = say("files.leaves-root", file=name), say("files.name-below", folder=self._root)
                self._miss(name, message, span, hint)
                continue
            entry = self._ask(self._shared.evaluators, path, span, lambda file: say("files.no-file", file=file))
            if entry is not None:
                document, specs = entry
                self._add(document)
                self._take_note(path, document.problems[0] if document.problems and not specs else None)
                yield from specs

    def _parse_templates(self, prompt: Prompt) -> dict[str, str]:
        """Parse every part's template; return the partials that they reach."""
        partials: dict[str, str] = {}

        def loader(name: str) -> str | None:
            path = below(self._root, name)
            document = None if path is None else self._shared.partial(path)
            if document is None:
                return None
            if document.problems and document.path not in self.documents:
                self._add(document)
            self.documents[document.path] = document
            partials[name] = document.text
            self.partial_paths[name] = document.path
            return document.text

        for part in (part for message in prompt.messages for part in message.parts):
            try:
                self.templates[part.at] = resolve(parse(part.template), loader)
            except TemplateError as error:
                self.problems.append(self._template_problem(part, error))
        return partials

    def _template_problem(self, part: Part, error: TemplateError) -> Problem:
        if error.source is not None:
            path = below(self._root, error.source) or error.source
            span = Span(error.start, error.end)
            return Problem("TPL106", own_words(error.message), span, own_words(error.hint), path=path)
        span = self.document.locate(part.at, error.start, error.end)
        return Problem("TPL106", own_words(error.message), span, own_words(error.hint))

    def _ask(
        self,
        ask: Callable[[str], Given | None],
        path: str,
        span: Span = _TOP,
        missing: Callable[[str], Sentence] | None = None,
    ) -> Given | None:
        """Return what *ask* gives of a file; one that cannot be read, or is needed and missing, is a problem.

        :param missing: says of the path of a file that is needed that it is not there.
        """
        try:
            found = ask(path)
        except UnavailableError:
            raise
        except PromptsteadError as error:
            message = say("files.in-file", file=path, why=own_words(error.message))
            self._miss(path, message, span, own_words(error.hint))
            return None
        if found is None and missing is not None:
            self._miss(path, missing(path), span, say("files.correct-path-or-add"))
        return found

    def _add(self, document: Document) -> None:
        """Take a file that belongs to the prompt, and what is wrong with it."""
        self.documents[document.path] = document
        self.problems.extend(_elsewhere(document.problems, document.path))
        self._take_note(document.path, misread(document))

    def _miss(self, path: str, message: Sentence, span: Span, hint: Sentence) -> None:
        """Report a file that cannot be read, and take note that what it holds is not known."""
        problem = Problem("SCH001", message, span, hint)
        self.problems.append(problem)
        self.unread.setdefault(path, problem)

    def _take_note(self, path: str, problem: Problem | None) -> None:
        """Take note of what keeps a part of the file *path* from being known, if anything does."""
        if problem is not None:
            self.unread.setdefault(path, problem._replace(path=path))


def _elsewhere(problems: Iterable[Problem], path: str) -> Iterator[Problem]:
    for problem in problems:
        yield problem if problem.path else problem._replace(path=path)
