"""The run file: one evaluation as lines of JSON (``*.run.jsonl``), so that it can be scored again, merged and compared.

The first line says what was evaluated, each further line is one case answered by one model, and the last one counts
them. A file without its last line is a run that was stopped: what it holds is whole, and can be gone on with. Here the
lines are written; :mod:`promptstead.runs.reader` reads them.
"""

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from promptstead.digests import digest
from promptstead.evaluators.judgement_file import Judgement, judgement_entry
from promptstead.evaluators.samples import plain_usage
from promptstead.evaluators.shared.direction import less_is_better
from promptstead.evaluators.shared.results import CaseResult, Result
from promptstead.model import NOTHING, EvaluatorSpec, Gate, Json, Sample, Step, Turn, Usage
from promptstead.plugins import is_plugged
from promptstead.prompts.conversation import stub_json
from promptstead.words.sentence_json import sentence_json

FORMAT = "promptstead/run/v2"
FORMATS = (FORMAT, "promptstead/run/v1")
"""Those that are read; the first had its sentences as texts alone."""


class RunPrompt(NamedTuple):
    """One prompt of a run as it was then. *datasets* maps path -> digest of its bytes; *risk* may be empty."""

    id: str
    path: str
    digests: Mapping[str, str] = NOTHING
    datasets: Mapping[str, str] = NOTHING
    gate: Gate = Gate()
    risk: str = ""
    evaluators: tuple[EvaluatorSpec, ...] = ()
    """Name, type and digest of the options alone: enough to tell whether a check changed, and to read the results."""
    contract: int = 1


class Run(NamedTuple):
    """What was evaluated.

    *commit* is empty outside Git, and *dirty* says that the files differed from it. *started* is a time in ISO 8601,
    UTC. *mode*: answers were replayed, taken live, or those of an earlier run scored again. *selection* are the filters
    by name. *shard* is (1, 4) for the first of four. *samples* is how many answers of each case were asked for.
    """

    promptstead: str
    commit: str
    dirty: bool
    started: str
    mode: str
    prompts: tuple[RunPrompt, ...]
    selection: Mapping[str, Json] = NOTHING
    shard: tuple[int, int] = (1, 1)
    samples: int = 1


class Row(NamedTuple):
    """One case of one prompt answered by one model, judged or not. Its evaluators have the digest of their options."""

    prompt: str
    result: CaseResult


class TakenAnswer(NamedTuple):
    """One answer of a live run whose case waits for others: what is paid for is kept at once."""

    prompt: str
    case: str
    model: str
    request: str
    sample: Sample


class TakenJudgement(NamedTuple):
    """What a judge said of an answer to a prompt in this run, in front of the rows that it decides.

    *usage* and *cost* are those of the call, also where its answer cannot be used and the judgement says why.
    """

    prompt: str
    judgement: Judgement
    usage: Usage = Usage()
    cost: float | None = None


class End(NamedTuple):
    """The last line. What was used, by models and judges, is 0 in a replay.

    *looks* are those of a comparison that may stop early.
    """

    rows: int
    requests: int = 0
    input: int = 0
    output: int = 0
    cost: float | None = 0.0
    looks: tuple[Json, ...] = ()


def meaning(spec: EvaluatorSpec) -> EvaluatorSpec:
    """Return the evaluator as a run file keeps it: one digest of the options that can change a result.

    Beside it stands ``better: lower`` where a lower score is the better one, and the package that brings the evaluator.
    """
    if "digest" in spec.options:
        return spec
    options = {
        key: value
        for key, value in spec.options.items()
        if key not in ("better", "description", "weight") and not key.startswith("x-")
    }
    kept: dict[str, Json] = {"digest": digest([spec.type, options])}
    if less_is_better(spec):
        kept["better"] = "lower"
    if is_plugged(spec.type):
        kept |= {key: options[key] for key in ("package", "version") if key in options}
    return EvaluatorSpec(spec.name, spec.type, kept, "", ())


def dump_run(run: Run) -> str:
    """Return the first line."""
    shard = list(run.shard)
    entry = {"format": FORMAT, **run._asdict(), "prompts": [_prompt(prompt) for prompt in run.prompts], "shard": shard}
    return _line(entry | {"selection": dict(run.selection)})


