"""What several commands want to know about recorded answers and pending ones."""

import os
import secrets
from collections.abc import Collection, Iterable, Iterator

from promptstead.did_you_mean import did_you_mean
from promptstead.errors import PromptsteadError
from promptstead.evaluators.judgement_file import Judgement, judgements_of
from promptstead.evaluators.sealed_samples import stored_text
from promptstead.model import RecordedOutput, Sample, Stored
from promptstead.operations.recording.pending_file import ANSWERS, PendingFile, is_pending_at_hand
from promptstead.operations.workspace.workspace import Workspace
from promptstead.outputs.entry_format import received_digest
from promptstead.outputs.pending import Attempt, pending_outputs
from promptstead.outputs.reader import recorded_in
from promptstead.outputs.sealed import opened
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests
from promptstead.storage.answer_store import AnswerStore


def load_valid(workspace: Workspace, path: str, *, rows: bool = True) -> Loaded:
    """Return the prompt file *path*, loaded.

    :param rows: False leaves out the rows of its datasets and ``outputs.jsonl``.
    :raises PromptsteadError: it is not valid, or a file that belongs to it could not be read whole.
    """
    loaded = workspace.library.load(path, rows=rows)
    if loaded.prompt is None:
        raise loaded.not_valid()
    refuse_unread(loaded)
    return loaded


def refuse_unread(loaded: Loaded) -> None:
    """Refuse to write, ask or judge without what could not be read.

    :raises PromptsteadError: a file of the prompt could not be read whole, or a line of its judgements is none.
    """
    loaded.refuse_unread()
    valid_judgements(loaded)


def valid_outputs(loaded: Loaded) -> Iterator[RecordedOutput]:
    """Yield what is recorded for a prompt.

    :raises PromptsteadError: its file is not valid; what stands before the place may have been yielded.
    """
    return iter(()) if loaded.outputs is None else recorded_in(loaded.outputs)


def valid_judgements(loaded: Loaded) -> list[Judgement]:
    """Return what is recorded of the judges of a prompt's answers.

    :raises PromptsteadError: a line of the file is no judgement.
    """
    judgements, problems = judgements_of(loaded)
    if problems:
        raise loaded.error(problems[0])
    return judgements


def pending_attempts(workspace: Workspace, loaded: Loaded) -> list[Attempt]:
    """Return the pending attempts at the requests of a prompt, without holding their file; none without their store.

    :raises PromptsteadError: a line is no pending answer.
    """
    return PendingFile(workspace, loaded, ANSWERS).pending if is_pending_at_hand(workspace, loaded) else []


def all_pending(workspace: Workspace, loaded: Loaded, requests: Requests) -> list[RecordedOutput]:
    """Return the pending answers to a prompt as they would be recorded.

    :raises PromptsteadError: see :func:`pending_attempts` and :func:`valid_outputs`.
    """
    attempts = pending_attempts(workspace, loaded)
    if not attempts:
        return []
    return pending_outputs(attempts, requests, conversations(requests, valid_outputs(loaded), loaded.stored))


def conversations(requests: Requests, outputs: Iterable[RecordedOutput], stored: Stored | None) -> list[RecordedOutput]:
    """Return those of *outputs* that are conversations, opened where their replies are kept outside."""
    if not any(case.is_conversation for case in requests.prompt.cases):
        return []
    spoken = (each for each in outputs if (case := requests.case(each.case)) is not None and case.is_conversation)
    return opened(spoken, stored).outputs


def sealed(output: RecordedOutput, store: AnswerStore) -> RecordedOutput:
    """Store the answers of *output* and return it with their digests alone.

    :raises PromptsteadError: they cannot be stored.
    """
    kept = output._replace(samples=sealed_samples(output.samples, store))
    return kept._replace(received=received_digest(kept)) if output.received else kept


def sealed_samples(samples: Iterable[Sample], store: AnswerStore) -> tuple[Sample, ...]:
    """Store what is not there yet and return the digests.

    :raises PromptsteadError: one cannot be stored.
    """
    digests = [each.digest or store.write(stored_text(each, secrets.token_hex(16))) for each in samples]
    return tuple(Sample("", digest=digest) for digest in digests)


def count_pending(workspace: Workspace, loaded: Loaded, case_ids: Collection[str] = ()) -> int:
    """Return how many answers to the prompt as it is now are pending, of these cases or of all.

    :raises PromptsteadError: see :func:`pending_attempts`.
    """
    requests = Requests(loaded)
    outputs = all_pending(workspace, loaded, requests)
    return sum((not case_ids or output.case in case_ids) and requests.is_current(output) for output in outputs)


def refuse_unknown(case_ids: Iterable[str], known: Collection[str]) -> None:
    """Refuse an id that no case has.

    :raises PromptsteadError: there is one.
    """
    for case_id in case_ids:
        if case_id not in known:
            hint = did_you_mean(case_id, sorted(known), "promptstead render PROMPT --case all lists them")
            raise PromptsteadError(f"there is no case `{case_id}`", hint=hint)


def in_ci() -> bool:
    """Tell whether this is a CI job, as the variable ``CI`` says."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")
