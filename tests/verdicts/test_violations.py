"""What may not fail is the same wherever it is asked: when checks run, and when two revisions are compared."""

import pytest

from promptstead.evaluators.shared.results import CaseResult, Result
from promptstead.model import Case, EvaluatorSpec, Gate, RecordedOutput, Sample
from promptstead.verdicts.gate import decide
from promptstead.verdicts.pairing import sides
from promptstead.verdicts.violations import violations
from promptstead.words.sentence import NOTHING_SAID, own_words

PASSES, FAILS, UNSCORED = (
    Result(True, own_words("fine")),
    Result(False, own_words("wrong")),
    Result(None, own_words("nothing to go by")),
)
SCORE, LABEL = Result(0.7, own_words("close")), Result("good", own_words("said so"))


def judged(*samples: Result, must_pass: bool = False, source: str = "live") -> CaseResult:
    case = Case("c", {}, must_pass=must_pass)
    output = RecordedOutput("c", "m", source, tuple(Sample("x") for _ in samples))  # type: ignore[arg-type]
    spec = EvaluatorSpec("right", "equals", {}, "x.prompt.yml", ())
    return CaseResult(case, "m", "evaluated", NOTHING_SAID, output, tuple({"right": each} for each in samples), (spec,))


def checked(result: CaseResult, hard: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(check, reason) for _, check, reason in violations(result, hard)]


def reviewed(result: CaseResult, hard: tuple[str, ...]) -> list[tuple[str, str]]:
    (side,) = sides([result], [result])
    return [(each.check, each.reason) for each in decide(side, Gate(hard=hard), Gate()).violations]


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        ((PASSES, PASSES), ""),
        ((SCORE, PASSES), ""),
        ((PASSES, FAILS), "wrong"),
        ((UNSCORED, FAILS), "wrong"),
        ((PASSES, UNSCORED), "unscored: nothing to go by"),
        ((SCORE,), "no assertion ran on it"),
        ((LABEL,), "no assertion ran on it"),
    ],
)
def test_a_hard_check_holds_where_it_passes(samples: tuple[Result, ...], reason: str) -> None:
    expected = [("right", reason)] if reason else []
    assert checked(judged(*samples), ("right",)) == reviewed(judged(*samples), ("right",)) == expected
    assert checked(judged(*samples), ()) == reviewed(judged(*samples), ()) == []


@pytest.mark.parametrize(
    ("samples", "found", "said"),
    [
        ((PASSES,), [], []),
        ((FAILS,), [("right", "wrong")], [("must_pass", "right: wrong")]),
        ((UNSCORED,), [("right", "unscored: nothing to go by")], [("must_pass", "right: unscored: nothing to go by")]),
        ((SCORE,), [("must_pass", "no assertion ran on it")], [("must_pass", "no assertion ran on it")]),
    ],
)
def test_a_must_pass_case_holds_where_it_passes(
    samples: tuple[Result, ...], found: list[tuple[str, str]], said: list[tuple[str, str]]
) -> None:
    result = judged(*samples, must_pass=True)
    assert checked(result, ()) == found
    assert reviewed(result, ()) == said


def test_a_reference_answer_must_pass_every_check_but_not_of_a_change() -> None:
    written = judged(FAILS, source="reference")
    assert checked(written, ()) == [("right", "wrong")]
    assert reviewed(written, ()) == []
    assert checked(judged(UNSCORED, source="reference"), ()) == []


def test_what_no_judge_was_asked_about_can_be_accepted() -> None:
    assert violations(judged(UNSCORED), ("right",), unscored=False) == []
    assert len(violations(judged(UNSCORED, FAILS), ("right",), unscored=False)) == 1
