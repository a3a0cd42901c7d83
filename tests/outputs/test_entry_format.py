"""The file of recorded outputs: what is written is read back, whatever a model said."""

import json
from io import StringIO
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from promptstead.documents.document import text_document
from promptstead.documents.yaml_reader import read
from promptstead.errors import PromptsteadError
from promptstead.evaluators.samples import as_entries, kept, kept_calls
from promptstead.model import Json, RecordedOutput, Sample, Usage
from promptstead.outputs.entry_format import dump, dump_lines, entry_line, parse_line
from promptstead.outputs.reader import parse


def wire(name: str, arguments: str) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name[:300], "arguments": arguments}}


DIGEST = "sha256:" + "0a" * 32
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.text(
    " \t\n\r#:-'\"\\|>a\x85\u2028", max_size=30
)


calls = st.lists(st.builds(wire, texts.filter(bool), texts), max_size=3).map(tuple)


def an_output(text: str, case: str = "a", model: str = "m") -> RecordedOutput:
    return RecordedOutput(case, model, "live", (Sample(text),), request=DIGEST, at=("outputs", 0))


def read_back(text: str) -> list[RecordedOutput]:
    document = read(text.encode(), "outputs.yml")
    assert document.problems == ()
    outputs, problems = parse(document)
    assert problems == []
    return outputs


@settings(max_examples=200, deadline=None)
@given(st.lists(texts, min_size=1, max_size=3), texts.filter(bool), st.none() | st.integers(0, 2**40), calls)
@example(["a\n---\nb\n..."], "m", None, ())
@example([" a", "a ", "a\n", "a\n\n"], "no", 3, (wire("12", '{"a": 1}\n'), wire("- x", "")))
@example(["\ufeff", "\U0001f600 é", "line\r\nline"], "12:30", 0, ())
@example(["  a\n b \n\n   \n c"], "{x}", 0, ())
def test_any_answer_is_read_back(answers: list[str], model: str, tokens: int | None, called: tuple[Json, ...]) -> None:
    samples = tuple(Sample(answer, "stop", Usage(tokens, tokens), called) for answer in answers)
    golden = {"sample": 1, "by": "A: B", "why": "no"}
    output = RecordedOutput("case-1", model[:300], "imported", samples, "", DIGEST, 2, golden, ("outputs", 0))
    text = dump([output])
    assert read_back(text) == [output]
    by_ruamel: Any = YAML(typ="safe", pure=True).load(StringIO(text))
    assert [sample["output"] for sample in by_ruamel["outputs"][0]["samples"]] == answers
    assert [sample.get("tool_calls", []) for sample in by_ruamel["outputs"][0]["samples"]] == [
        as_entries(called)
    ] * len(answers)
    assert parse(text_document("outputs.jsonl", dump_lines([output]))) == ([output._replace(at=("outputs", 1))], [])


scores = st.dictionaries(
    st.sampled_from(["clarity", "no", "1e5", "07", "a.b-c_d", "null"]),
    st.integers(-(2**53), 2**53) | st.floats(-1e100, 1e100),
    min_size=1,
)


@given(scores)
@example({"tiny": 1e-07, "huge": 1e22, "zero": -0.0, "whole": 2**53})
def test_scores_of_an_imported_answer_are_read_back(carried: dict[str, float]) -> None:
    samples = (Sample("a", "stop", Usage(1, 2), (), scores=carried), Sample("b"))
    output = RecordedOutput("a", "m", "imported", samples, "", DIGEST, at=("outputs", 0))
    text = dump([output])
    document = read(text.encode(), "outputs.yml")
    assert document.problems == (), "no tool reads such a number otherwise"
    assert parse(document) == ([output], [])
    assert YAML(typ="safe", pure=True).load(StringIO(text))["outputs"][0]["samples"][0]["scores"] == carried
    assert parse(text_document("outputs.jsonl", dump_lines([output]))) == ([output._replace(at=("outputs", 1))], [])


def carrying(scores: str) -> str:
    """Return a line of ``outputs.jsonl`` whose answer carries these scores, as JSON."""
    return f'{{"case":"a","model":"m","source":"imported","samples":[{{"output":"a","scores":{scores}}}]}}'


def test_a_whole_number_too_large_for_a_float_to_hold_is_one() -> None:
    output = parse_line(carrying('{"x": 1' + "0" * 30 + "}").encode())
    assert output.samples[0].scores == {"x": 1e30}
    assert read_back(dump([output]))[0].samples == output.samples


@pytest.mark.parametrize("source", ["live", "reference"])
def test_an_answer_that_is_not_imported_carries_no_scores(source: str) -> None:
    samples = [{"output": "a"}, {"output": "b", "scores": {"x": 1}}]
    entry = {"case": "a", "model": "m", "source": source, "request": DIGEST, "samples": samples}
    document = read(json.dumps({"schema": "promptstead/outputs/v1", "outputs": [entry]}).encode(), "outputs.yml")
    for found in (document, text_document("outputs.jsonl", json.dumps(entry))):
        outputs, problems = parse(found)
        assert outputs == []
        assert [(each.message, each.hint) for each in problems] == [
            (
                "only an imported answer carries `scores`",
                "an evaluator scores it, or its `source` is `imported`",
            )
        ]
    with pytest.raises(ValueError, match="scores"):
        parse_line(json.dumps(entry).encode())


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ('{"x": "4"}', "`x` must be a number; got the text `4`"),
        ('{"x": true}', "`x` must be a number"),
        ('{"x": null}', "`x`"),
        ('{"x": 1e101}', "`x` must be at most"),
        ('{"x y": 1}', "x y"),
        ("{}", "`scores`"),
        (json.dumps({f"s{number}": 1 for number in range(51)}), "`scores` has 51 keys"),
    ],
)
def test_what_is_no_score_is_refused(scores: str, message: str) -> None:
    outputs, problems = parse(text_document("outputs.jsonl", carrying(scores)))
    assert outputs == []
    assert message in problems[0].message


