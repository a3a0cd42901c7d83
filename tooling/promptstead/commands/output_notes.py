"""``promptstead outputs note`` and ``notes``: what people say about recorded answers."""

from collections.abc import Iterator
from datetime import date
from typing import Literal, cast

import click

from promptstead.commands.options import format_option, language_option, prompts_argument, refuse_language_of_data
from promptstead.console.output import echo, echo_json, tell
from promptstead.errors import OK, PromptsteadError, one_line
from promptstead.evaluators.sealed_entry import ChangedEntry
from promptstead.model import Json, Note, Sample
from promptstead.operations.recording.kept_notes import Wanted, write_note
from promptstead.operations.recording.person import name_of_person
from promptstead.operations.recording.recorded_answers import in_ci, load_valid
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.selected_prompts import selected_paths
from promptstead.outputs.notes import State, answer_digest, opened_note, states
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests
from promptstead.report.note_text import note_line
from promptstead.report.review_document import NoteDocument
from promptstead.report.review_json import note_json
from promptstead.words.sentence import say_in
from promptstead.words.tables import label
from promptstead.words.template import Language

MAX_TEXT = 10_000
MAX_TAGS = 20
MAX_TAG = 100
LIST = "promptstead/notes-list/v1"


@click.command()
@click.argument("prompt")
@click.argument("case")
@click.argument("text")
@click.option("--model", default="", metavar="NAME", help="Whose answer, named as in `outputs list`.")
@click.option("--sample", type=int, default=1, metavar="N", help="Which of several answers, from 1.")
@click.option("--verdict", type=click.Choice(["good", "bad"]), help="Say that the answer as a whole is good, or bad.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="A kind of error, or of merit; may be repeated.")
def note(prompt: str, case: str, text: str, model: str, sample: int, verdict: str | None, tags: tuple[str, ...]) -> int:
    """Say TEXT about the recorded answer of PROMPT to CASE.

    The note goes into `notes.yml` beside the prompt, with your name and the date, tied to this answer: where another
    answer takes its place, the note stays and is said to be about one that is gone. A note about an answer that is kept
    outside the repository goes into the store; the file has its digest.
    """
    if in_ci():
        raise PromptsteadError("notes are written by people, not in CI", hint="run this on your machine")
    _refuse(text, tags)
    workspace = open_workspace((prompt,))
    paths = selected_paths(workspace, (prompt,))
    if len(paths) != 1:
        raise PromptsteadError(f"`{prompt}` names {len(paths)} prompts", hint="name one")
    loaded = load_valid(workspace, paths[0])
    said = Note(
        "", "", "", name_of_person(workspace, "writes the note"), date.today().isoformat(), text.strip(),
        cast('Literal["good", "bad", ""]', verdict or ""), tuple(dict.fromkeys(tags)),
    )  # fmt: skip
    echo(write_note(workspace, loaded, Wanted(case, model, sample), said))
    return OK


@click.command()
@prompts_argument
@format_option("text", "json")
@language_option
def notes(prompts: tuple[str, ...], output_format: str, language: Language) -> int:
    """List what people said about the answers of PROMPTS, and whether each answer is still recorded.

    A note is current, gone (its answer was replaced or removed, or its case asks something else now) or unknown (its
    case could not be read).
    """
    refuse_language_of_data(output_format)
    workspace = open_workspace(prompts)
    found = [
        (loaded.id, *each)
        for loaded in (load_valid(workspace, path) for path in selected_paths(workspace, prompts))
        for each in _opened(loaded)
    ]
    if output_format == "json":
        echo_json({"format": LIST, "notes": [_json(*each) for each in found]})
        return OK
    for name, each, state, why in found:
        place = f"{name} · {each.case} · {each.model}, {label(language, state)}"
        echo(one_line(say_in(language, "listings.note", place=place, text=why or note_line(_shown(each), language))))
    tell(say_in(language, "listings.notes", n=len(found)))
    return OK


def _refuse(text: str, tags: tuple[str, ...]) -> None:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise PromptsteadError("the note is not UTF-8")
    if not text.strip() or len(text) > MAX_TEXT:
        raise PromptsteadError("a note needs a text", hint=f"of 1 to {MAX_TEXT:,} characters")
    if len(tags) > MAX_TAGS or not all(tag.strip() and tag.isprintable() and len(tag) <= MAX_TAG for tag in tags):
        raise PromptsteadError(
            "a tag is one line of text", hint=f"at most {MAX_TAGS} tags of at most {MAX_TAG} characters"
        )


def note_lines(loaded: Loaded, case_id: str, sample: Sample, language: Language) -> Iterator[str]:
    """Yield what people said about an answer to a case, a line each."""
    case = Requests(loaded).case(case_id)
    about = "" if case is None else answer_digest(case, sample)
    for each, _, why in _opened(loaded):
        if (each.case, each.answer) == (case_id, about):
            text = why or note_line(_shown(each), language)
            yield say_in(language, "reports.labelled", name=say_in(language, "reports.note"), text=text)


def _opened(loaded: Loaded) -> Iterator[tuple[Note, State, str]]:
    """Yield the notes with their words, or with why these are not at hand."""
    for each, state in states(loaded):
        try:
            yield opened_note(each, loaded.stored), state, ""
        except PromptsteadError as error:
            yield each, state, error.message
        except ChangedEntry:
            yield each, state, "the stored note is not the one that was written"


def _shown(each: Note) -> NoteDocument:
    """Return a note as it is shown to whoever has the store, with its words."""
    return note_json(each._replace(digest=""))


def _json(prompt: str, each: Note, state: State, why: str) -> Json:
    return {
        "prompt": prompt,
        "case": each.case,
        "model": each.model,
        "answer": each.answer,
        "state": state,
        "why": why,
        "verdict": each.verdict or None,
        "tags": list(each.tags),
        "by": each.by,
        "date": each.date,
        "text": each.text,
    }
