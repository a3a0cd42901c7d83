"""The run file: one evaluation as lines of JSON (``*.run.jsonl``), so that it can be scored again, merged and compared.

The first line says what was evaluated, each further line is one case answered by one model, and the last one counts
them. A file without its last line is a run that was stopped: what it holds is whole, and can be gone on with. Lines in
and out; whoever opens the file gives the lines.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from promptstead.digests import digest
from promptstead.errors import PromptsteadError, one_line
from promptstead.evals.direction import less_is_better
from promptstead.evals.results import CaseResult, Result
from promptstead.model import NOTHING, Case, EvaluatorSpec, Gate, Json, RecordedOutput, Sample, Usage
from promptstead.outputs.judgements import Judgement, judgement_entry, read_judgement
from promptstead.source.pairs import DuplicateKey, unique_keys
from promptstead.source.seen import IdTable

FORMAT = "promptstead/run/v1"
MAX_LINE = 32 * 1024 * 1024
"""Characters of the longest line that is read."""


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

    Beside it stands ``better: lower`` where a lower score is the better one.
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
    if case.has_expected:
        entry["expected"] = case.expected
    if case.tags:
        entry["tags"] = list(case.tags)
    if case.must_pass:
        entry["must_pass"] = True
    if case.cluster:
        entry["cluster"] = case.cluster
    if case.evaluators:
        named = {spec.name for spec in case.evaluators}
        # those that judged have what they take from the prompt
        own = [spec for spec in result.evaluators if spec.name in named] or case.evaluators
        entry["evaluators"] = _evaluators(own)
    output = result.output
    if output is not None:
        entry |= {"source": output.source, "attempts": output.attempts}
        if output.request:
            entry["request"] = output.request
        if output.inputs:
            entry["tie"] = output.inputs
    if result.state != "evaluated":
        entry["why"] = result.why
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
    if usage := _usage(taken.usage):
        entry["usage"] = usage
    if taken.cost is not None:
        entry["cost"] = taken.cost
    return _line({"judgement": entry})


def dump_end(end: End) -> str:
    """Return the last line."""
    return _line({"end": end._asdict() | {"looks": list(end.looks)}})


class RunReader:
    """Reads a run file line by line: *run* is there at once, *end* when :meth:`rows` is through (None: it was stopped).

    :param location: what errors call the file.
    :raises PromptsteadError: the first line is not that of a run.
    """

    def __init__(self, lines: Iterable[str], location: str) -> None:
        self._lines = iter(lines)
        self._location = location
        self.end: End | None = None
        entry = _entry(next(self._lines, ""), f"{location}:1")
        if entry.get("format") != FORMAT:
            raise PromptsteadError(
                "this is no run file", hint="promptstead eval --output writes one", location=location
            )
        self.run = _read_run(_checked(entry, "run", f"{location}:1"))
        self._prompts = {prompt.id: prompt for prompt in self.run.prompts}

    def rows(self) -> Iterator[Row]:
        """Yield the rows in order; once. The same errors as :meth:`lines`."""
        return (line for line in self.lines() if isinstance(line, Row))

    def lines(self) -> Iterator[Row | TakenAnswer | TakenJudgement]:
        """Yield the rows, what judges said, and the answers whose case waited when the run was stopped; in order, once.

        :raises PromptsteadError: a line is no row, a row is there twice, or the last line counts otherwise. A line that
            breaks off at the end of the file was being written when the run was stopped, and does not count.
        """
        count = 0
        seen = IdTable()
        for number, line in enumerate(self._lines, 2):
            where = f"{self._location}:{number}"
            if not line.endswith("\n"):
                return
            if self.end is not None:
                raise PromptsteadError("there is something behind the end of the run", location=where)
            entry = _entry(line, where)
            if "end" in entry:
                end = _checked(entry, "end", where)["end"]
                self.end = End(**end | {"looks": tuple(end["looks"])})
                if self.end.rows != count:
                    raise PromptsteadError(f"the run counts {self.end.rows:,} rows and has {count:,}", location=where)
                continue
            if "answer" in entry:
                answer = _checked(entry, "answer", where)["answer"]
                yield TakenAnswer(**answer | {"sample": _read_sample(answer["sample"])})
                continue
            if "judgement" in entry:
                yield self._judgement(_checked(entry, "judgement", where)["judgement"], where)
                continue
            count += 1
            row = self._row(_checked(entry, "row", where), where)
            key = json.dumps((row.prompt, row.result.case.id, row.result.model))
            if seen.get(key) is not None:
                what = one_line(f"{row.prompt} {row.result.case.id} ({row.result.model or 'no model'})", 200)
                raise PromptsteadError(f"the run holds {what} twice", hint="evaluate again", location=where)
            seen.put(key, 1)
            yield row

    def _judgement(self, entry: Mapping[str, Any], where: str) -> TakenJudgement:
        judgement = read_judgement(entry["said"])
        if judgement is None:
            raise PromptsteadError("this line is no judgement", hint="evaluate again", location=where)
        usage = entry.get("usage", {})
        prompt = self._prompt(entry["prompt"], where)
        return TakenJudgement(prompt.id, judgement, Usage(usage.get("input"), usage.get("output")), entry.get("cost"))

    def _prompt(self, name: str, where: str) -> RunPrompt:
        prompt = self._prompts.get(name)
        if prompt is None:
            raise PromptsteadError(f"the run has no prompt `{one_line(name, 100)}`", location=where)
        return prompt

    def _row(self, entry: Mapping[str, Any], where: str) -> Row:
        prompt = self._prompt(entry["prompt"], where)
        own = _specs(entry.get("evaluators", {}))
        case = Case(
            entry["case"],
            entry["inputs"],
            entry.get("expected"),
            "expected" in entry,
            tuple(entry.get("history", ())),
            tuple(entry.get("tags", ())),
            entry.get("must_pass", False),
            entry.get("cluster", ""),
            own,
        )
        samples = entry.get("samples", ())
        output = None
        if samples:
            output = RecordedOutput(
                case.id,
                entry["model"],
                entry.get("source", "live"),
                tuple(_read_sample(sample) for sample in samples),
                entry.get("request", ""),
                entry.get("tie", ""),
                entry.get("attempts", 1),
            )
        if "why" in entry:
            return Row(prompt.id, CaseResult(case, entry["model"], "not evaluated", entry["why"], output))
        named = {spec.name for spec in own}
        specs = (*(spec for spec in prompt.evaluators if spec.name not in named), *own)
        judged = tuple(
            {
                name: Result(result["value"], result["reason"], result.get("part", False))
                for name, result in sample.get("results", {}).items()
            }
            for sample in samples
        )
        return Row(prompt.id, CaseResult(case, entry["model"], "evaluated", "", output, judged, specs))


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


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
    return {
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


def _specs(entry: Mapping[str, Any]) -> tuple[EvaluatorSpec, ...]:
    return tuple(
        EvaluatorSpec(name, spec["type"], {key: spec[key] for key in spec if key != "type"}, "", ())
        for name, spec in entry.items()
    )


def _sample(sample: Sample, results: Mapping[str, Result] | None) -> Json:
    entry: dict[str, Json] = {"output": sample.output}
    if sample.finish_reason:
        entry["finish_reason"] = sample.finish_reason
    if sample.tool_calls:
        entry["tool_calls"] = list(sample.tool_calls)
    if usage := _usage(sample.usage):
        entry["usage"] = usage
    if sample.seconds is not None:
        entry["seconds"] = round(sample.seconds, 4)
    if sample.cost is not None:
        entry["cost"] = sample.cost
    if results is not None:
        entry["results"] = {name: _result(each) for name, each in results.items()}
    return entry


def _usage(usage: Usage) -> dict[str, Json]:
    pairs = zip(usage._fields, usage, strict=True)
    return {key: count for key, count in pairs if count is not None}


def _result(result: Result) -> Json:
    entry: dict[str, Json] = {"value": result.value, "reason": result.reason}
    return entry | {"part": True} if result.part else entry


def _read_run(entry: Mapping[str, Any]) -> Run:
    fields = {name: entry[name] for name in Run._fields}
    prompts = tuple(
        RunPrompt(
            prompt["id"],
            prompt["path"],
            prompt["digests"],
            prompt["datasets"],
            Gate(prompt["gate"]["primary"], prompt["gate"]["margin"], tuple(prompt["gate"]["hard"])),
            prompt["risk"],
            _specs(prompt["evaluators"]),
        )
        for prompt in entry["prompts"]
    )
    return Run(**fields | {"prompts": prompts, "shard": (entry["shard"][0], entry["shard"][1])})


def _read_sample(entry: Mapping[str, Any]) -> Sample:
    usage = entry.get("usage", {})
    return Sample(
        entry["output"],
        entry.get("finish_reason", ""),
        Usage(usage.get("input"), usage.get("output")),
        tuple(entry.get("tool_calls", ())),
        entry.get("seconds"),
        entry.get("cost"),
    )


def _entry(line: str, where: str) -> dict[str, Any]:
    try:
        if len(line) > MAX_LINE:
            raise ValueError
        entry = json.loads(line, parse_constant=_refuse, object_pairs_hook=unique_keys)
    except DuplicateKey as error:
        raise PromptsteadError(f"on this line {error}", hint="evaluate again", location=where) from None
    except (ValueError, RecursionError):
        entry = None
    if not isinstance(entry, dict):
        raise PromptsteadError("this line is no JSON object of a run file", hint="evaluate again", location=where)
    return entry


def _refuse(name: str) -> None:
    raise ValueError(name)


def _checked(entry: dict[str, Any], part: str, where: str) -> dict[str, Any]:
    validator = _validator(part)
    if not validator.is_valid(entry):
        error = next(validator.iter_errors(entry))
        at = "/".join(map(str, error.instance_path))
        raise PromptsteadError(
            f"this line is not that of a run file: `{at}`: {one_line(error.message, 200)}", location=where
        )
    return entry


@cache
def _validator(part: str) -> Any:
    import jsonschema_rs

    from promptstead.source.schema import load_schema

    definitions = load_schema("run")["$defs"]
    return jsonschema_rs.Draft202012Validator({"$ref": f"#/$defs/{part}", "$defs": definitions})