def dump_row(row: Row) -> str:
    """Return the line of one case."""
    result, case = row.result, row.result.case
    entry: dict[str, Json] = {"prompt": row.prompt, "case": case.id, "model": result.model, "inputs": dict(case.inputs)}
    if case.history:
        entry["history"] = [dict(turn) for turn in case.history]
    if case.turns:
        entry["turns"] = [_turn(turn) for turn in case.turns]
    if case.stubs:
        entry["stubs"] = [stub_json(stub) for stub in case.stubs]
    if case.has_expected:
        entry["expected"] = case.expected
    if case.tags:
        entry["tags"] = list(case.tags)
    if case.must_pass:
        entry["must_pass"] = True
    if case.cluster:
        entry["cluster"] = case.cluster
    if own := list(case.every_evaluator()):
        named = {spec.name for spec in own}
        # those that judged have what they take from the prompt
        entry["evaluators"] = _evaluators([spec for spec in result.evaluators if spec.name in named] or own)
    output = result.output
    if output is not None:
        entry |= {"source": output.source, "attempts": output.attempts}
        if output.request:
            entry["request"] = output.request
        if output.inputs:
            entry["tie"] = output.inputs
    if result.state != "evaluated":
        entry["why"] = sentence_json(result.why)
    samples = output.samples if output is not None else ()
    if samples:
        entry["samples"] = [
            _sample(sample, result.samples[index] if index < len(result.samples) else None)
            for index, sample in enumerate(samples)
        ]
    return _line(entry)


def dump_answer(answer: TakenAnswer) -> str:
    """Return the line of an answer whose case waits for others."""
    return _line({"answer": answer._asdict() | {"sample": _sample(answer.sample, None)}})


def dump_taken(taken: TakenJudgement) -> str:
    """Return the line of a judgement."""
    entry: dict[str, Json] = {"prompt": taken.prompt, "said": judgement_entry(taken.judgement)}
    if usage := plain_usage(taken.usage):
        entry["usage"] = usage
    if taken.cost is not None:
        entry["cost"] = taken.cost
    return _line({"judgement": entry})


def dump_end(end: End) -> str:
    """Return the last line."""
    return _line({"end": end._asdict() | {"looks": list(end.looks)}})


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False)


def _line(entry: Json) -> str:
    # A lone half of a surrogate pair, which a file name or a reason may hold, is written as JSON writes it.
    text = _ENCODER.encode(entry)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(entry, separators=(",", ":"), allow_nan=False)
    return text + "\n"


def _prompt(prompt: RunPrompt) -> Json:
    gate = {"primary": prompt.gate.primary, "margin": prompt.gate.margin, "hard": list(prompt.gate.hard)}
    numbered = {"contract": prompt.contract} if prompt.contract != 1 else {}
    return numbered | {
        "id": prompt.id,
        "path": prompt.path,
        "digests": dict(prompt.digests),
        "datasets": dict(prompt.datasets),
        "gate": gate,
        "risk": prompt.risk,
        "evaluators": _evaluators(prompt.evaluators),
    }


def _evaluators(specs: Iterable[EvaluatorSpec]) -> Json:
    kept = map(meaning, specs)
    return {spec.name: {"type": spec.type, **spec.options} for spec in kept}


def _turn(turn: Turn) -> Json:
    return {"user": turn.user, **({"expected": turn.expected} if turn.has_expected else {})}


def _reply(reply: Sample | Step) -> dict[str, Json]:
    entry: dict[str, Json] = {"output": reply.output}
    if reply.finish_reason:
        entry["finish_reason"] = reply.finish_reason
    if reply.tool_calls:
        entry["tool_calls"] = list(reply.tool_calls)
    if usage := plain_usage(reply.usage):
        entry["usage"] = usage
    if reply.seconds is not None:
        entry["seconds"] = round(reply.seconds, 4)
    if reply.cost is not None:
        entry["cost"] = reply.cost
    return entry


def _sample(sample: Sample, results: Mapping[str, Result] | None) -> Json:
    entry = _reply(sample)
    if sample.steps:
        requests = ({"request": step.request} if step.request else {} for step in sample.steps)
        entry["steps"] = [request | _reply(step) for request, step in zip(requests, sample.steps, strict=True)]
    if sample.scores:
        entry["scores"] = dict(sample.scores)
    if results is not None:
        entry["results"] = {name: _result(each) for name, each in results.items()}
    return entry


def _result(result: Result) -> Json:
    entry: dict[str, Json] = {"value": result.value, "reason": sentence_json(result.reason)}
    return entry | {"part": True} if result.part else entry
