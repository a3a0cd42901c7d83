"""``promptstead accept``: a person says that hand-written answers are right for the inputs as they are now."""

import json
from difflib import get_close_matches

import click

from promptstead.commands.common import echo, open_workspace, plural, prompts_argument, selected_paths, tell
from promptstead.digests import inputs_digest
from promptstead.errors import OK, PromptsteadError
from promptstead.model import Case, Json, KeyPath, Span
from promptstead.source.document import Document


@click.command()
@prompts_argument
@click.option("--case", "case_ids", multiple=True, metavar="ID", help="Only this case; may be repeated.")
def command(prompts: tuple[str, ...], case_ids: tuple[str, ...]) -> int:
    """Tie reference and imported answers to the inputs that they answer.

    Write the answers into `outputs.yml` by hand, then accept them: each gets the digest of its case's inputs. When the
    inputs change later, the answer counts as stale until it is accepted again. Live answers are tied to their request
    when they are recorded.
    """
    workspace = open_workspace(prompts)
    found: dict[str, tuple[str, list[str]]] = {}
    known: set[str] = set()
    for path in selected_paths(workspace, prompts):
        loaded = workspace.library.load(path)
        if loaded.prompt is None:
            raise PromptsteadError("this prompt is not valid", hint="run promptstead lint", location=path)
        known.update(case.id for case in loaded.prompt.cases)
        if loaded.outputs is not None:
            cases = {case.id: case for case in loaded.prompt.cases if not case_ids or case.id in case_ids}
            found[loaded.outputs.path] = _accepted(loaded.outputs, cases)
    _refuse_unknown(case_ids, known)
    for path, (text, changed) in found.items():
        if changed:
            workspace.tree.write(path, text)
            echo(f"{path}: {', '.join(changed)}")
    tell(f"{plural(sum(len(changed) for _, changed in found.values()), 'answer')} accepted")
    return OK


def _refuse_unknown(case_ids: tuple[str, ...], known: set[str]) -> None:
    for case_id in case_ids:
        if case_id not in known:
            near = get_close_matches(case_id, sorted(known), 1)
            hint = f"did you mean `{near[0]}`?" if near else "promptstead render PROMPT --case all lists them"
            raise PromptsteadError(f"there is no case `{case_id}`", hint=hint)


def _accepted(document: Document, cases: dict[str, Case]) -> tuple[str, list[str]]:
    """Return the text of the outputs file with the digests put in, and the cases that got one.

    The rest of the text stays as it is.
    """
    if document.path.endswith(".jsonl"):
        return _accepted_lines(document.text, cases)
    entries = document.data.get("outputs") if isinstance(document.data, dict) else None
    if not isinstance(entries, list):
        raise PromptsteadError("these are no recorded outputs", hint="run promptstead lint", location=document.path)
    edits: list[tuple[Span, str]] = []
    changed: list[str] = []
    for index, entry in enumerate(entries):
        case = _case_of(entry, cases)
        if case is None:
            continue
        digest = inputs_digest(case)
        if entry.get("inputs") == digest:
            continue
        at = ("outputs", index)
        if "inputs" in entry:
            edits.append((document.span((*at, "inputs")), digest))
        else:
            edits.append(_insertion(document, at, f"inputs: {digest}"))
        changed.append(case.id)
    text = document.text
    for span, replacement in sorted(edits, key=lambda edit: edit[0].start, reverse=True):
        text = text[: span.start] + replacement + text[span.end :]
    return text, changed


def _insertion(document: Document, at: KeyPath, text: str) -> tuple[Span, str]:
    """Return the edit that puts *text* behind the `source` of the entry at *at*: in block style on the next line."""
    end = document.span((*at, "source")).end
    if document.text[document.span(at).start] == "{":
        return Span(end, end), f", {text}"
    end = document.text.find("\n", end)
    end = len(document.text) if end < 0 else end
    line_end = "\r\n" if document.text[end - 1 : end] == "\r" else "\n"
    end -= len(line_end) - 1
    column = document.position(document.key_span((*at, "source")).start)[1]
    return Span(end, end), f"{line_end}{' ' * (column - 1)}{text}"


def _accepted_lines(text: str, cases: dict[str, Case]) -> tuple[str, list[str]]:
    lines, changed = [], []
    for line in text.split("\n"):
        try:
            entry = json.loads(line)
            json.dumps(entry, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            entry = None  # lint says what is wrong with this line; half a surrogate pair is no text either
        case = _case_of(entry, cases)
        if case is not None and entry.get("inputs") != inputs_digest(case):
            line = json.dumps(entry | {"inputs": inputs_digest(case)}, ensure_ascii=False)
            changed.append(case.id)
        lines.append(line)
    return "\n".join(lines), changed


def _case_of(entry: Json, cases: dict[str, Case]) -> Case | None:
    if not isinstance(entry, dict) or entry.get("source") not in ("reference", "imported"):
        return None
    return cases.get(str(entry.get("case")))
