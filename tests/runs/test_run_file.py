"""A run file holds everything that was judged, and says where it is damaged."""

import json
from typing import Any

import pytest

from promptstead.errors import PromptsteadError
from promptstead.evaluators.shared.results import CaseResult, Result
from promptstead.model import Case, EvaluatorSpec, Gate, RecordedOutput, Sample, Usage
from promptstead.runs.reader import RunReader
from promptstead.runs.writer import (
    End,
    Row,
    Run,
    RunPrompt,
    TakenAnswer,
    dump_answer,
    dump_end,
    dump_row,
    dump_run,
    meaning,
)
from promptstead.words.sentence import NOTHING_SAID, OWN_WORDS, own_words, say

DIGEST = "sha256:" + "0" * 64
RIGHT = EvaluatorSpec("right", "equals", {"value": "{{ expected }}", "weight": 2}, "p.yml", ("evaluators", "right"))
OWN = EvaluatorSpec("own", "length", {"max": 3}, "c.yml", ())
RUN = Run(
    "0.1",
    "abc",
    True,
    "2026-01-01T00:00:00Z",
    "live",
    (RunPrompt("shop/mood", "prompts/shop/mood.prompt.yml", {"tests": DIGEST}, {}, Gate("right"), "high", (RIGHT,)),),
    {"tags": ["a"]},
    (2, 3),
)
CASE = Case("c", {"x": [1]}, None, True, ({"role": "user", "content": "hé"},), ("a",), True, "doc", (OWN,))
OUTPUT = RecordedOutput(
    "c",
    "m@1",
    "live",
    (Sample("yes\n", "stop", Usage(3, None), ({"id": "1"},), 0.25, 0.5), Sample("no")),
    DIGEST,
    attempts=3,
)
JUDGED = (
    {"right": Result(True, own_words("ok")), "own": Result(0.5, own_words("half \ud83d"))},
    {"right": Result(None, own_words("why")), "own": Result("x", own_words(""))},
)
ROWS = [
    Row("shop/mood", CaseResult(CASE, "m@1", "evaluated", NOTHING_SAID, OUTPUT, JUDGED, (RIGHT, OWN))),
    Row("shop/mood", CaseResult(Case("d", {}), "m@1", "not evaluated", own_words("no answer"))),
    Row("shop/mood", CaseResult(Case("e", {}), "m@1", "not evaluated", own_words("stale"), OUTPUT._replace(case="e"))),
]


def lines(*, end: bool = True) -> list[str]:
    return [dump_run(RUN), *map(dump_row, ROWS), *([dump_end(End(3, 7, looks=({"n": 1},)))] if end else [])]


def test_scores_stay_with_an_imported_answer_and_with_no_other() -> None:
    carried = OUTPUT._replace(
        source="imported", samples=(Sample("yes", scores={"clarity": 0.5, "depth": 3}), Sample("no"))
    )
    row = ROWS[0]._replace(result=ROWS[0].result._replace(output=carried))
    text = [dump_run(RUN), dump_row(row), dump_end(End(1))]
    (found,) = RunReader(text, "x.run.jsonl").rows()
    assert found.result.output == carried
    for forged in (
        text[1].replace('"source":"imported"', '"source":"live"'),
        text[1].replace('"source":"imported",', ""),
        dump_answer(TakenAnswer("shop/mood", "c", "m@1", DIGEST, carried.samples[0])),
    ):
        assert forged != text[1]
        with pytest.raises(PromptsteadError, match="scores"):
            list(RunReader([text[0], forged], "x.run.jsonl").rows())


def test_what_is_written_is_read() -> None:
    reader = RunReader(lines(), "x.run.jsonl")
    assert reader.run == RUN._replace(prompts=(RUN.prompts[0]._replace(evaluators=(meaning(RIGHT),)),))
    kept = CASE._replace(evaluators=(meaning(OWN),))
    first = CaseResult(kept, "m@1", "evaluated", NOTHING_SAID, OUTPUT, JUDGED, (meaning(RIGHT), meaning(OWN)))
    assert list(reader.rows()) == [Row("shop/mood", first), *ROWS[1:]]
    assert reader.end == End(3, 7, looks=({"n": 1},))
    for line in lines():
        line.encode()


def test_only_what_changes_a_result_is_an_evaluators_meaning() -> None:
    assert meaning(RIGHT) == meaning(RIGHT._replace(options={"value": "{{ expected }}", "x-a": 1, "description": "d"}))
    assert meaning(RIGHT) != meaning(RIGHT._replace(options={"value": "y"}))
    assert meaning(meaning(RIGHT)) == meaning(RIGHT)


