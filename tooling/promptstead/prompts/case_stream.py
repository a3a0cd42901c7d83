"""All cases of a prompt, one after another: datasets of millions of rows pass through and are not kept."""

from collections.abc import Iterable, Iterator

from promptstead.documents.lines import bounded_lines
from promptstead.documents.yaml_reader import read
from promptstead.errors import PromptsteadError
from promptstead.model import Case, Dataset, Tree
from promptstead.prompts.csv_and_jsonl_rows import MAX_LINE_BYTES, RowProblem
from promptstead.prompts.dataset import YAML_SUFFIXES, iter_cases, iter_yaml_cases, row_schema
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.names import below, companion_path
from promptstead.prompts.seen_ids import SeenIds
from promptstead.words.sentence import say


def stream_cases(tree: Tree, loaded: Loaded) -> Iterator[Case | RowProblem]:
    """Yield the cases of a prompt and the rows that are none: its own cases, then each dataset from its file.

    :param loaded: read by ``Library.load(path, rows=False)``.
    :raises PromptsteadError: the prompt is not valid, or a dataset is not there or cannot be read.
    """
    prompt = loaded.prompt
    if prompt is None:
        raise loaded.not_valid()
    seen = SeenIds()
    file = ""
    for case in prompt.cases:
        if case.file != file:
            file = case.file
            seen.enter(file)
        document = loaded.documents[file]
        seen.first(case.id, document.position(document.span((*case.at, "id")).start)[0])
        yield case
    for dataset in prompt.datasets:
        yield from _dataset(tree, loaded, dataset, seen)


def _dataset(tree: Tree, loaded: Loaded, dataset: Dataset, seen: SeenIds) -> Iterator[Case | RowProblem]:
    assert loaded.prompt is not None
    inputs = loaded.prompt.inputs
    folder = companion_path(loaded.path, "")
    path = below(folder, dataset.path)
    if path is None:
        message, hint = say("files.dataset-outside", dataset=dataset.path), say("files.put-below", folder=folder)
        raise PromptsteadError(message, hint=hint, location=loaded.path)
    dataset = dataset._replace(schema=row_schema(tree, folder, dataset.schema))
    if path.endswith(YAML_SUFFIXES):
        raw = tree.read(path)
        if raw is not None:
            document = read(raw, path)
            for problem in document.problems:
                line = document.position(problem.span.start)[0]
                yield RowProblem(path, line, problem.message, problem.hint)
            yield from _attached(iter_yaml_cases(document, dataset, path, inputs, seen), loaded)
            return
    file = tree.open(path)
    if file is None:
        message, hint = say("files.no-dataset", file=path), say("files.correct-path-or-add")
        raise PromptsteadError(message, hint=hint, location=loaded.path)
    with file:
        yield from _attached(iter_cases(bounded_lines(file, MAX_LINE_BYTES), dataset, path, inputs, seen), loaded)


def _attached(rows: Iterable[Case | RowProblem], loaded: Loaded) -> Iterator[Case | RowProblem]:
    """Yield *rows* with what the files are that cases attach; a case whose file cannot be attached is none."""
    assert loaded.prompt is not None
    inputs = loaded.prompt.inputs
    if loaded.attachments is None or not any(spec.attachment for spec in inputs.values()):
        yield from rows
        return
    for row in rows:
        if isinstance(row, RowProblem):
            yield row
            continue
        case, wrong = loaded.attachments.case(row, inputs)
        if wrong:
            yield RowProblem(row.file, row.line, wrong[0].message, wrong[0].hint)
        else:
            yield case
