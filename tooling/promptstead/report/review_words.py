"""What all forms of a review's report say, in the language of its readers."""

from collections.abc import Iterable, Sequence

from promptstead.diff.values import ValueChange
from promptstead.report.diff_text import values_text
from promptstead.report.markup import plain
from promptstead.report.numbers import counted
from promptstead.report.review_document import (
    ComparisonDocument,
    FindingDocument,
    RenderedDocument,
    ReviewDocument,
    ValueDocument,
    ViolationDocument,
)
from promptstead.verdicts.decision import Verdict
from promptstead.verdicts.verdict_numbers import FEW_CASES
from promptstead.words.sentence import say_in
from promptstead.words.sentence_json import SentenceDocument, read_sentence
from promptstead.words.template import Language

MAX_OUTCOMES = 20
"""Most outcomes that are counted; ours are fewer, a stranger's may be many."""


def said(sentence: SentenceDocument, language: Language) -> str:
    """Return a sentence of the report; nothing in it is ours, as the report may be a stranger's."""
    return read_sentence(sentence).to(language)


def labelled(language: Language, name: str, text: str) -> str:
    """Return ``name: text``."""
    return say_in(language, "reports.labelled", name=name, text=text)


def counted_outcome(language: Language, outcome: str, count: int) -> str:
    """Return ``2 regressions``: of how many prompts what became of them; a word that is not ours is unknown."""
    return counted(language, plain(outcome), count)


def outcomes(review: ReviewDocument, language: Language) -> str:
    """Return what became of the prompts and of how many, what stands against the change first."""
    found = list(review["outcomes"].items())[:MAX_OUTCOMES]
    return ", ".join(counted_outcome(language, outcome, count) for outcome, count in found)


def out_of_sight(review: ReviewDocument, language: Language) -> str:
    """Return how many prompts the change takes out of sight, for the front of the first line; empty where none."""
    count = len(review.get("unlisted", ()))
    return f"{say_in(language, 'reports.hidden-prompts', n=count)} · " if count else ""


def declared(review: ReviewDocument, language: Language) -> str:
    """Return which contract breaks and says so, or how many, for the front of the first line; empty where none."""
    found = [(each["old"], each["new"]) for each in review.get("contracts", ())]
    return f"{declared_text(found, language)} · " if found else ""


def declared_text(found: Sequence[tuple[int, int]], language: Language) -> str:
    """Return ``contract 1 → 2, declared``, of several how many they are."""
    if len(found) > 1:
        return say_in(language, "reports.contracts-declared", n=len(found))
    return say_in(language, "reports.contract-declared", old=found[0][0], new=found[0][1])


def numbered_text(found: Sequence[tuple[int, int]], language: Language) -> str:
    """Return ``contract 1 → 2``, of several how many they are."""
    if len(found) > 1:
        return say_in(language, "reports.contracts-numbered", n=len(found))
    return say_in(language, "reports.contract-number", old=found[0][0], new=found[0][1])


def models(comparison: ComparisonDocument, language: Language) -> str:
    """Return whose answers are compared: the model, ``old → new`` where another came, or that people wrote them."""
    names = dict.fromkeys(filter(None, (comparison["base_model"], comparison["head_model"])))
    if not names:
        return say_in(language, "reports.reference-answers" if comparison["reference_answers"] else "reports.no-model")
    return " → ".join(names)


def violations_alike(violations: Iterable[ViolationDocument], language: Language) -> list[tuple[str, str, list[str]]]:
    """Return what may not fail and does: each check and reason once, with the cases that they are of."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in violations:
        case = each["case"] or say_in(language, "reports.every-case")
        found.setdefault((each["check"], said(each["reason"], language)), []).append(case)
    return [(check, reason, cases) for (check, reason), cases in found.items()]


def score_text(comparison: ComparisonDocument, language: Language) -> str:
    """Return the rates or scores of both sides and the interval of their difference; a dash without any."""
    before, after, difference = comparison["base_rate"], comparison["head_rate"], comparison["difference"]
    lower, upper = comparison["lower"], comparison["upper"]
    if before is None or after is None or difference is None or lower is None or upper is None:
        return "–"
    if comparison["pairs"] < FEW_CASES:
        return say_in(language, "reports.too-few-for-percentage", n=comparison["pairs"])
    if comparison["scale"] == "score":
        return say_in(
            language,
            "reports.scores-less-is-better" if comparison.get("better") == "lower" else "reports.scores",
            before=before,
            after=after,
            difference=difference,
            lower=lower,
            upper=upper,
        )
    return say_in(
        language,
        "reports.rates",
        before=before * 100,
        after=after * 100,
        difference=difference * 100,
        lower=lower * 100,
        upper=upper * 100,
    )


def finding_texts(found: FindingDocument, language: Language) -> tuple[str, str]:
    """Return the message and the hint of a finding."""
    message, hint = found.get("sentence"), found.get("hint_sentence")
    return said(message, language) if message else found["message"], said(hint, language) if hint else found["hint"]


def value_text(value: ValueDocument, language: Language) -> str:
    """Return ``old → new``, or what was added or removed, cut where values are long."""
    kind = value["kind"]
    change = ValueChange(
        "added" if kind == "added" else "removed" if kind == "removed" else "changed", (), value["old"], value["new"]
    )
    return values_text(change, language)


def rendered_counts(rendered: RenderedDocument, language: Language) -> str:
    """Return how many cases are sent something else, and in how many ways."""
    ways = rendered["changes"]
    changed = sum(len(way["cases"]) for way in ways)
    if len(ways) > 1:
        return say_in(language, "reports.change-in-ways", n=changed, ways=len(ways), same=rendered["same"])
    return say_in(language, "reports.change-alike", n=changed, same=rendered["same"])


def undecided(review: ReviewDocument) -> bool:
    """Tell whether a model's answers leave it open if the change makes them worse, also as none can be compared."""
    if review["counts"].keys() & {str(Verdict.INCONCLUSIVE), str(Verdict.WITHIN_MARGIN)}:
        return True
    comparisons = (comparison for prompt in review["prompts"] for comparison in prompt["comparisons"])
    nothing = str(Verdict.NOT_EVALUATED)
    return any(
        each["left_out"] and not each["reference_answers"] and (not each["pairs"] or each["verdict"] == nothing)
        for each in comparisons
    )


def not_compared(review: ReviewDocument, language: Language) -> list[tuple[str, str, list[str]]]:
    """Return prompt, reason and names of the cases that are not compared for it."""
    found: dict[tuple[str, str], tuple[SentenceDocument, list[str]]] = {}
    for prompt in review["prompts"]:
        for comparison in prompt["comparisons"]:
            for each in comparison["left_out"]:
                key = prompt["id"], each["why"]["text"]
                found.setdefault(key, (each["why"], []))[1].append(each["case"])
    return [(prompt, said(why, language), cases) for (prompt, _), (why, cases) in found.items()]


def total(groups: Iterable[tuple[str, str, list[str]]]) -> int:
    """Return how many cases :func:`not_compared` names."""
    return sum(len(cases) for _, _, cases in groups)
