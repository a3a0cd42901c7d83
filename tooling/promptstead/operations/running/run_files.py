"""Run files on disk: opened with suspicion, written whole, described as what is evaluated now."""

import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import IO

from promptstead import __version__
from promptstead.digests import governance_digest, prompt_digests, tests_digest
from promptstead.errors import PromptsteadError
from promptstead.evaluators.examine import effective, in_force
from promptstead.evaluators.shared.helpers import Helpers
from promptstead.evaluators.shared.judge_requests import Judges
from promptstead.format_version import refuse_too_new
from promptstead.git.repository import checked_out
from promptstead.model import NOTHING, Json, Tree
from promptstead.operations.workspace.workspace import Workspace
from promptstead.prompts.library import Library
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests
from promptstead.runs.reader import MAX_LINE, RunReader
from promptstead.runs.writer import FORMATS, Run, RunPrompt
from promptstead.storage.replacement import STREAMS

FOLDER = ".promptstead/runs"
"""Where run files go that nobody named; Git ignores it."""
_START = b'{"format":"promptstead/run/'
"""What every run file starts with."""


@contextmanager
def opened_run(path: str) -> Iterator[RunReader]:
    """Open the run file *path*.

    :raises PromptsteadError: it is no regular file, cannot be read, or is no run file.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise PromptsteadError("this is not a regular file", location=path)
        with open(path, "rb") as file:
            yield RunReader(_lines(file, path), path)
    except OSError as error:
        raise PromptsteadError(f"cannot read the run: {error.strerror}", location=path) from error


def _lines(file: IO[bytes], path: str) -> Iterator[str]:
    number = 0
    while line := file.readline(MAX_LINE):
        number += 1
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError:
            if line.endswith(b"\n"):
                raise PromptsteadError("this line is not UTF-8", location=f"{path}:{number}") from None
            return  # it breaks off in the middle of a character


def default_place(workspace: Workspace, name: str) -> str:
    """Return where the run file *name* goes when nobody says, and see that Git ignores that folder.

    :raises PromptsteadError: it cannot be written there.
    """
    ignore = f"{FOLDER}/.gitignore"
    if workspace.tree.read(ignore) is None:
        workspace.tree.write(ignore, "*\n")
    return os.path.relpath(workspace.tree.place(f"{FOLDER}/{name}.run.jsonl"))


def refuse_foreign(place: str) -> None:
    """Refuse to write a run file over anything else than a run file that can be read, or under the name of a page.

    :raises PromptsteadError: it would be.
    """
    if place.endswith((".html", ".xml", ".csv", ".md", ".txt")):
        hint = f"write the report with promptstead eval --format … --output {place}"
        raise PromptsteadError("--run-file names the run file (*.run.jsonl), not a report", hint=hint, location=place)
    try:
        if not stat.S_ISREG(os.stat(place).st_mode):
            return
        with open(place, "rb") as file:
            first = file.readline(MAX_LINE)
    except OSError:
        return  # whoever writes says why it cannot
    if first and not first.startswith(_START):
        raise PromptsteadError("this file exists and is not a run file", hint="name another file", location=place)
    with suppress(ValueError, RecursionError):
        refuse_too_new(json.loads(first), FORMATS, place)


def refuse_existing(place: str, *, live: bool = True) -> None:
    """Refuse to write a run where something is: it may have cost money. An empty file is what a killed run may leave.

    :param live: it would be a run of `eval --live`, which can be gone on with.
    :raises PromptsteadError: there is a file, or a live run would go to stdout.
    """
    if live and place in STREAMS:
        raise PromptsteadError(
            "a live run needs a file, so that it can be resumed", hint="name a file with --run-file", location=place
        )
    if os.path.lexists(place) and not (os.path.isfile(place) and os.path.getsize(place) == 0):
        resume = f"promptstead eval --live --resume {place}"
        hint = f"name another file, or resume it: {resume}" if live else "name another file, or remove this one"
        raise PromptsteadError("this file exists, and a run never overwrites a file", hint=hint, location=place)


def describe(
    workspace: Workspace,
    loaded: Iterable[Loaded],
    mode: str,
    *,
    selection: Mapping[str, Json] = NOTHING,
    shard: tuple[int, int] = (1, 1),
    samples: int = 1,
    library: Library | None = None,
) -> Run:
    """Return the first line of a run over these prompts as they are now.

    :param library: where the prompts are from, by default the working tree.

    :raises PromptsteadError: a prompt is not valid.
    """
    commit, dirty = checked_out(workspace.tree.root)
    started = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    prompts = tuple(_described(library or workspace.library, each) for each in loaded)
    return Run(__version__, commit, dirty, started, mode, prompts, selection, shard, samples)


def _described(library: Library, loaded: Loaded) -> RunPrompt:
    prompt = Requests(loaded).prompt
    governance = prompt.data.get("governance")
    risk = governance.get("risk", "") if isinstance(governance, dict) else ""
    folder = library.companion_path(loaded.path, "")
    inside = [dataset.path for dataset in prompt.datasets if ".." not in dataset.path.split("/")]
    datasets = _digests(library.tree, [folder + path for path in inside])
    judged_by = Helpers(Judges(loaded.find), plugins=loaded.plugins)  # a run says which judges and packages judged
    evaluators = tuple(effective(spec, prompt, in_force(prompt), judged_by) for spec in prompt.evaluators)
    digests = _prompt_digests(loaded)
    return RunPrompt(prompt.id, prompt.path, digests, datasets, prompt.gate, risk, evaluators, prompt.contract)


def _prompt_digests(loaded: Loaded) -> dict[str, str]:
    """Return the three digests; without ``behaviour`` where an example cannot be rendered, which lint says."""
    from promptstead.prompts.compile import compile_prompt

    prompt = Requests(loaded).prompt
    try:
        return prompt_digests(prompt, compile_prompt(loaded))
    except PromptsteadError:
        return {"tests": tests_digest(prompt), "governance": governance_digest(prompt)}


def _digests(tree: Tree, paths: Iterable[str]) -> dict[str, str]:
    import hashlib

    found = {}
    for path in paths:
        file = tree.open(path)
        if file is not None:
            hashed = hashlib.sha256()
            with file:
                while block := file.read(1024 * 1024):
                    hashed.update(block)
            found[path] = "sha256:" + hashed.hexdigest()
    return found
