"""What the reports say in French that the commands' tests do not come to, beside files that hold it whole.

``python -m tests.report.test_french_reports`` writes the files anew.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from promptstead.evaluators.shared.results import CaseResult, Result
from promptstead.model import Case, EvaluatorSpec, RecordedOutput, Sample, Usage
from promptstead.report.accept_text import as_lines
from promptstead.report.audit_text import audit_lines
from promptstead.report.run_text import render
from promptstead.runs.calibration import Audit
from promptstead.runs.writer import Row, Run, RunPrompt
from promptstead.statistics.agreement import Agreement, SelfAgreement
from promptstead.verdicts.run_report import RunReport
from promptstead.words.sentence import NOTHING_SAID, own_words
from promptstead.words.template import Language
from tests.made_runs import row

FOLDER = Path(__file__).parent / "french"
TOPIC = EvaluatorSpec("topic", "label", {"labels": ["Card", "Loan"], "expected": "{{ expected }}"}, "", ())
RUN = Run("0.1", "0" * 40, False, "2026-01-01T00:00:00Z", "replay", (RunPrompt("shop/mood", "mood.prompt.yml"),))
NOTHING = Agreement(0, None, None, None, None, None, None)


def labelled(case: str, right: str, given: str) -> Row:
    """Return a case whose answer was given a label."""
    output = RecordedOutput(case, "m@2", "live", (Sample(given, usage=Usage(1_500_000, 20)),))
    judged = ({"topic": Result(given, own_words("as written"))},)
    return Row(
        "shop/mood", CaseResult(Case(case, {}, right, True), "m@2", "evaluated", NOTHING_SAID, output, judged, (TOPIC,))
    )


def run_text(language: Language) -> str:
    found = RunReport(RUN)
    for number in range(4):
        found.add(row(f"c{number}", [True, number % 2 == 0], reason="a reason of theirs"))
    found.add(row("d", None, reason="no label"))
    found.add(labelled("e", "Card", "Card"))
    found.add(labelled("f", "Loan", "Card"))
    return render(found, language)


def audit_text(language: Language) -> str:
    kappa = Agreement(1200, 0.875, 0.8, 0.95, 0.7512, 0.6, 0.9)
    itself = SelfAgreement(8, 1, 0.125, 0.022, 0.471, 0.125)
    every = Audit("tone", "judges/tone", 1500, 1400, 2, itself, 2, 3, 1, kappa, kappa, {})
    weaker = every._replace(agreement=kappa._replace(kappa_lower=None), weighted=kappa._replace(kappa=None))
    nobody = every._replace(agreement=NOTHING, itself=SelfAgreement(0, 0, None, None, None, None))
    found = (every, weaker, nobody)
    return "".join(f"{line}\n" for each in found for line in audit_lines("shop/mood", each, language))


def accept_text(language: Language) -> str:
    def result(*answers: str, score: float | None) -> CaseResult:
        output = RecordedOutput("a", "m@1", "live", tuple(map(Sample, answers)), attempts=len(answers) + 1)
        judged = tuple(
            {"close": Result(score, own_words("a reason")), "right": Result(score is None, own_words("theirs"))}
            for _ in answers
        )
        return CaseResult(Case("a", {}), "m@1", "evaluated", NOTHING_SAID, output, judged)

    known, new = result("good", score=None), result("good", "bad", score=0.25)
    first = result("line\n" * 300, score=1234.5)
    shown = (*as_lines(known, new, lambda _: 1.5, language), *as_lines(None, first, lambda _: None, language))
    return "".join(f"{line}\n" for line in shown if line != "    line")


TEXTS = {"run": run_text, "audit": audit_text, "accept": accept_text}


@pytest.mark.parametrize("name", TEXTS)
def test_a_report_is_said_in_french(name: str) -> None:
    said = TEXTS[name]("fr")
    assert said == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TEXTS)
def test_both_languages_have_the_same_lines(name: str) -> None:
    french, english = (list(_shape(TEXTS[name](language))) for language in ("fr", "en"))
    assert french == english


def _shape(text: str) -> Iterator[tuple[int, int]]:
    """Yield the margin of each line (of heads as far as 8) and its digits, which no language changes."""
    for line in text.splitlines():
        yield min(8, len(line) - len(line.lstrip(" "))), sum(map(str.isdigit, line))


if __name__ == "__main__":
    for name, said in TEXTS.items():
        (FOLDER / f"{name}.txt").write_text(said("fr"), encoding="utf-8")
