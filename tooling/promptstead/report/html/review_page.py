"""The page of a review, made of its JSON report."""

from collections.abc import Sequence

from promptstead import __version__
from promptstead.diff.words import word_diff
from promptstead.model import Json
from promptstead.report.html.interned import Sentences
from promptstead.report.html.page import Room, cut, page, shown
from promptstead.report.review_document import (
    ComparisonDocument,
    FailureDocument,
    FindingDocument,
    LeftOutDocument,
    NamesDocument,
    NoteDocument,
    PairDocument,
    PieceDocument,
    PromptDocument,
    RenderedDocument,
    ReviewDocument,
)
from promptstead.report.review_markdown_details import NO_NOTES, VALUE_PARTS
from promptstead.report.review_words import counted_outcome, declared_text
from promptstead.verdicts.verdict_numbers import FEW_CASES
from promptstead.words.template import LANGUAGES, Language

MAX_LISTED = 1_000
"""Most findings, violations and cases without a comparison that are listed of one prompt."""
MAX_DIFFS = 2_000
"""Most pairs of answers whose words are compared; later ones stand side by side unmarked."""
VALUES = (*VALUE_PARTS, "gate")

NO_NAMES: NamesDocument = {"added": [], "removed": [], "changed": []}


def review_page(review: ReviewDocument, language: Language = "en") -> str:
    """Return the page. Where the report is too large, the last prompts' answers are left out, and it says so."""
    room, sentences = Room(), Sentences()
    weakens = list(sentences.fitting(room, review["weakens"][:MAX_LISTED]))
    outcomes = [[outcome, count, _counted(outcome, count, sentences)] for outcome, count in review["outcomes"].items()]
    found = [(each["old"], each["new"]) for each in review.get("contracts", ())]
    contracts = _declared(found, sentences) if found else None
    sentences.keep()
    fitting: list[tuple[dict[str, Json], PromptDocument]] = []
    for prompt in review["prompts"]:
        entry = _prompt(prompt, sentences)
        if sentences.fits(room, entry):
            fitting.append((entry, prompt))
    compared = 0
    for entry, prompt in fitting:
        compared = _add_answers(entry, prompt, room, sentences, compared)
    data = {
        "version": __version__,
        "few": FEW_CASES,
        **{name: review[name] for name in ("base", "head", "base_commit", "head_commit", "blocks", "evaluated")},
        "contracts": contracts,
        "outcomes": outcomes,
        "weakens": weakens,
        "prompts": [entry for entry, _ in fitting],
        "left_out": {"prompts": len(review["prompts"]) - len(fitting), "cases": _left_out(fitting)},
        "sentences": sentences.by_language(),
    }
    return page("review", data, language)


def _counted(outcome: str, count: int, sentences: Sentences) -> int:
    return sentences.intern(tuple(counted_outcome(language, outcome, count) for language in LANGUAGES))


def _declared(found: Sequence[tuple[int, int]], sentences: Sentences) -> int:
    return sentences.intern(tuple(declared_text(found, language) for language in LANGUAGES))


def _left_out(fitting: Sequence[tuple[dict[str, Json], PromptDocument]]) -> int:
    return sum(
        len(full["broken"]) + len(full["fixed"]) - len(each["cases"])
        for entry, prompt in fitting
        for each, full in zip(entry["comparisons"], prompt["comparisons"], strict=True)
    )


def _prompt(prompt: PromptDocument, sentences: Sentences) -> dict[str, Json]:
    """Return what the page shows of one prompt, its answers aside."""
    change = prompt["change"]
    entry: dict[str, Json] = {name: prompt[name] for name in ("id", "path", "outcome", "blocks", "tokens", "evaluated")}
    entry["error"] = sentences.read(prompt["error"]) if prompt["error"] else None
    entry["change"] = None
    if change is not None:
        notes = change.get("notes", NO_NOTES)
        entry["change"] = {
            "kind": change["kind"],
            "old_id": change["old_id"],
            "summary": sentences.read(change["summary"]),
            "contract": {
                "consequence": change["contract"]["consequence"],
                "reasons": [
                    {"consequence": reason["consequence"], "reason": sentences.read(reason["reason"])}
                    for reason in change["contract"]["reasons"][:MAX_LISTED]
                ],
            },
            "messages": [message | {"pieces": _pieces(message["pieces"])} for message in change["messages"]],
            "values": [
                {
                    "part": name,
                    "path": value["path"],
                    "kind": value["kind"],
                    "old": None if value["kind"] == "added" else shown(value["old"]),
                    "new": None if value["kind"] == "removed" else shown(value["new"]),
                    "pieces": _pieces(value["pieces"]),
                }
                for name in VALUES
                for value in change.get(name, ())  # type: ignore[attr-defined]
            ],
            "cases": change["cases"],
            "counterexamples": change.get("counterexamples", NO_NAMES),
            "evaluators": change["evaluators"],
            "notes": {
                "added": [_note(note) for note in notes["added"][:MAX_LISTED]],
                "removed": [_note(note) for note in notes["removed"][:MAX_LISTED]],
            },
            "weakened": [sentences.read(weaker) for weaker in change["weakened"][:MAX_LISTED]],
        }
    let_pass = prompt.get("let_pass", [])
    entry["let_pass"] = {
        "count": len(let_pass),
        "cases": [{**found, "reason": sentences.read(found["reason"])} for found in let_pass[:MAX_LISTED]],
    }
    entry["rendered"] = _rendered(prompt["rendered"])
    lint = prompt["lint"]
    new = [_finding(found, sentences) for found in lint["new"][:MAX_LISTED]]
    entry["lint"] = {**lint, "new": new, "count": len(lint["new"])}
    entry["not_evaluated"] = _cases(prompt["not_evaluated"], sentences)
    return entry | {"comparisons": [_comparison(each, sentences) for each in prompt["comparisons"]]}


