"""How far a judge can be trusted: against what people said of the same answers, and against itself."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from promptstead.digests import digest
from promptstead.documents.version_line import said_version, wrong_version
from promptstead.errors import PromptsteadError, one_line
from promptstead.evaluators.kinds.judge import together, verdicts
from promptstead.evaluators.shared.judge_requests import Judges, asking
from promptstead.evaluators.shared.results import Unscored, quoted
from promptstead.evaluators.shared.turns import judged_answers
from promptstead.model import Case, EvaluatorSpec, Json, Problem, Sample, Span, is_number
from promptstead.prompts.declared.judges import TYPE
from promptstead.statistics.agreement import Agreement, Label, SelfAgreement, agreement, quadratic, self_agreement
from promptstead.words.sentence import Sentence, own_words, say

VERSION = "promptstead/labels/v1"
FILE = "labels.jsonl"
MAX_LINES = 1_000_000


class HumanLabel(NamedTuple):
    """What a person says of one answer, in the words of the judge's value; *answer* is the digest of its text."""

    evaluator: str
    answer: str
    label: Label
    by: str


class Audit(NamedTuple):
    """One judge of one prompt.

    *answers* is how many different answers it is asked about, *judged* how many of them it has judged in a way that can
    be read; *nonsense* counts judgements that cannot. *humans* is how many people labelled, *tied* the answers on which
    these are tied, *gone* the labels of answers that are no more, which count for nothing. *weighted* is None where
    labels are no scores. *confusion*: (human, judge) -> answers.
    """

    evaluator: str
    judge: str
    answers: int
    judged: int
    nonsense: int
    itself: SelfAgreement
    humans: int
    tied: int
    gone: int
    agreement: Agreement
    weighted: Agreement | None
    confusion: Mapping[tuple[Label, Label], int]


def answer_digest(text: str) -> str:
    """Return the digest that ties a label to the text of an answer."""
    return digest({"output": text})


def parse_labels(text: str) -> tuple[list[HumanLabel], list[Problem]]:
    """Return the labels of a file, and what is wrong with its lines. A line whose label is null waits for a person.

    Nothing is read of a file that says another version.
    """
    found: list[HumanLabel] = []
    problems: list[Problem] = []
    start = 0
    for line in text.split("\n"):
        if (said := said_version(line)) is not None:
            if wrong := wrong_version(said, VERSION):
                return [], [Problem("SCH001", wrong[0], Span(start, start + len(line)), wrong[1])]
        elif line.strip():
            entry = _entry(line)
            if isinstance(entry, Sentence):
                message = say("files.no-label", why=entry)
                hint = say("files.audit-writes-labels")
                problems.append(Problem("SCH001", message, Span(start, start + len(line)), hint))
            elif entry["label"] is not None:
                label = entry["label"]
                if is_number(label):
                    label = float(label)
                found.append(HumanLabel(entry["evaluator"], entry["answer"], label, entry["by"]))
        start += len(line) + 1
    return found, problems


def judge_specs(specs: Iterable[EvaluatorSpec]) -> list[EvaluatorSpec]:
    """Return the judges among some evaluators."""
    return [spec for spec in specs if spec.type == TYPE]


