"""The page of a review, made of its JSON report."""

from collections.abc import Sequence

from promptstead import __version__
from promptstead.diff.words import word_diff
from promptstead.model import Json
from promptstead.report.html.page import Room, cut, page, shown
from promptstead.report.review_document import (
    ComparisonDocument,
    PairDocument,
    PieceDocument,
    PromptDocument,
    RenderedDocument,
    ReviewDocument,
)
from promptstead.verdicts.gate import FEW_CASES

MAX_LISTED = 1_000
"""Most findings, violations and cases without a comparison that are listed of one prompt."""
MAX_DIFFS = 2_000
"""Most pairs of answers whose words are compared; later ones stand side by side unmarked."""
VALUES = ("partials", "inputs", "output", "tools", "model", "examples", "governance", "description", "gate")


def review_page(review: ReviewDocument, language: str = "en") -> str:
    """Return the page. Where the report is too large, the last prompts' answers are left out, and it says so."""
    room = Room()
    prompts = [_prompt(prompt) for prompt in review["prompts"]]
    fitting = [(entry, prompt) for entry, prompt in zip(prompts, review["prompts"], strict=True) if room.take(entry)]
    compared = 0
    for entry, prompt in fitting:
        compared = _add_answers(entry, prompt, room, compared)
    data = {
        "version": __version__,
        "few": FEW_CASES,
        **{
            name: review[name]
            for name in ("base", "head", "base_commit", "head_commit", "blocks", "outcomes", "counts", "evaluated")
        },
        "weakens": review["weakens"][:MAX_LISTED],
        "prompts": [entry for entry, _ in fitting],
        "left_out": {"prompts": len(prompts) - len(fitting), "cases": _left_out(fitting)},
    }
    return page("review", data, language)


def _left_out(fitting: Sequence[tuple[dict[str, Json], PromptDocument]]) -> int:
    return sum(
        len(full["broken"]) + len(full["fixed"]) - len(each["cases"])
        for entry, prompt in fitting
        for each, full in zip(entry["comparisons"], prompt["comparisons"], strict=True)
    )


def _prompt(prompt: PromptDocument) -> dict[str, Json]:
    """Return what the page shows of one prompt, its answers aside."""
    change = prompt["change"]
    entry: dict[str, Json] = {
        name: prompt[name] for name in ("id", "path", "outcome", "blocks", "error", "tokens", "evaluated")
    }
    entry["change"] = None
    if change is not None:
        entry["change"] = {
            "kind": change["kind"],
            "old_id": change["old_id"],
            "summary": change["summary"],
            "contract": change["contract"],
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
                for value in change[name]  # type: ignore[literal-required]
            ],
            "cases": change["cases"],
            "evaluators": change["evaluators"],
            "weakened": change["weakened"],
        }
    entry["rendered"] = _rendered(prompt["rendered"])
    lint = prompt["lint"]
    entry["lint"] = {**lint, "new": lint["new"][:MAX_LISTED], "count": len(lint["new"])}
    entry["not_evaluated"] = {"count": len(prompt["not_evaluated"]), "cases": prompt["not_evaluated"][:MAX_LISTED]}
    return entry | {"comparisons": [_comparison(each) for each in prompt["comparisons"]]}


def _add_answers(entry: dict[str, Json], prompt: PromptDocument, room: Room, compared: int) -> int:
    """Add the answers that changed, those that got worse first, as long as there is room.

    *compared* is how many pairs of answers were compared word by word so far; it is returned, grown.
    """
    for each, full in zip(entry["comparisons"], prompt["comparisons"], strict=True):
        pairs = [("worse", pair) for pair in full["broken"]] + [("better", pair) for pair in full["fixed"]]
        for state, pair in pairs:
            found = _pair(state, pair, by_word=compared < MAX_DIFFS)
            if not room.take(found):
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


def _comparison(comparison: ComparisonDocument) -> dict[str, Json]:
    entry: dict[str, Json] = {
        name: value for name, value in comparison.items() if name not in ("broken", "fixed", "left_out", "violations")
    }
    for name in ("left_out", "violations"):
        every: list[Json] = comparison[name]
        entry[name] = {"count": len(every), "cases": every[:MAX_LISTED]}
    return entry | {"broken": len(comparison["broken"]), "fixed": len(comparison["fixed"]), "cases": []}


def _pair(state: str, pair: PairDocument, *, by_word: bool) -> dict[str, Json]:
    base, head = pair["base_answer"], pair["head_answer"]
    pieces = word_diff(cut(base), cut(head)) if by_word and base is not None and head is not None else ()
    entry: dict[str, Json] = {
        "state": state,
        "case": pair["case"],
        "inputs": [[name, shown(value)] for name, value in pair["inputs"].items()],
        "base_failures": pair["base_failures"],
        "head_failures": pair["head_failures"],
        "pieces": [[piece.kind, piece.text] for piece in pieces],
        "by_word": by_word,
    }
    if not pieces:  # white space alone differs, one side has no answer, or the words were not compared
        entry |= {"base": None if base is None else cut(base), "head": None if head is None else cut(head)}
    return entry


def _pieces(pieces: Sequence[PieceDocument]) -> list[list[str]]:
    return [[piece["kind"], cut(piece["text"])] for piece in pieces]