def test_a_run_that_was_stopped_has_no_end_and_its_half_written_line_does_not_count() -> None:
    reader = RunReader([*lines(end=False)[:3], dump_row(ROWS[2])[:20]], "x")
    assert len(list(reader.rows())) == 2
    assert reader.end is None


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda: ["{}\n"], "x: this is not a run file"),
        (lambda: [], "x:1: this line is not a JSON object"),
        (lambda: [lines()[0], "[1]\n"], "x:2: this line is not a JSON object"),
        (lambda: [lines()[0], '{"prompt": NaN}\n'], "x:2: this line is not a JSON object"),
        (lambda: [lines()[0], "[" * 100_000 + "\n"], "x:2: this line is not a JSON object"),
        (
            lambda: [lines()[0], dump_row(ROWS[1])[:-2] + ',"unknown":1}\n'],
            "x:2: this line does not belong in a run file",
        ),
        (
            lambda: [lines()[0], dump_row(ROWS[0]).replace("0.5", "1e101")],
            "x:2: this line does not belong in a run file",
        ),
        (lambda: [lines()[0], dump_row(ROWS[1]._replace(prompt="other"))], "x:2: the run has no prompt `other`"),
        (lambda: [lines()[0], dump_row(ROWS[0]).replace("yes", "\\ud83d")], "x:2: an answer on this line holds half"),
        (
            lambda: [lines()[0], dump_row(ROWS[0]).replace('"m@1"', '"\\ud83d"')[:-2] + ',"u":1}\n'],
            "x:2: this line does not belong in a run file",
        ),
        (lambda: [*lines()[:2], lines()[-1]], "x:3: the run counts 3 rows but has 1"),
        (lambda: [*lines(), lines()[1]], "x:6: there is something after the end of the run"),
    ],
)
def test_damage_is_named_with_its_line(damage: Any, message: str) -> None:
    with pytest.raises(PromptsteadError) as error:
        list(RunReader(damage(), "x").rows())
    assert str(error.value).startswith(message)


def test_every_line_is_json_for_other_readers() -> None:
    assert [next(iter(json.loads(line))) for line in lines()] == ["format", "prompt", "prompt", "prompt", "end"]


def test_what_was_said_can_be_said_in_french_after_it_was_read() -> None:
    said = say("evaluators.too-many", most=3, measured=say("evaluators.words", n=5))
    stale = say("answers.stale-request")
    rows = [
        Row("shop/mood", CaseResult(CASE, "m@1", "evaluated", NOTHING_SAID, OUTPUT, ({"right": Result(False, said)},))),
        Row("shop/mood", CaseResult(Case("d", {}), "m@1", "not evaluated", stale)),
    ]
    reader = RunReader([dump_run(RUN), *map(dump_row, rows)], "x")
    judged, missing = (row.result for row in reader.rows())
    reason = judged.samples[0]["right"].reason
    assert (reason, reason.code) == (said, "evaluators.too-many")
    assert reason.to("fr") == "attendu : au plus 3 ; obtenu : 5 mots"
    assert (missing.why, missing.why.to("fr")) == (stale, stale.to("fr"))


def test_a_file_of_an_earlier_release_is_read() -> None:
    """Its reasons are texts, which say nothing in another language."""
    first, row = json.loads(dump_run(RUN)), json.loads(dump_row(ROWS[0]))
    first["format"] = "promptstead/run/v1"
    row["samples"][0]["results"]["right"]["reason"] = "as it was said then"
    why = json.loads(dump_row(ROWS[1])) | {"why": "no answer"}
    reader = RunReader([json.dumps(entry) + "\n" for entry in (first, row, why)], "x")
    judged, missing = (row.result for row in reader.rows())
    reason = judged.samples[0]["right"].reason
    assert (reason, reason.code, reason.to("fr")) == ("as it was said then", OWN_WORDS, "as it was said then")
    assert missing.why == "no answer"


@pytest.mark.parametrize(
    "reason",
    [
        {"code": "evaluators.words", "arguments": {"n": "many"}, "text": "many words"},
        {"code": "evaluators.words", "arguments": {}, "text": "many words"},
        {"code": "evaluators.nothing-of-ours", "arguments": {}, "text": "many words"},
        {"code": "os.path", "arguments": {}, "text": "many words"},
    ],
)
def test_a_sentence_that_is_not_ours_is_text(reason: dict[str, Any]) -> None:
    row = json.loads(dump_row(ROWS[0]))
    row["samples"][0]["results"]["right"]["reason"] = reason
    [found] = RunReader([dump_run(RUN), json.dumps(row) + "\n"], "x").rows()
    said = found.result.samples[0]["right"].reason
    assert (said, said.to("fr")) == ("many words", "many words")
