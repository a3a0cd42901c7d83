"""Files of the repository that an earlier version wrote in another form, and how they look in today's.

Every form is read for ever; today's says more. What has moved so far: a baseline of format 1 knew findings by the text
of messages, and files of lines did not say their version.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from io import TextIOWrapper
from typing import NamedTuple

from promptstead.documents.version_line import said_version, version_line, wrong_version
from promptstead.errors import PromptsteadError
from promptstead.evaluators import judgement_file as judgements
from promptstead.lint.baseline import FORMAT, FORMER_FORMAT, divided, dump_baseline
from promptstead.operations.reviewing.lint_run import baseline_path, lint_prompts, read_baseline
from promptstead.operations.workspace.workspace import Workspace
from promptstead.outputs import entry_format as outputs
from promptstead.runs import calibration as labels

OF_LINES = {
    "outputs.jsonl": outputs.VERSION,
    judgements.FILE: judgements.VERSION,
    labels.FILE: labels.VERSION,
}
"""Files beside a prompt that are made of lines, and the version that the first of these says."""


class Migration(NamedTuple):
    """A file that is in an earlier form, what is done to it in a few words, and what writes its text in today's."""

    path: str
    what: str
    parts: Callable[[], Iterable[str]]


def migrations(workspace: Workspace) -> Iterator[Migration]:
    """Yield what there is to do, file by file; nothing is written.

    :raises PromptsteadError: a file cannot be read, or needs a newer promptstead.
    """
    paths = workspace.library.paths()
    yield from _baseline(workspace, paths)
    for prompt in paths:
        for name, version in OF_LINES.items():
            yield from _unversioned(workspace, workspace.library.companion_path(prompt, name), version)


def _baseline(workspace: Workspace, paths: list[str]) -> Iterator[Migration]:
    found = read_baseline(workspace)
    if found is None or not found.is_former:
        return
    before = found.allowed.total()
    findings = lint_prompts(workspace, paths, use_baseline=False).findings
    allowed, _ = divided(findings, found)
    what = f"{FORMER_FORMAT} becomes {FORMAT}"
    if gone := before - len(allowed):
        what += f"; of {before} findings that it allowed, {gone} no longer exist"
    yield Migration(baseline_path(workspace.config), what, lambda: (dump_baseline(allowed),))


def _unversioned(workspace: Workspace, path: str, version: str) -> Iterator[Migration]:
    first = next(_lines(workspace, path, version), None)
    if first is not None and said_version(first) is None:
        yield Migration(path, f"says that it is {version}", partial(_versioned, workspace, path, version))


def _versioned(workspace: Workspace, path: str, version: str) -> Iterator[str]:
    yield version_line(version)
    yield from _lines(workspace, path, version)


def _lines(workspace: Workspace, path: str, version: str) -> Iterator[str]:
    """Yield the lines of a file with their ends; none where it is not there.

    :raises PromptsteadError: it is not UTF-8, or a line says that it is of another version.
    """
    file = workspace.tree.open(path)
    if file is None:
        return
    with TextIOWrapper(file, "utf-8-sig", newline="\n") as lines:
        try:
            for number, line in enumerate(lines, 1):
                said = said_version(line)
                if said is not None and (wrong := wrong_version(said, version)):
                    raise PromptsteadError(wrong[0], hint=wrong[1], location=f"{path}:{number}")
                yield line
        except UnicodeDecodeError as error:
            raise PromptsteadError("this is not UTF-8", hint="save the file as UTF-8", location=path) from error
