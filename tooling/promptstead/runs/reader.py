"""Run files read line by line, with suspicion: a run may come from anybody."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from promptstead.documents.json_keys import DuplicateKey, unique_keys
from promptstead.errors import PromptsteadError, one_line
from promptstead.evaluators.judgement_file import read_judgement
from promptstead.evaluators.samples import conversation, read_usage
from promptstead.evaluators.shared.results import CaseResult, Result
from promptstead.format_version import refuse_too_new
from promptstead.model import Case, EvaluatorSpec, Gate, RecordedOutput, Sample, Step, Turn
from promptstead.prompts.prompt import build_stubs
from promptstead.prompts.seen_ids import IdTable
from promptstead.runs.writer import FORMATS, End, Row, Run, RunPrompt, TakenAnswer, TakenJudgement
from promptstead.words.sentence import NOTHING_SAID
from promptstead.words.sentence_json import read_sentence

MAX_LINE = 32 * 1024 * 1024
"""Characters of the longest line that is read."""


class RunReader:
    """Reads a run file line by line: *run* is there at once, *end* when :meth:`rows` is through (None: it was stopped).

    :param location: what errors call the file.
    :raises PromptsteadError: the first line is not that of a run, or that of one which needs a newer promptstead.
    """

    def __init__(self, lines: Iterable[str], location: str) -> None:
        self._lines = iter(lines)
        self._location = location
        self.end: End | None = None
        entry = _entry(next(self._lines, ""), f"{location}:1")
        refuse_too_new(entry, FORMATS, location)
        if entry.get("format") not in FORMATS:
            raise PromptsteadError(
                "this is not a run file", hint="promptstead eval --run-file writes one", location=location
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
                raise PromptsteadError("there is something after the end of the run", location=where)
            entry = _entry(line, where)
            if "end" in entry:
                end = _ours(_checked(entry, "end", where)["end"])
                self.end = End(**end | {"looks": tuple(end["looks"])})
                if self.end.rows != count:
                    raise PromptsteadError(f"the run counts {self.end.rows:,} rows but has {count:,}", location=where)
                continue
            if "answer" in entry:
                answer = _ours(_checked(entry, "answer", where)["answer"])
                yield TakenAnswer(**answer | {"sample": _read_sample(answer["sample"], where)})
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
            raise PromptsteadError("this line is not a judgement", hint="evaluate again", location=where)
        prompt = self._prompt(entry["prompt"], where)
        return TakenJudgement(prompt.id, judgement, read_usage(entry.get("usage", {})), entry.get("cost"))

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
            turns=tuple(
                Turn(turn["user"], turn.get("expected"), "expected" in turn) for turn in entry.get("turns", ())
            ),
            stubs=build_stubs(entry.get("stubs", ())),
        )
        samples = entry.get("samples", ())
        output = None
        if samples:
            output = RecordedOutput(
                case.id,
                entry["model"],
                entry.get("source", "live"),
                tuple(_read_sample(sample, where) for sample in samples),
                entry.get("request", ""),
                entry.get("tie", ""),
                entry.get("attempts", 1),
            )
        if "why" in entry:
            return Row(
                prompt.id, CaseResult(case, entry["model"], "not evaluated", read_sentence(entry["why"]), output)
            )
        named = {spec.name for spec in own}
        specs = (*(spec for spec in prompt.evaluators if spec.name not in named), *own)
        judged = tuple(
            {
                name: Result(result["value"], read_sentence(result["reason"]), result.get("part", False))
                for name, result in sample.get("results", {}).items()
            }
            for sample in samples
        )
        return Row(prompt.id, CaseResult(case, entry["model"], "evaluated", NOTHING_SAID, output, judged, specs))


def _ours(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry without the keys that are anybody's own data."""
    return {key: each for key, each in entry.items() if not key.startswith("x-")}


def _specs(entry: Mapping[str, Any]) -> tuple[EvaluatorSpec, ...]:
    return tuple(
        EvaluatorSpec(name, spec["type"], {key: each for key, each in _ours(spec).items() if key != "type"}, "", ())
        for name, spec in entry.items()
    )


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
            prompt.get("contract", 1),
        )
        for prompt in entry["prompts"]
    )
    return Run(**fields | {"prompts": prompts, "shard": (entry["shard"][0], entry["shard"][1])})


def _read_sample(entry: Mapping[str, Any], where: str) -> Sample:
    try:
        for reply in (entry, *entry.get("steps", ())):
            reply["output"].encode()  # a file name or a reason may hold half a surrogate pair, what is judged may not
    except UnicodeEncodeError:
        message = "an answer on this line holds half a surrogate pair, which is not text"
        raise PromptsteadError(message, hint="evaluate again", location=where) from None
    if "steps" in entry:
        steps = [Step(**_reply(step), request=step.get("request", "")) for step in entry["steps"]]
        return conversation(steps)._replace(scores=entry.get("scores"))
    return Sample(**_reply(entry), scores=entry.get("scores"))


def _reply(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "output": entry["output"],
        "finish_reason": entry.get("finish_reason", ""),
        "usage": read_usage(entry.get("usage", {})),
        "tool_calls": tuple(entry.get("tool_calls", ())),
        "seconds": entry.get("seconds"),
        "cost": entry.get("cost"),
    }


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
        raise PromptsteadError("this line is not a JSON object of a run file", hint="evaluate again", location=where)
    return entry


def _refuse(name: str) -> None:
    raise ValueError(name)


def _checked(entry: dict[str, Any], part: str, where: str) -> dict[str, Any]:
    validator = _validator(part)
    try:
        if validator.is_valid(entry):
            return entry
        error = next(validator.iter_errors(entry))
        what = f"`{'/'.join(map(str, error.instance_path))}`: {one_line(error.message, 200)}"
    except UnicodeEncodeError:
        what = "it holds half a surrogate pair"
    raise PromptsteadError(f"this line does not belong in a run file: {what}", location=where)


@cache
def _validator(part: str) -> Any:
    import jsonschema_rs

    from promptstead.prompts.schema_check import load_schema

    definitions = load_schema("run")["$defs"]
    return jsonschema_rs.Draft202012Validator({"$ref": f"#/$defs/{part}", "$defs": definitions})
