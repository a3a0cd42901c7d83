"""``promptstead outputs``: what is recorded, and what of it nobody needs any more."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import NamedTuple

import click

from promptstead.commands.options import format_option, language_option, prompts_argument, refuse_language_of_data
from promptstead.commands.output_notes import note, note_lines, notes
from promptstead.console.output import echo, echo_data, echo_json, plural, tell
from promptstead.errors import OK, PromptsteadError, one_line, some_of
from promptstead.evaluators.samples import as_entries, plain_steps
from promptstead.model import Case, Json, RecordedOutput
from promptstead.operations.recording.kept_notes import move_notes
from promptstead.operations.recording.pending_answers import PendingAnswers
from promptstead.operations.recording.pending_judgements import move_judgements
from promptstead.operations.recording.recorded_answers import (
    all_pending,
    in_ci,
    load_valid,
    pending_attempts,
    refuse_unknown,
    sealed,
    valid_outputs,
)
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.selected_prompts import selected_paths
from promptstead.operations.workspace.trusted_settings import answer_store
from promptstead.operations.workspace.workspace import Workspace
from promptstead.outputs.calls import answer_text
from promptstead.outputs.merge import merged, without
from promptstead.outputs.pending import Key, keys_of
from promptstead.outputs.replay import Replay
from promptstead.outputs.sealed import opened
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests, is_unknown
from promptstead.report.columns import left, width
from promptstead.report.numbers import counted
from promptstead.words.sentence import NOTHING_SAID, Sentence, own_words, say, say_in
from promptstead.words.tables import label
from promptstead.words.template import Language


class Row(NamedTuple):
    """A recorded output and what it is worth now; *why* says more, *samples* how many answers it has.

    That is current, stale, obsolete, unavailable, unknown or pending. The answers themselves are there where they are
    to be shown.
    """

    prompt: str
    output: RecordedOutput
    state: str
    why: str
    samples: int
    asked: Case | None
    """The case, where there is one."""


MAX_NAMES = 10
"""Most cases that are named of one file."""


@click.group()
def command() -> None:
    """List, show, annotate and prune recorded answers."""


@command.command("list")
@prompts_argument
@format_option("text", "json")
@language_option
def list_outputs(prompts: tuple[str, ...], output_format: str, language: Language) -> int:
    """List the answers of PROMPTS: case, model, source and state.

    An answer is current, stale, obsolete (its case no longer exists), unavailable (kept outside the repository, and not
    on this machine) or pending.
    """
    refuse_language_of_data(output_format)
    workspace = open_workspace(prompts)
    rows = [row for loaded in _loaded(workspace, prompts) for row in _rows(workspace, loaded)]
    if output_format == "json":
        echo_json({"format": "promptstead/outputs-list/v1", "outputs": [_json(row) for row in rows]})
        return OK
    table = [_cells(row, language) for row in rows]
    widths = [max(map(width, column)) for column in zip(*table, strict=True)]
    for line in table:
        echo(one_line("  ".join(map(left, line, widths)).rstrip()))
    tell(counted(language, "answer", sum(row.samples for row in rows)))
    return OK


@command.command()
@click.argument("prompt")
@click.argument("case")
@click.option("--model", metavar="NAME", help="Show only the answers of this model, named as in `outputs list`.")
@format_option("text", "json")
@language_option
def show(prompt: str, case: str, model: str | None, output_format: str, language: Language) -> int:
    """Show the answers of PROMPT to CASE exactly as received, including pending ones.

    On a terminal and in CI logs, anything that these would obey is escaped; a file or --format json has the exact text.
    """
    refuse_language_of_data(output_format)
    workspace = open_workspace((prompt,))
    every = list(_loaded(workspace, (prompt,)))
    rows = [row for loaded in every for row in _rows(workspace, loaded, case)]
    refuse_unknown((case,), {row.output.case for row in rows})
    rows = [row for row in rows if row.output.case == case and model in (None, row.output.model)]
    if not rows:
        raise PromptsteadError(
            f"case `{case}` has no answer of `{model}`", hint="run promptstead outputs list to see its models"
        )
    if output_format == "json":
        echo_json({"format": "promptstead/outputs-list/v1", "outputs": [_json(row, samples=True) for row in rows]})
        return OK
    for row in rows:
        if row.output.unavailable:
            echo(one_line(f"--- {_head(row, language)}"))
            continue
        for number, sample in enumerate(row.output.samples, 1):
            echo(one_line(f"--- {_head(row, language)}{_number(number, row, language)}"))
            echo_data(answer_text(sample, row.asked))
            if sample.scores:
                shown = [f"{name} {score!r}" for name, score in sample.scores.items()]
                echo(one_line(say_in(language, "listings.carries", scores=", ".join(shown))))
            for loaded in every:
                for line in note_lines(loaded, case, sample, language) if loaded.id == row.prompt else ():
                    echo(one_line(line))
    return OK


@command.command()
@prompts_argument
@click.option("--stale", is_flag=True, help="Also remove model answers to earlier requests or inputs.")
@click.option("--stored", is_flag=True, help="Also delete the removed answers from the store outside the repository.")
def prune(prompts: tuple[str, ...], stale: bool, stored: bool) -> int:
    """Remove answers whose case no longer exists, and pending answers whose request is no longer made.

    With --stale, also remove model answers that no longer belong to their case as it is now. A hand-written answer is
    removed only if its case no longer exists. An answer kept outside the repository stays there, since other revisions
    may name it, unless you give --stored.

    Nothing is removed if any file of a prompt cannot be read or has an unknown key.
    """
    if in_ci():
        raise PromptsteadError("answers cannot be removed in CI", hint="run promptstead outputs prune on your machine")
    workspace = open_workspace(prompts)
    count = 0
    every = list(_loaded(workspace, prompts))
    for loaded in every:
        if problem := loaded.doubt:
            raise loaded.error(problem)
        if loaded.partial:
            (path, *_) = loaded.partial
            message = (
                "a dataset of this prompt is too large to load whole: answers to the cases not loaded would be removed"
            )
            raise PromptsteadError(message, hint="remove lines from the outputs file by hand", location=path)
        pending_attempts(workspace, loaded)  # what waits is read before anything is removed
    for loaded in every:
        gone = {(row.output.case, row.output.model): row for row in _recorded_rows(loaded) if _goes(row, stale)}
        if gone and loaded.outputs is not None:
            removed = (output for output in valid_outputs(loaded) if stored and (output.case, output.model) in gone)
            digests = [sample.digest for output in removed for sample in output.samples if sample.digest]
            workspace.tree.write_parts(loaded.outputs.path, without(loaded.outputs, gone))
            for digest in digests:
                answer_store(workspace).remove(digest)
            echo(f"{loaded.outputs.path}: {some_of([case for case, _ in gone], MAX_NAMES)}")
        count += len(gone) + _prune_pending(workspace, loaded)
    tell(f"{plural(count, 'answer')} removed")
    return OK


@command.command()
@prompts_argument
def move(prompts: tuple[str, ...]) -> int:
    """Move model answers out of the repository, for the prompts that the setting `private` names.

    The outputs file keeps the digests of the answers, `judgements.jsonl` those of the judgements, and `notes.yml` those
    of the notes. What was committed before stays in Git's history.
    """
    if in_ci():
        raise PromptsteadError("answers cannot be moved in CI", hint="run promptstead outputs move on your machine")
    workspace = open_workspace(prompts)
    count = judgements = noted = 0
    for loaded in _loaded(workspace, prompts):
        if not loaded.private:
            continue
        judgements += move_judgements(workspace, loaded)
        plain = (each for each in valid_outputs(loaded) if each.source != "reference" and not _is_outside(each))
        moved = [sealed(output, answer_store(workspace)) for output in plain]
        if moved and loaded.outputs is not None:
            workspace.tree.write_parts(loaded.outputs.path, merged(loaded.outputs, loaded.outputs.path, moved))
            echo(f"{loaded.outputs.path}: {some_of([output.case for output in moved], MAX_NAMES)}")
            count += len(moved)
        noted += move_notes(workspace, load_valid(workspace, loaded.path))
    others = [(judgements, "judgement"), (noted, "note")]
    tell(" · ".join([f"{plural(count, 'answer')} moved", *(f"{plural(n, what)} moved" for n, what in others if n)]))
    return OK


command.add_command(note)
command.add_command(notes)


def _cells(row: Row, language: Language) -> tuple[str, ...]:
    output, state = row.output, label(language, row.state)
    return row.prompt, output.case, output.model, output.source, state, _more(own_words(row.why), language)


def _more(why: Sentence, language: Language) -> str:
    """Return what a reason says beyond the state, which stands before its colon; of a conversation it says where."""
    text = why.to(language)
    at_a_turn = why.code.startswith("answers.") and ("turn" in why.arguments or ".hand-" in why.code)
    return text if at_a_turn else text.partition(": ")[2] or text


def _head(row: Row, language: Language) -> str:
    answer = f"{row.prompt} · {row.output.model} · {row.output.source}"
    if row.output.unavailable:
        reason = own_words(row.output.unavailable).to(language)
        return say_in(language, "listings.answer-unavailable", answer=answer, reason=reason)
    return f"{answer}, {label(language, row.state)}"


def _number(number: int, row: Row, language: Language) -> str:
    """Return which of its samples an answer is; nothing where it is the only one."""
    count = len(row.output.samples)
    return f", {say_in(language, 'listings.sample-of', n=number, all=count)}" if count > 1 else ""


def _is_outside(output: RecordedOutput) -> bool:
    return all(sample.digest for sample in output.samples)


def _loaded(workspace: Workspace, prompts: Sequence[str]) -> Iterator[Loaded]:
    return (load_valid(workspace, path) for path in selected_paths(workspace, prompts))


def _rows(workspace: Workspace, loaded: Loaded, shown: str = "") -> list[Row]:
    """Return what is recorded for a prompt, then what waits; the answers to the case *shown* with their text."""
    rows = _recorded_rows(loaded, shown)
    requests = Requests(loaded)
    for output in all_pending(workspace, loaded, requests):
        why = NOTHING_SAID if requests.is_current(output) else say("answers.not-asked")
        rows.append(Row(loaded.id, output, "pending", why, len(output.samples), requests.case(output.case)))
    return rows


def _recorded_rows(loaded: Loaded, shown: str = "") -> list[Row]:
    cases = {case.id: case for case in loaded.prompt.cases} if loaded.prompt else {}
    reasons = {(output.case, output.model): why for output, why in Replay(loaded).stale()}
    rows = []
    for recorded in valid_outputs(loaded):
        (output,) = opened([recorded], loaded.stored).outputs
        why = reasons.get((output.case, output.model))
        state = "current" if why is None else "unknown" if is_unknown(why) else "stale"
        more = why or ""
        if output.case not in cases:
            # the case may only not have been read: the dataset is too large to be held, a key is misspelt
            state = "unknown" if loaded.partial or loaded.doubt else "obsolete"
        elif output.unavailable and not why:
            state, more = "unavailable", output.unavailable
        kept = output if output.case == shown else output._replace(samples=())
        rows.append(Row(loaded.id, kept, state, more, len(output.samples), cases.get(output.case)))
    return rows


def _goes(row: Row, stale: bool) -> bool:
    return row.state == "obsolete" or (stale and row.state == "stale" and row.output.source != "reference")


def _prune_pending(workspace: Workspace, loaded: Loaded) -> int:
    """Drop what waits for nothing, and return how many answers that were."""
    attempts = pending_attempts(workspace, loaded)
    if not attempts:
        return 0
    with closing(PendingAnswers(workspace, load_valid(workspace, loaded.path))) as pending:
        gone = [output for output in pending.outputs() if pending.requests.is_former(output)]
        if gone:
            pending.drop(set[Key]().union(*map(keys_of, gone)))
        return len(gone)


def _json(row: Row, samples: bool = False) -> Json:
    output = row.output
    entry: dict[str, Json] = {
        "prompt": row.prompt,
        "case": output.case,
        "model": output.model,
        "source": output.source,
        "state": row.state,
        "why": _more(own_words(row.why), "en"),
        "attempts": output.attempts,
        "golden": dict(output.golden) if output.golden else None,
    }
    if samples:
        entry["samples"] = [
            {
                "output": each.output,
                **({"steps": plain_steps(each)} if each.steps else {}),
                "tool_calls": as_entries(each.tool_calls),
                "finish_reason": each.finish_reason,
                "usage": each.usage._asdict(),
                "scores": dict(each.scores or {}),
                "digest": each.digest or None,
            }
            for each in output.samples
        ]
    else:
        entry["samples"] = row.samples
    return entry
