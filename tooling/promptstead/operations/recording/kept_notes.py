"""A person's notes on recorded answers, written where they may stand: in the repository, or in the store outside."""

import secrets
from collections.abc import Iterator
from typing import NamedTuple

from promptstead.errors import PromptsteadError, one_line
from promptstead.model import Case, Note, RecordedOutput
from promptstead.operations.recording.recorded_answers import valid_outputs
from promptstead.operations.workspace.trusted_settings import answer_store
from promptstead.operations.workspace.workspace import Workspace
from promptstead.outputs.notes import FILE, answer_digest, replaced, stored_note, with_notes
from promptstead.outputs.sealed import opened
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests
from promptstead.storage.answer_store import AnswerStore


class Wanted(NamedTuple):
    """Which answer is meant: the case, the model where several answered, and the number of the sample, from 1."""

    case: str
    model: str = ""
    sample: int = 1


def answer_meant(loaded: Loaded, wanted: Wanted) -> tuple[Case, RecordedOutput]:
    """Return the case and the recorded output that a person means.

    :raises PromptsteadError: there is none, there are several, or it is stale: nobody knows what that one answers.
    """
    requests = Requests(loaded)
    case = requests.case(wanted.case)
    if case is None:
        raise PromptsteadError(f"there is no case `{wanted.case}`", hint="promptstead outputs list names the cases")
    found = [each for each in valid_outputs(loaded) if each.case == case.id and wanted.model in ("", each.model)]
    of = f" of `{one_line(wanted.model, 80)}`" if wanted.model else ""
    if not found:
        hint = "run promptstead outputs list to see what is recorded"
        raise PromptsteadError(f"case `{case.id}` has no recorded answer{of}", hint=hint)
    if len(found) > 1:
        names = ", ".join(f"`{one_line(each.model, 80)}`" for each in found[:5])
        raise PromptsteadError(f"case `{case.id}` has {len(found)} recorded answers", hint=f"--model is one of {names}")
    (output,) = found
    if why := requests.why_not(output):
        raise PromptsteadError(
            f"the answer to case `{case.id}` is not current, and what it answers is not known: {why}",
            location=loaded.path,
        )
    if not 1 <= wanted.sample <= len(output.samples):
        raise PromptsteadError(
            f"the answer to case `{case.id}` has no sample {wanted.sample}",
            hint=f"--sample is 1 to {len(output.samples)}",
        )
    return case, output


def write_note(workspace: Workspace, loaded: Loaded, wanted: Wanted, note: Note) -> str:
    """Add *note*, which says everything but what it is about, and return the path of the file.

    :raises PromptsteadError: no such answer is recorded, there is no store for a private one, or the file is not valid.
    """
    assert loaded.prompt is not None  # only a valid prompt gives a Loaded here
    case, output = answer_meant(loaded, wanted)
    sample = output.samples[wanted.sample - 1]
    about = note._replace(case=case.id, model=output.model, answer=answer_digest(case, sample))
    if loaded.private or sample.digest:
        about = _sealed(about, answer_store(workspace))
    path = workspace.library.companion_path(loaded.path, FILE)
    workspace.tree.write(path, with_notes(loaded.documents.get(path), path, [about]))
    return path


def move_notes(workspace: Workspace, loaded: Loaded) -> int:
    """Move notes out of the repository, tie those about answers that were moved before them anew; return how many.

    :raises PromptsteadError: there is no store, or a file is not valid.
    """
    notes = loaded.prompt.notes if loaded.prompt is not None else ()
    if not notes:
        return 0
    anew = dict(_tied_anew(loaded))
    changed = []
    for note in notes:
        tied = note._replace(answer=anew.get((note.case, note.answer), note.answer))
        kept = tied if note.digest else _sealed(tied, answer_store(workspace))
        if kept != note:
            changed.append(kept)
    if changed:
        path = changed[0].file
        workspace.tree.write(path, replaced(loaded.documents[path], changed))
    return len(changed)


def _tied_anew(loaded: Loaded) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield case and digest, as it was in the repository, of each answer that is outside, with its digest now."""
    requests = Requests(loaded)
    for recorded in valid_outputs(loaded):
        case = requests.case(recorded.case)
        (output,) = opened([recorded], loaded.stored).outputs
        for sample in output.samples if case is not None and not output.unavailable else ():
            if case is not None and sample.digest:
                yield (case.id, answer_digest(case, sample._replace(digest=""))), answer_digest(case, sample)


def _sealed(note: Note, store: AnswerStore) -> Note:
    digest = store.write(stored_note(note, secrets.token_hex(16)))
    return note._replace(by="", date="", text="", verdict="", tags=(), digest=digest)
