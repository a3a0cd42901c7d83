"""Run files for tests, made through the code that writes them."""

from collections.abc import Iterable, Mapping, Sequence

from promptstead.evaluators.shared.results import CaseResult, Result
from promptstead.model import Case, EvaluatorSpec, Gate, RecordedOutput, Sample
from promptstead.runs.writer import End, Row, Run, RunPrompt, dump_end, dump_row, dump_run
from promptstead.words.sentence import NOTHING_SAID, own_words

RIGHT = EvaluatorSpec("right", "equals", {"value": "{{ expected }}"}, "", ())
PROMPT = RunPrompt("shop/mood", "prompts/shop/mood.prompt.yml", gate=Gate("right"), evaluators=(RIGHT,))
RUN = Run("0.1", "0" * 40, False, "2026-01-01T00:00:00Z", "replay", (PROMPT,))


def row(
    case: str | Case,
    passes: Sequence[bool | None] | bool | None,
    *,
    model: str = "m@1",
    prompt: str = "shop/mood",
    answer: str = "",
    reason: str = "",
) -> Row:
    """Return a judged case: one answer for each of *passes*."""
    case = case if isinstance(case, Case) else Case(case, {"review": f"review of {case}"}, "good", True)
    every = [passes] if isinstance(passes, bool | None) else list(passes)
    samples = tuple(Sample(answer or ("good" if each else "bad")) for each in every)
    judged = tuple({"right": Result(each, own_words(reason or ("as expected" if each else "other")))} for each in every)
    output = RecordedOutput(case.id, model, "live", samples, "sha256:" + "1" * 64)
    return Row(prompt, CaseResult(case, model, "evaluated", NOTHING_SAID, output, judged, (RIGHT,)))


def rows(outcomes: Mapping[str, bool], *, model: str = "m@1", prompt: str = "shop/mood") -> list[Row]:
    """Return one row a case: id -> whether it passes."""
    return [row(case, passes, model=model, prompt=prompt) for case, passes in outcomes.items()]


def outcomes(count: int, wrong: Iterable[int] = ()) -> dict[str, bool]:
    """Return *count* cases, all passing but for those that are *wrong*."""
    bad = set(wrong)
    return {f"c{number:03}": number not in bad for number in range(count)}


def run_file(found: Sequence[Row], run: Run = RUN, *, end: bool = True) -> str:
    """Return a run file's text."""
    tail = [dump_end(End(len(found)))] if end else []
    return "".join([dump_run(run), *map(dump_row, found), *tail])
