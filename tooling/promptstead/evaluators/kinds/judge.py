"""``judge``: a model says how good the answer is."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from promptstead.errors import PromptsteadError, one_line
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.helpers import Helpers
from promptstead.evaluators.shared.json_query import Select, selector
from promptstead.evaluators.shared.judge_requests import Judge, asking, read_json
from promptstead.evaluators.shared.results import MAX_LABEL, Result, Unscored, quoted
from promptstead.model import Json, Sample, is_number
from promptstead.words.sentence import NOTHING_SAID, Sentence, own_words, say

Verdict = bool | float | str


def prepare(options: Mapping[str, Json], helpers: Helpers) -> Callable[[Answer], Result]:
    """Let a model judge the answer, as the ``prompt`` of this repository with that id tells it to.

    ``inputs`` gives that prompt its inputs: templates over ``output`` (the answer), ``inputs`` and ``expected`` (the
    case), and in a conversation ``transcript`` (what was said before the answer, the results of tools included). The
    input that gets the answer must be untrusted there. What the judge said is recorded beside the judged prompt, in
    ``judgements.jsonl``, by the request that it answers: nothing is called here. An answer that has no judgement is
    unscored, and so it is after a change of the judge's prompt, its model or its inputs.

    The judge's value is at ``path`` (JSONPath) of its answer, or the whole answer: a number where ``min`` or ``max`` is
    given or the answer is one, a label otherwise. With ``min`` or ``max``, both inclusive, it is an assertion on a
    score; with ``pass``, on a label, case and white space aside (``fail`` lists the other labels: one in neither list
    is nonsense); true and false are one by themselves. Without them it gives the score or the label. ``because`` is the
    path of the judge's explanation, which the reason then quotes.

    A judge that was asked several times gives the mean of its scores, or the label of the majority. Where one of its
    answers is nonsense (not JSON, refused by the ``output.schema`` of its prompt, no value at the path, another label)
    the answer is unscored, with the reason; so it is if labels are tied.

    :raises PromptsteadError: there is no such judge, or a path or a template is malformed.
    """
    if helpers.judges is None:
        raise PromptsteadError(say("evaluators.no-judgements"))
    judges = helpers.judges
    ask = asking(options, judges)
    read = _reader(options, judges.judge(options["prompt"]))
    because = selector(options["because"]) if "because" in options else None

    def judge(answer: Answer) -> Result:
        who, inputs = ask(answer)
        try:
            key = who.model, who.request(inputs)
        except PromptsteadError as error:
            raise Unscored(say("evaluators.not-askable", judge=who.id, error=own_words(error.message))) from None
        found = judges.known.get(key)
        if found is None and key in judges.failed:
            raise Unscored(say("evaluators.judge-failed", judge=who.id, why=own_words(judges.failed[key])))
        if found is None:
            raise Unscored(say("evaluators.not-judged"))
        # who names a judgement by its digest may not be who may read it
        hidden = found.is_sealed and not answer.sample.digest
        try:
            value = together([read(sample) for sample in found.samples])
            result = _result(options, value)
            result = result._replace(reason=_explained(result.reason, found.samples, because))
        except Unscored:
            if hidden:
                raise Unscored(say("evaluators.judgement-not-shown")) from None
            raise
        if hidden and isinstance(result.value, str):
            raise Unscored(say("evaluators.judgement-not-shown"))
        return result._replace(reason=say("evaluators.judgement-not-shown")) if hidden else result

    return judge


def verdicts(options: Mapping[str, Json], judge: Judge, samples: Sequence[Sample]) -> list[Verdict | None]:
    """Return what each of a judge's answers says; None for one that is nonsense.

    :raises PromptsteadError: the path is malformed.
    """
    read = _reader(options, judge)
    found: list[Verdict | None] = []
    for sample in samples:
        try:
            found.append(read(sample))
        except Unscored:
            found.append(None)
    return found


def together(values: Sequence[Verdict]) -> Verdict:
    """Return what several judgements say together: the mean of scores, the majority of labels or of true and false.

    :raises Unscored: they are tied, or of different kinds.
    """
    if len(values) == 1:
        return values[0]
    if all(isinstance(value, float) for value in values):
        return sum(map(float, values)) / len(values)
    if len({type(value) for value in values}) > 1:
        raise Unscored(say("evaluators.judge-mixes"))
    (first, most), *others = Counter(values).most_common(2)
    if others and others[0][1] == most:
        raise Unscored(say("evaluators.judge-torn", one=quoted(first), other=quoted(others[0][0])))
    return first


def _reader(options: Mapping[str, Json], judge: Judge) -> Callable[[Sample], Verdict]:
    path = options.get("path")
    select = selector(path) if path is not None else None
    numeric = "min" in options or "max" in options
    labels = {label.casefold().strip() for key in ("pass", "fail") for label in options.get(key, ())}
    accepts = _schema_check(judge)

    def read(sample: Sample) -> Verdict:
        value: Json = sample.output.strip()
        if select is not None:
            document = read_json(sample.output)
            if not accepts(document):
                raise Unscored(say("evaluators.judge-refused", answer=quoted(sample.output)))
            values = select(document)
            if not values:
                raise Unscored(say("evaluators.judge-nothing-at", path=str(path)))
            if len(values) > 1:
                raise Unscored(say("evaluators.judge-several-at", values=len(values), path=str(path)))
            value = values[0]
        elif numeric or ("pass" not in options and _is_number(value)):
            value = _number(value)
        if is_number(value):
            value = float(value)
        kind_is_right = isinstance(value, float) if numeric else isinstance(value, (bool, float, str))
        if not kind_is_right or value == "" or (isinstance(value, str) and len(value) > MAX_LABEL):
            got = quoted(value)
            raise Unscored(say("evaluators.judge-no-score" if numeric else "evaluators.judge-no-label", answer=got))
        if "pass" in options and (not isinstance(value, str) or ("fail" in options and value.casefold() not in labels)):
            raise Unscored(say("evaluators.judge-other-label", label=quoted(value)))
        return value.strip() if isinstance(value, str) else value

    return read


def _schema_check(judge: Judge) -> Callable[[Json], bool]:
    schema = judge.requests.prompt.output_schema
    if schema is None:
        return lambda value: True
    import jsonschema_rs

    from promptstead.evaluators.kinds.json_schema import prepare as prepare_schema

    prepare_schema({"schema": schema})  # refuses what is malformed or leads elsewhere
    validator: Any = jsonschema_rs.Draft202012Validator(dict(schema))
    return lambda value: bool(validator.is_valid(value))


def _is_number(text: str) -> bool:
    try:
        _number(text)
    except Unscored:
        return False
    return True


def _number(text: str) -> float:
    import re

    if not re.fullmatch(r"[-+]?[0-9]{1,15}(?:[.][0-9]{1,15})?", text):
        raise Unscored(say("evaluators.judge-no-score", answer=quoted(text)))
    return float(text)


def _result(options: Mapping[str, Json], value: Verdict) -> Result:
    if isinstance(value, str):
        wanted = {label.casefold().strip() for label in options.get("pass", ())}
        said = say("evaluators.judge-says", label=quoted(value, MAX_LABEL))
        return Result(value.casefold() in wanted if "pass" in options else value, said)
    if isinstance(value, bool):
        return Result(value, say("evaluators.judge-true" if value else "evaluators.judge-false"))
    if "min" not in options and "max" not in options:
        return Result(value, say("evaluators.judge-scores", score=round(value, 6)))
    holds = options.get("min", value) <= value <= options.get("max", value)
    return Result(holds, _score(round(value, 6), options.get("min"), options.get("max")))


def _score(score: float, least: float | None, most: float | None) -> Sentence:
    if least is not None and most is not None:
        return say("evaluators.judge-between", score=score, least=least, most=most)
    if least is not None:
        return say("evaluators.judge-at-least", score=score, least=least)
    return say("evaluators.judge-at-most", score=score, most=most or 0)


def _explained(said: Sentence, samples: Sequence[Sample], because: Select | None) -> Sentence:
    """Return what is said with the number of judgements, where there are several, and what the judge said of it."""
    if len(samples) > 1:
        said = say("evaluators.of-judgements", said=said, judgements=len(samples))
    explanation = _explanation(samples[0], because)
    return say("evaluators.judge-because", said=said, because=explanation) if explanation else said


def _explanation(sample: Sample, because: Select | None) -> Sentence:
    if because is None:
        return NOTHING_SAID
    try:
        texts = because(read_json(sample.output))
    except Unscored:
        return NOTHING_SAID
    return own_words(one_line(texts[0], 300)) if texts and isinstance(texts[0], str) else NOTHING_SAID