def test_an_answer_of_several_lines_is_a_block() -> None:
    text = dump([an_output('{"category": "card",\n "urgency": "high"}')])
    assert "output: |-\n" in text
    assert '\n          {"category": "card",\n           "urgency": "high"}\n' in text


def test_white_space_that_an_editor_would_strip_is_quoted_line_by_line() -> None:
    text = dump([an_output("first  \nsecond")])
    assert '"\\\n          first  \\n\\\n          second"' in text
    assert not any(line != line.rstrip() for line in text.split("\n"))


def test_the_order_is_stable() -> None:
    one, two, three = an_output("x", "a", "m"), an_output("x", "a", "n"), an_output("x", "b", "m")
    assert dump([three, two, one]) == dump([one, two, three])
    assert dump_lines([three, two, one]) == dump_lines([one, two, three])
    assert dump(read_back(dump([three, one, two]))) == dump([one, two, three])


def test_nothing_recorded_is_a_valid_file() -> None:
    assert read_back(dump([])) == []
    assert parse(text_document("outputs.jsonl", dump_lines([]))) == ([], [])


@pytest.mark.parametrize("case", ["no", "1e5", "007", "null", "true", "a.b-c_d"])
def test_ids_stay_text(case: str) -> None:
    assert read_back(dump([an_output("x", case)]))[0].case == case


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(PromptsteadError, match="surrogate"):
        dump([an_output("\ud800")])
    with pytest.raises(PromptsteadError, match="surrogate"):
        dump_lines([an_output("\ud800")])
    line = json.dumps(
        {"case": "a", "model": "m", "source": "live", "request": DIGEST, "samples": [{"output": "\ud800"}]}
    )
    outputs, problems = parse(text_document("outputs.jsonl", line))
    assert outputs == []
    assert "surrogate" in problems[0].message


def test_two_entries_for_one_case_and_model_are_a_problem() -> None:
    text = dump([an_output("first"), an_output("second")])
    outputs, problems = parse(read(text.encode(), "outputs.yml"))
    assert [output.samples[0].output for output in outputs] == ["first"]
    assert "two recorded answers" in problems[0].message


def test_a_file_against_its_schema_gives_no_outputs() -> None:
    text = dump([an_output("x")]).replace(f"    request: {DIGEST}\n", "")
    outputs, problems = parse(read(text.encode(), "outputs.yml"))
    assert outputs == []
    assert "request" in problems[0].message


def test_lines_that_are_no_json_are_named_by_their_place() -> None:
    good = entry_line(an_output("x")) + "\n"
    document = text_document("outputs.jsonl", good + "{oops\n\n" + '{"case": NaN}\n' + "[" * 100_000)
    outputs, problems = parse(document)
    assert outputs == [an_output("x")]  # a broken line spoils no other
    assert [document.position(problem.span.start)[0] for problem in problems] == [2, 4, 5]


def test_a_line_with_a_key_twice_is_named_by_its_place() -> None:
    good = entry_line(an_output("x")) + "\n"
    for doubled in (
        good.replace('"output":"x"', '"output":"x","output":"y"'),
        good.replace('"source":', '"source":"reference","source":'),
    ):
        document = text_document("outputs.jsonl", good.replace('"a"', '"b"') + doubled)
        _, (problem,) = parse(document)
        assert document.position(problem.span.start)[0] == 2
        assert "duplicate key" in problem.message
        with pytest.raises(ValueError, match="duplicate key"):
            parse_line(doubled.encode())
    assert parse_line(good.encode()) == an_output("x")


def test_a_line_against_the_schema_is_named_by_its_place() -> None:
    document = text_document("outputs.jsonl", entry_line(an_output("x")) + "\n" + '{"case": "b"}\n')
    outputs, problems = parse(document)
    assert outputs == [an_output("x")]
    assert {document.position(problem.span.start)[0] for problem in problems} == {2}


def test_the_id_of_a_call_is_not_kept_and_no_other_kind_of_call_is() -> None:
    call = wire("f", "{ }")
    assert kept(Sample("", tool_calls=({"id": "call_1"} | call,), seconds=1.0)) == Sample("", tool_calls=(call,))
    for other in (
        "f",
        {},
        {"type": "custom", "custom": {"name": "f", "input": ""}},
        wire("", ""),
        wire("f", "") | {"function": {"name": "f"}},
    ):
        assert kept_calls([call, other]) is None
    with pytest.raises(PromptsteadError, match="not a function"):
        kept(Sample("", tool_calls=({},)))


def test_a_misspelt_key_that_is_needed_leaves_no_outputs() -> None:
    text = (
        "schema: promptstead/outputs/v1\noutput:\n  - {case: a, model: m, source: reference, samples: [{output: x}]}\n"
    )
    outputs, problems = parse(read(text.encode(), "outputs.yml"))
    assert outputs == []
    assert [problem.code for problem in problems] == ["SCH002"]