def _finding(found: FindingDocument, sentences: Sentences) -> dict[str, Json]:
    message, hint = found.get("sentence"), found.get("hint_sentence")
    shown: dict[str, Json] = {name: found[name] for name in ("code", "level", "path", "line")}
    shown["message"] = sentences.read(message) if message else sentences.say(found["message"])
    shown["hint"] = sentences.read(hint) if hint else sentences.say(found["hint"]) if found["hint"] else None
    return shown


def _cases(every: Sequence[LeftOutDocument], sentences: Sentences) -> dict[str, Json]:
    """Return the first of the cases with why they are left out, and how many there are."""
    cases = [{"case": each["case"], "why": sentences.read(each["why"])} for each in every[:MAX_LISTED]]
    return {"count": len(every), "cases": cases}


def _add_answers(
    entry: dict[str, Json], prompt: PromptDocument, room: Room, sentences: Sentences, compared: int
) -> int:
    """Add the answers that changed, those that got worse first, as long as there is room.

    *compared* is how many pairs of answers were compared word by word so far; it is returned, grown.
    """
    for each, full in zip(entry["comparisons"], prompt["comparisons"], strict=True):
        pairs = [("worse", pair) for pair in full["broken"]] + [("better", pair) for pair in full["fixed"]]
        for state, pair in pairs:
            found = _pair(state, pair, sentences, by_word=compared < MAX_DIFFS)
            if not sentences.fits(room, found):
                break
            compared += 1
            each["cases"].append(found)
    return compared


def _rendered(rendered: RenderedDocument | None) -> Json:
    """Return how the messages that are sent change: each way, with the first of its cases."""
    if rendered is None:
        return None
    changes = [
        {
            "cases": change["cases"][:MAX_LISTED],
            "count": len(change["cases"]),
            "messages": [message | {"pieces": _pieces(message["pieces"])} for message in change["messages"]],
        }
        for change in rendered["changes"]
    ]
    return {"changes": changes, "same": rendered["same"], "left_out": rendered["left_out"]}


def _comparison(comparison: ComparisonDocument, sentences: Sentences) -> dict[str, Json]:
    entry: dict[str, Json] = {
        name: value
        for name, value in comparison.items()
        if name not in ("broken", "fixed", "left_out", "violations", "reasons")
    }
    entry["reasons"] = [sentences.read(reason) for reason in comparison["reasons"][:MAX_LISTED]]
    entry["left_out"] = _cases(comparison["left_out"], sentences)
    violations = comparison["violations"]
    entry["violations"] = {
        "count": len(violations),
        "cases": [{**each, "reason": sentences.read(each["reason"])} for each in violations[:MAX_LISTED]],
    }
    return entry | {"broken": len(comparison["broken"]), "fixed": len(comparison["fixed"]), "cases": []}


def _pair(state: str, pair: PairDocument, sentences: Sentences, *, by_word: bool) -> dict[str, Json]:
    base, head = pair["base_answer"], pair["head_answer"]
    pieces = word_diff(cut(base), cut(head)) if by_word and base is not None and head is not None else ()
    entry: dict[str, Json] = {
        "state": state,
        "case": pair["case"],
        "inputs": [[name, shown(value)] for name, value in pair["inputs"].items()],
        "base_failures": _failures(pair["base_failures"], sentences),
        "head_failures": _failures(pair["head_failures"], sentences),
        "base_notes": [_note(note) for note in pair.get("base_notes", ())],
        "head_notes": [_note(note) for note in pair.get("head_notes", ())],
        "pieces": [[piece.kind, piece.text] for piece in pieces],
        "by_word": by_word,
    }
    if not pieces:  # white space alone differs, one side has no answer, or the words were not compared
        entry |= {"base": None if base is None else cut(base), "head": None if head is None else cut(head)}
    return entry


def _note(note: NoteDocument) -> dict[str, Json]:
    verdict = note["verdict"] if note["verdict"] in ("good", "bad") else ""
    return {**note, "verdict": verdict, "text": cut(note["text"])}


def _failures(failures: Sequence[FailureDocument], sentences: Sentences) -> list[Json]:
    return [{"evaluator": each["evaluator"], "reason": sentences.read(each["reason"])} for each in failures]


def _pieces(pieces: Sequence[PieceDocument]) -> list[list[str]]:
    return [[piece["kind"], cut(piece["text"])] for piece in pieces]
