"""Streaming replay means what replay means, and says what it could not read."""

import json
import re
from collections.abc import Iterable, Mapping

import pytest

from promptstead.config.settings import Config
from promptstead.digests import inputs_digest
from promptstead.errors import PromptsteadError
from promptstead.model import Case, RecordedOutput, Sample, Source
from promptstead.operations.running.replayed_cases import replayed
from promptstead.outputs.entry_format import dump, dump_lines
from promptstead.outputs.index import open_recorded
from promptstead.outputs.replay import Replay
from promptstead.outputs.stream import CaseStream
from promptstead.prompts.library import Library
from promptstead.prompts.requests import Requests
from promptstead.runs.case_filters import Selection
from tests.trees import MemoryTree

PROMPT = """schema: promptstead/v1
title: Sums
inputs:
  question: {}
messages:
  - role: user
    content: "{{ question }}"
model: m/one
evaluators:
  right: {type: equals, value: "{{ expected }}"}
cases:
  - {id: own, inputs: {question: own?}, expected: "0"}
datasets:
  - path: rows.jsonl
"""
PATH = "prompts/sums.prompt.yml"
Files = dict[str, str | bytes]


def rows(count: int) -> str:
    return "".join(
        json.dumps({"id": f"r{index}", "inputs": {"question": f"{index}?"}, "expected": str(index)}) + "\n"
        for index in range(count)
    )


def answers(names: Mapping[str, str], model: str = "m/one", source: Source = "imported") -> list[RecordedOutput]:
    return [
        RecordedOutput(
            name,
            model,
            source,
            (Sample(text),),
            inputs=inputs_digest(Case(name, {"question": f"{name[1:]}?"})),
        )
        for name, text in names.items()
    ]


def streamed(files: Files, selection: Selection | None = None) -> tuple[list[object], CaseStream, list[str]]:
    tree = MemoryTree(files)
    loaded = Library(tree, Config()).load(PATH, rows=False)
    cases = CaseStream(tree, loaded)
    chosen: Iterable[Case] = cases if selection is None else selection.cases(loaded.id, cases)
    with open_recorded(tree, loaded) as recorded:
        results: list[object] = list(replayed(loaded, chosen, recorded))
        return results, cases, [f"{each.line}: {each.message}" for each in recorded.problems]


def whole(files: Files) -> list[object]:
    loaded = Library(MemoryTree(files), Config()).load(PATH)
    assert not loaded.problems
    return list(Replay(loaded).results())


@pytest.mark.parametrize("form", ["yml", "jsonl"])
def test_the_stream_gives_what_replay_gives(form: str) -> None:
    files: Files = {PATH: PROMPT, "prompts/sums/rows.jsonl": rows(6)}
    loaded = Library(MemoryTree(files), Config()).load(PATH)
    requests = Requests(loaded)
    case = requests.case("r4")
    assert case is not None
    outputs = [
        *answers({"r0": "0", "r1": "wrong", "r2": "2"}),
        *answers({"r1": "1", "r5": "5"}, model="m/two"),
        RecordedOutput("r3", "m/one", "live", (Sample("3"),), request="sha256:" + "0" * 64),
        RecordedOutput("r4", "m/one", "live", (Sample("4"), Sample("5")), request=requests.digest(case, "m/one")),
        *answers({"r4": "4"}, model="somebody", source="reference"),
    ]
    dumped = dump(outputs) if form == "yml" else dump_lines(outputs)
    files[f"prompts/sums/outputs.{form}"] = dumped
    results, cases, problems = streamed(files)
    assert not problems
    assert cases.count == 7
    assert cases.wrong == 0
    assert [_plain(each) for each in results] == [_plain(each) for each in whole(files)]


def _plain(result: object) -> str:
    """Return all of a result but its output's place in the file, which a stream does not keep."""
    return re.sub(r"at=\('outputs', \d+\)", "", repr(result))


def test_bad_rows_and_bad_answers_are_counted_and_named() -> None:
    wrong = [
        '{"id": "r1", "inputs": {"question": "again?"}}',
        '{"id": "own", "inputs": {"question": "again?"}}',
        "no JSON",
        '{"id": "r7"}',
        '{"id": "r8", "inputs": {}, "x": 1}',
        "[" * 100_000,
        '{"id": "r9", "inputs": {"question": "\\ud800"}}',
    ]
    lines = dump_lines(answers({"r0": "0", "r1": "1"})).splitlines()[1:]
    broken = lines[0].replace("r0", "r2").replace('"samples"', '"smples"')
    twice = lines[0].replace('"samples"', '"case":"r1","samples"').replace("r0", "r3", 1)
    files: Files = {
        PATH: PROMPT,
        "prompts/sums/rows.jsonl": rows(4) + "\n".join(wrong) + "\n" + rows(5).splitlines()[4],
        "prompts/sums/outputs.jsonl": "\n".join([*lines, lines[0], "nothing", broken, twice]) + "\n",
    }
    results, cases, problems = streamed(files)
    assert cases.count == 6
    assert cases.wrong == len(wrong)
    assert [each.line for each in cases.problems] == list(range(5, 12))
    assert [each.message for each in cases.problems][:4] == [
        "duplicate case id `r1`; the first is on line 2",
        "duplicate case id `own`; the first is in prompts/sums.prompt.yml, line 12",
        "this line is not JSON: Expecting value",
        "the row is not a case: it has no `inputs`",
    ]
    assert problems == [
        "3: case `r0` has two recorded outputs of `m/one`; the first counts",
        "4: this line is not JSON: Expecting value",
    ]
    whys = {each.case.id: each.why for each in results}  # type: ignore[attr-defined]
    assert whys["r0"] == whys["r1"] == ""
    assert whys["r2"].startswith("prompts/sums/outputs.jsonl:5: this line is not a recorded answer")
    assert whys["r3"] == 'prompts/sums/outputs.jsonl:6: duplicate key "case" on this line'
    assert whys["r4"].startswith("no recorded answer")


def test_filters_act_on_the_stream() -> None:
    files: Files = {PATH: PROMPT, "prompts/sums/rows.jsonl": rows(20)}
    results, cases, _ = streamed(files, Selection(ids=("r*",), sample=5))
    assert len(results) == 5
    assert cases.count == 21


def test_models_and_samples_asked_for() -> None:
    outputs = [*answers({"r0": "0", "r1": "1"}), *answers({"r0": "5"}, model="m/two")]
    outputs[2] = outputs[2]._replace(samples=(Sample("5"), Sample("0")))
    files: Files = {
        PATH: PROMPT,
        "prompts/sums/rows.jsonl": rows(2),
        "prompts/sums/outputs.jsonl": dump_lines(outputs),
    }
    tree = MemoryTree(files)
    loaded = Library(tree, Config()).load(PATH, rows=False)
    with open_recorded(tree, loaded) as recorded:
        assert recorded.models == ("m/one", "m/two")
        cases = CaseStream(tree, loaded)
        found = list(replayed(loaded, cases, recorded, models=["m/two"], samples=1))
    assert [(each.case.id, each.model, each.state, len(each.samples)) for each in found] == [
        ("own", "m/two", "not evaluated", 0),
        ("r0", "m/two", "evaluated", 1),
        ("r1", "m/two", "not evaluated", 0),
    ]


def test_a_dataset_that_is_not_there() -> None:
    with pytest.raises(PromptsteadError, match=r"there is no dataset `prompts/sums/rows\.jsonl`"):
        streamed({PATH: PROMPT})
