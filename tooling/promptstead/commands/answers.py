"""What several commands want to know about recorded answers and those that wait."""

import os
from collections.abc import Collection, Iterable
from difflib import get_close_matches

from promptstead.commands.common import Workspace
from promptstead.errors import PromptsteadError
from promptstead.model import RecordedOutput
from promptstead.outputs.merge import recorded_in
from promptstead.outputs.pending import FILE, Attempt, parse_attempts, waiting
from promptstead.outputs.requests import Requests
from promptstead.source.load import Loaded


def load_valid(workspace: Workspace, path: str) -> Loaded:
    """Return the prompt file *path*, loaded.

    :raises PromptsteadError: it is not valid.
    """
    loaded = workspace.library.load(path)
    if loaded.prompt is None:
        raise PromptsteadError("this prompt is not valid", hint="run promptstead lint", location=path)
    return loaded


def valid_outputs(loaded: Loaded) -> list[RecordedOutput]:
    """Return what is recorded for a prompt.

    :raises PromptsteadError: its file is not valid.
    """
    return [] if loaded.outputs is None else recorded_in(loaded.outputs)


def pending_attempts(workspace: Workspace, loaded: Loaded) -> list[Attempt]:
    """Return what lies beside a prompt, without holding it.

    :raises PromptsteadError: a line is no pending answer.
    """
    path = workspace.library.companion_path(loaded.path, FILE)
    return parse_attempts(workspace.tree.read(path) or b"", path)


def count_waiting(workspace: Workspace, loaded: Loaded, case_ids: Collection[str] = ()) -> int:
    """Return how many answers to the prompt as it is now wait, of these cases or of all.

    :raises PromptsteadError: see :func:`pending_attempts`.
    """
    outputs = waiting(pending_attempts(workspace, loaded))
    requests = Requests(loaded)
    return sum((not case_ids or output.case in case_ids) and requests.is_current(output) for output in outputs)


def refuse_unknown(case_ids: Iterable[str], known: Collection[str]) -> None:
    """Refuse an id that no case has.

    :raises PromptsteadError: there is one.
    """
    for case_id in case_ids:
        if case_id not in known:
            near = get_close_matches(case_id, sorted(known), 1)
            hint = f"did you mean `{near[0]}`?" if near else "promptstead render PROMPT --case all lists them"
            raise PromptsteadError(f"there is no case `{case_id}`", hint=hint)


def in_ci() -> bool:
    """Tell whether this is a CI job, as the variable ``CI`` says."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")
