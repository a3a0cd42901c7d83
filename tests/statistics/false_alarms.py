"""False alarms on real answers: ``python -m tests.statistics.false_alarms`` prints the table of docs/statistics.md.

The Game of 24: GPT-4 answered 100 puzzles 100 times with each of two prompts. Two draws from the answers of one prompt
differ by chance alone, so that whatever calls one of them better or worse is wrong. ``--coverage`` prints the second
table, which takes minutes.
"""

import csv
import json
import re
import sys
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from random import Random
from unittest.mock import patch

from promptstead.statistics import paired_means
from promptstead.statistics.bootstrap import percentile_t
from promptstead.statistics.distributions import normal_below, normal_quantile, student_quantile
from promptstead.statistics.means import Unit, mean_and_error, units_of
from promptstead.statistics.paired_means import FEW, compare_means
from promptstead.statistics.paired_shares import ALPHA, Comparison, among, paired
from promptstead.statistics.sign_flips import sign_flip_test
from promptstead.verdicts.sequential import ALPHAS

GAME24 = Path(__file__).parents[3] / "shared" / "data" / "game24"
PROMPTS = ("standard", "cot")
SPLITS = 1000
Answers = list[list[bool]]
"""Of each puzzle, whether each of its samples solves it."""


def read(prompt: str) -> tuple[Answers, list[list[float]]]:
    """Return what the samples of each puzzle are worth, and how long each is."""
    with (GAME24 / "24_rows900-999.csv").open(newline="") as rows:
        puzzles = [row["Puzzles"] for row in csv.DictReader(rows)]
    (path,) = GAME24.glob(f"*_{prompt}_*.json")
    answers = [entry["ys"] for entry in json.loads(path.read_text(encoding="utf-8"))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        solved = [[solves(puzzle, each) for each in samples] for puzzle, samples in zip(puzzles, answers, strict=True)]
    return solved, [[float(len(each)) for each in samples] for samples in answers]


@cache
def solves(puzzle: str, output: str) -> bool:
    """Judge as the publishers did: the last line's expression uses the four numbers and comes to 24."""
    expression = output.strip().rpartition("\n")[2].lower().replace("answer: ", "").partition("=")[0]
    if sorted(re.findall(r"\d+", expression)) != sorted(puzzle.split()) or not re.fullmatch(
        r"[\d+*/(). -]+", expression
    ):
        return False
    try:
        return bool(abs(eval(expression, {"__builtins__": {}}) - 24) < 1e-6)
    except (SyntaxError, ZeroDivisionError, TypeError):
        return False


def claims(comparison: Comparison) -> bool:
    """Tell whether a comparison calls one side better or worse."""
    return comparison.lower > 0 or comparison.upper < 0


def claims_by_means(
    base: Sequence[float], head: Sequence[float], clusters: Sequence[str] | None = None, shares: bool = True
) -> bool:
    """Tell what :func:`compare_means` claims; its interval is not worked out where its test sees nothing."""
    units = units_of([after - before for before, after in zip(base, head, strict=True)], clusters)
    if len(units) <= FEW and sign_flip_test([unit.total for unit in units]) >= ALPHA:
        return False
    return claims(compare_means(base, head, clusters, shares=shares))


def drawn(draw: Random, cases: Sequence[Sequence[float]], samples: int) -> tuple[list[float], list[float]]:
    """Return the means of *samples* answers a case for both sides, none of them on both."""
    both = [draw.sample(case, 2 * samples) for case in cases]
    return [sum(each[:samples]) / samples for each in both], [sum(each[samples:]) / samples for each in both]


def pair(draw: Random, cases: Answers) -> list[int]:
    """Return head minus base of each case, one answer a side."""
    return [head - base for base, head in (draw.sample(case, 2) for case in cases)]


@cache
def judged(broken: int, fixed: int, n: int, alpha: float = ALPHA) -> Comparison:
    """Remember :func:`paired`: the same few counts come again and again."""
    return paired(broken, fixed, n, alpha)


def counted(changes: Sequence[int], alpha: float = ALPHA) -> Comparison:
    """Compare one answer a side."""
    return judged(changes.count(-1), changes.count(1), len(changes), alpha)


def table() -> str:
    """Return the table of false alarms as Markdown."""
    data = {prompt: read(prompt) for prompt in PROMPTS}
    many = [half for solved, _ in data.values() for case in solved for half in (case[:50], case[50:])]
    grouped = {prompt: [case for case in solved for _ in range(3)] for prompt, (solved, _) in data.items()}
    names = [str(index // 3) for index in range(300)]

    def one(draw: Random, prompt: str) -> bool:
        return claims(counted(pair(draw, data[prompt][0])))

    def repeats(draw: Random, prompt: str) -> bool:
        return claims_by_means(*drawn(draw, data[prompt][0], 5))

    def large(draw: Random, prompt: str) -> bool:
        return claims_by_means(*drawn(draw, many, 5))

    def clusters(draw: Random, prompt: str) -> bool:
        return claims_by_means(*drawn(draw, grouped[prompt], 1), names)

    def scores(draw: Random, prompt: str) -> bool:
        return claims_by_means(*drawn(draw, data[prompt][1], 1), shares=False)

    def sequential(draw: Random, prompt: str) -> bool:
        changes = pair(draw, many)
        draw.shuffle(changes)
        return any(claims(counted(changes[: 100 * look], alpha)) for look, alpha in enumerate(ALPHAS, 1))

    def together(draw: Random, prompt: str) -> bool:
        return any(map(claims, among([counted(pair(draw, data[prompt][0])) for _ in range(8)])))

    def diluted(draw: Random, prompt: str) -> bool:
        few = [pair(draw, data[prompt][0][60:68]) for _ in range(32)]  # of eight cases hardly one changes
        return any(map(claims, among([counted(each) for each in [pair(draw, data[prompt][0]), *few]])))

    def apart(draw: Random, prompt: str) -> bool:
        return any(claims(counted(pair(draw, data[prompt][0]))) for _ in range(8))

    def peeking(draw: Random, prompt: str) -> bool:
        changes = pair(draw, many)
        draw.shuffle(changes)
        return any(claims(counted(changes[:seen])) for seen in range(20, len(changes) + 1, 10))

    def drop(draw: Random, prompt: str) -> bool:
        return sum(pair(draw, data[prompt][0])) < 0

    def flip(draw: Random, prompt: str) -> bool:
        return -1 in pair(draw, data[prompt][0])

    rules: list[tuple[str, Callable[[Random, str], bool]]] = [
        ("one answer a side: Tango and McNemar, 100 cases", one),
        ("five answers a side: bootstrap-t and sign flips, 100 cases", repeats),
        ("five answers a side: paired t, 400 cases", large),
        ("100 clusters of three cases", clusters),
        ("a score (length of the answer), 100 cases", scores),
        ("four looks at 400 cases: O'Brien and Fleming", sequential),
        ("eight prompts in one change: Tarone and Holm, any of them", together),
        ("the same, and 32 prompts of eight cases each", diluted),
        ("*naive:* eight prompts, each by itself", apart),
        ("*naive:* stop when p < 0.05, looking every 10 of 400 cases", peeking),
        ("*naive:* any drop of the pass rate fails", drop),
        ("*naive:* any case that breaks fails", flip),
    ]
    lines = ["| rule | standard prompt | chain of thought |", "| -- | -- | -- |"]
    for name, rule in rules:
        shares = []
        for prompt in PROMPTS:
            draw = Random(f"{name} {prompt}")
            shares.append(sum(rule(draw, prompt) for _ in range(SPLITS)) / SPLITS)
        lines.append(f"| {name} | {shares[0]:.1%} | {shares[1]:.1%} |")
    return "\n".join(lines)


def dilution() -> str:
    """Return how often a true fall is claimed among prompts that hardly change, by Holm's procedure and by ours.

    The fall is that from the standard prompt to chain of thought, 400 cases; beside it stand prompts of eight cases of
    which nothing changed but by chance.
    """
    base, head = ([case for case in read(prompt)[0] for _ in range(4)] for prompt in PROMPTS)
    lines = ["| prompts beside it | alone | Holm | Tarone and Holm |", "| -- | -- | -- | -- |"]
    for beside in (8, 32, 128):
        draw, seen = Random(beside), [0, 0, 0]
        for _ in range(SPLITS):
            fall = counted([draw.choice(new) - draw.choice(old) for old, new in zip(base, head, strict=True)])
            others = [counted(pair(draw, base[240:248])) for _ in range(beside)]
            differ = sum(bool(each.broken or each.fixed) for each in (fall, *others))
            found = (claims(fall), claims(fall) and differ * fall.p_value < ALPHA, claims(among([fall, *others])[0]))
            seen = [before + now for before, now in zip(seen, found, strict=True)]
        lines.append(f"| {beside} | " + " | ".join(f"{count / SPLITS:.1%}" for count in seen) + " |")
    return "\n".join(lines)


def student(units: Sequence[Unit], confidence: float) -> tuple[float, float]:
    """Return the interval of Student's t."""
    mean, error = mean_and_error(units)
    half = student_quantile((1 + confidence) / 2, len(units) - 1) * error
    return mean - half, mean + half


def bca(units: Sequence[Unit], confidence: float, replicates: int = 999) -> tuple[float, float]:
    """Return the bias-corrected and accelerated interval (Efron 1987) of units of one value."""
    values, groups, draw = [unit.total for unit in units], len(units), Random(1)
    mean = sum(values) / groups
    found = sorted(sum(draw.choices(values, k=groups)) / groups for _ in range(replicates))
    below = sum(value < mean for value in found) + sum(value == mean for value in found) / 2
    bias = normal_quantile(min(max(below, 0.5), replicates - 0.5) / replicates)
    cubes, squares = (sum((value - mean) ** power for value in values) for power in (3, 2))
    acceleration = cubes / (6 * squares**1.5)

    def at(z: float) -> float:
        share = normal_below(bias + (bias + z) / (1 - acceleration * (bias + z)))
        return found[min(max(round(share * (replicates + 1)) - 1, 0), replicates - 1)]

    z = normal_quantile((1 + confidence) / 2)
    return at(-z), at(z)


def coverage(runs: int = 150) -> str:
    """Return how often 95 % intervals miss the truth, for three ways to set the interval of few means."""
    cot, standard = read("cot")[0], read("standard")[0]
    truth = (sum(map(sum, cot)) - sum(map(sum, standard))) / 10_000
    methods = {"t": student, "BCa": bca, "bootstrap-t": percentile_t}
    lines = ["| differences | cases | t | BCa | bootstrap-t |", "| -- | -- | -- | -- | -- |"]
    for name, shares in (("chain of thought − standard, five answers", True), ("scores, log-normal", False)):
        for cases in (30, 100):
            draw, missed = Random(cases), dict.fromkeys(methods, 0)
            for _ in range(runs):
                if shares:
                    chosen = draw.choices(range(100), k=cases)
                    base, head = (
                        [sum(draw.sample(side[index], 5)) / 5 for index in chosen] for side in (standard, cot)
                    )
                else:
                    base, head = [0.0] * cases, [draw.lognormvariate(0, 1) for _ in range(cases)]
                expected = truth if shares else 1.6487212707
                for method, interval in methods.items():
                    with patch.object(paired_means, "percentile_t", interval):
                        found = compare_means(base, head, shares=shares)
                    missed[method] += not found.lower <= expected <= found.upper
            lines.append(
                f"| {name} | {cases} | " + " | ".join(f"{count / runs:.1%}" for count in missed.values()) + " |"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    print(coverage() if "--coverage" in sys.argv else f"{table()}\n\n{dilution()}")