def audit(
    spec: EvaluatorSpec, judges: Judges, answers: Iterable[tuple[Case, Sample]], labels: Sequence[HumanLabel]
) -> Audit:
    """Audit one judge on *answers*, with those of *labels* that are about it and about one of these answers.

    Several people's labels of one answer count as one: their majority, or the mean of scores. Where the judge's value
    is a score and all labels are whole numbers, it is rounded to one; where all labels are true or false and it is a
    score or a label, its verdict is compared: whether the check passes.

    :raises PromptsteadError: there is no such judge, an option of the check is malformed, or labels are of another kind
        than the judge's values.
    """
    ask = asking(spec.options, judges)
    judge = judges.judge(spec.options["prompt"])
    values: dict[str, Label] = {}
    seen: set[tuple[str, str]] = set()
    repeated: list[list[Label]] = []
    nonsense = 0
    here: set[str] = set()
    for answer in (each for case, sample in answers for _, each in judged_answers([spec], case, sample)):
        here.add(answer_digest(answer.text))
        try:
            _, inputs = ask(answer)
            key = judge.model, judge.request(inputs)
        except (Unscored, PromptsteadError):
            continue
        if key in seen:
            continue
        seen.add(key)
        judgement = judges.known.get(key)
        said = verdicts(spec.options, judge, judgement.samples) if judgement else []
        readable = [value for value in said if value is not None]
        nonsense += len(said) - len(readable)
        repeated.append(readable)
        if readable and len(readable) == len(said):
            try:
                values[answer_digest(answer.text)] = together(readable)
            except Unscored:
                continue
    own = [label for label in labels if label.evaluator == spec.name and label.answer in values]
    people, tied = _by_answer(own)
    pairs = _compared(spec.options, [(label, values[answer]) for answer, label in people.items()])
    odd = next(((human, value) for human, value in pairs if type(human) is not type(value)), None)
    if odd is not None:
        human, value = (f"`{quoted(each)}`" for each in odd)
        hint = "use the judge's own values, or true and false if the evaluator has `min`, `max` or `pass`"
        raise PromptsteadError(f"a label of `{spec.name}` is {human}, but the judge gives {value}", hint=hint)
    ordinal = bool(pairs) and all(isinstance(value, float) for pair in pairs for value in pair)
    return Audit(
        spec.name,
        judge.id,
        len(seen),
        len(values),
        nonsense,
        self_agreement(repeated),
        len({label.by for label in own}),
        tied,
        sum(label.evaluator == spec.name and label.answer not in here for label in labels),
        agreement(pairs),
        agreement(pairs, quadratic([float(value) for pair in pairs for value in pair])) if ordinal else None,
        Counter(pairs),
    )


def _by_answer(labels: Iterable[HumanLabel]) -> tuple[dict[str, Label], int]:
    """Return answer -> what people say of it, and how many answers they are tied on."""
    every: dict[str, dict[str, Label]] = defaultdict(dict)
    for label in labels:
        every[label.answer][label.by] = label.label  # the last word of one person counts
    found: dict[str, Label] = {}
    tied = 0
    for answer, said in every.items():
        try:
            found[answer] = together(list(said.values()))
        except Unscored:
            tied += 1
    return found, tied


def _compared(options: Mapping[str, Json], pairs: Sequence[tuple[Label, Label]]) -> list[tuple[Label, Label]]:
    """Return the pairs (human, judge) in one kind of value."""
    if pairs and all(isinstance(human, bool) for human, _ in pairs):
        return [(human, _passes(options, value)) for human, value in pairs]
    if pairs and all(isinstance(human, float) and human.is_integer() for human, _ in pairs):
        return [(human, float(round(value)) if isinstance(value, float) else value) for human, value in pairs]
    return [(_folded(human), _folded(value)) for human, value in pairs]


def _passes(options: Mapping[str, Json], value: Label) -> Label:
    """Return whether a judge's value makes its check pass; the value itself where the check is no assertion."""
    if "pass" in options and isinstance(value, str):
        return _folded(value) in {_folded(label) for label in options["pass"]}
    if isinstance(value, float) and ("min" in options or "max" in options):
        return options.get("min", value) <= value <= options.get("max", value)  # type: ignore[no-any-return]
    return value


def _folded(value: Label) -> Label:
    return value.strip().casefold() if isinstance(value, str) else value


def _entry(line: str) -> dict[str, Any] | Sentence:
    """Return a line as it stands, or what is wrong with it."""
    try:
        entry: dict[str, Any] = json.loads(line)
        json.dumps(entry, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return say("files.is-no-json")
    validator = _validator()
    if validator.is_valid(entry):
        return entry
    error = next(validator.iter_errors(entry))
    at = ".".join(map(str, error.instance_path))
    why = own_words(one_line(error.message, 200))
    return say("files.at", place=at, why=why) if at else why


@cache
def _validator() -> Any:
    import jsonschema_rs

    from promptstead.prompts.schema_check import load_schema

    return jsonschema_rs.Draft202012Validator(load_schema("labels")["$defs"]["label"])
