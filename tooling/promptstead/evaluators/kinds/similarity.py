"""``similarity``: how near the answer comes to a text."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.extras import library
from promptstead.evaluators.shared.options import bounds, texts
from promptstead.evaluators.shared.results import Result, Unscored
from promptstead.model import Json
from promptstead.words.sentence import say

MAX_COMPARED = 100_000
"""Longer answers and longer references (together) are not compared: the work of some metrics grows with the product."""

MAX_REFERENCES = 50

_TOKEN = re.compile(r"[^\W_]+")
Metric = Callable[[str, list[str]], float]


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Compare the answer with ``to`` by ``metric``, and the value with ``min`` and ``max``; without both it is a score.

    Every metric but ``distance`` gives 0 (nothing in common) to 1 (equal). ``levenshtein``: 1 - edits / length of the
    longer text, code points inserted, deleted and replaced (rapidfuzz). ``distance``: those edits, not divided.
    ``bleu``: sentence BLEU up to 4-grams with effective order, exponential smoothing and ``13a`` tokens; ``chrf``:
    chrF2 (both sacrebleu, divided by 100). ``rouge-1`` to ``rouge-5``: F1 of n-grams; ``rouge-l``: F1 of the longest
    common subsequence; ``gleu``: the lesser of precision and recall of 1- to 4-grams together (Y. Wu and others 2016,
    table of sentence scores). The last three take runs of letters and digits of any script as tokens, case folded.

    ``ignore_case`` folds case first. Of several texts in ``to`` the nearest counts; BLEU and chrF take them as the
    references of one sentence. An answer or texts of more than 100,000 characters together, more than 50 texts and none
    leave the answer unscored.

    :raises PromptsteadError: ``min`` is above ``max``.
    """
    name: str = options.get("metric", "levenshtein")
    metric = _METRICS[name]
    read = texts(options["to"])
    ignore_case = options.get("ignore_case", False)
    judged = bounds(options)

    def judge(answer: Answer) -> Result:
        references = read(answer.case)
        if not references or len(references) > MAX_REFERENCES:
            raise Unscored(say("evaluators.too-many-references" if references else "evaluators.no-reference"))
        if len(answer.text) > MAX_COMPARED or sum(map(len, references)) > MAX_COMPARED:
            raise Unscored(say("evaluators.too-long-to-compare", most=MAX_COMPARED))
        text = answer.text
        if ignore_case:
            text, references = text.casefold(), [reference.casefold() for reference in references]
        score = metric(text, references)
        edits = name == "distance"
        return judged(
            score, say("evaluators.edits", n=score) if edits else say("evaluators.score-by", score=score, metric=name)
        )

    return judge


def _levenshtein(text: str, references: list[str]) -> float:
    measure = library("rapidfuzz.distance").Levenshtein
    return max(float(measure.normalized_similarity(text, reference)) for reference in references)


def _distance(text: str, references: list[str]) -> float:
    measure = library("rapidfuzz.distance").Levenshtein
    return min(int(measure.distance(text, reference)) for reference in references)


def _bleu(text: str, references: list[str]) -> float:
    metric = library("sacrebleu.metrics.bleu").BLEU(effective_order=True)
    return float(metric.sentence_score(text, references).score) / 100


def _chrf(text: str, references: list[str]) -> float:
    return float(library("sacrebleu.metrics.chrf").CHRF().sentence_score(text, references).score) / 100


def _rouge(size: int) -> Metric:
    def metric(text: str, references: list[str]) -> float:
        mine = _grams(_tokens(text), size)
        return max(_f1(mine, _grams(_tokens(reference), size)) for reference in references)

    return metric


def _rouge_l(text: str, references: list[str]) -> float:
    longest = library("rapidfuzz.distance").LCSseq.similarity
    mine = _tokens(text)

    def score(reference: Sequence[str]) -> float:
        return 2 * int(longest(mine, reference)) / (len(mine) + len(reference)) if mine and reference else 0.0

    return max(score(_tokens(reference)) for reference in references)


def _gleu(text: str, references: list[str]) -> float:
    mine = _all_grams(text)

    def score(other: Counter[tuple[str, ...]]) -> float:
        most = max(mine.total(), other.total())
        return (mine & other).total() / most if most else 0.0

    return max(score(_all_grams(reference)) for reference in references)


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.casefold())


def _grams(tokens: list[str], size: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(tokens[start:] for start in range(size)), strict=False))


def _all_grams(text: str) -> Counter[tuple[str, ...]]:
    tokens = _tokens(text)
    found: Counter[tuple[str, ...]] = Counter()
    for size in range(1, 5):
        found.update(_grams(tokens, size))
    return found


def _f1(mine: Counter[tuple[str, ...]], other: Counter[tuple[str, ...]]) -> float:
    total = mine.total() + other.total()
    return 2 * (mine & other).total() / total if mine and other else 0.0


_METRICS: dict[str, Metric] = {
    "levenshtein": _levenshtein,
    "distance": _distance,
    "bleu": _bleu,
    "chrf": _chrf,
    **{f"rouge-{size}": _rouge(size) for size in range(1, 6)},
    "rouge-l": _rouge_l,
    "gleu": _gleu,
}
