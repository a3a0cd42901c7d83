"""Recorded answers of very many cases, judged one by one: in this process or in several.

What could not be read is known when all have gone through: ``cases.problems``, ``recorded.problems``. An answer that
belongs to a case and cannot be read makes that case *not evaluated*, with the place and the reason.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import Any

from promptstead.evaluators.shared.results import CaseResult, Result
from promptstead.executors.executor import Executor, InProcess, WorkerEnded
from promptstead.model import Case, RecordedOutput, Sample, Usage
from promptstead.outputs.index import RawAnswer, Recorded
from promptstead.outputs.stream import Replayer
from promptstead.prompts.loaded import Loaded
from promptstead.words.sentence import made

_Plain = tuple[Any, ...]
"""What travels, a case with its answers or a result, as plain values: named tuples take ten times as long to pickle.

The result is without its case, which need not travel back.
"""


def replayed(
    loaded: Loaded,
    cases: Iterable[Case],
    recorded: Recorded,
    executor: Executor | None = None,
    *,
    models: Collection[str] = (),
    samples: int | None = None,
) -> Iterator[CaseResult]:
    """Yield the results of *cases* in their order, of each case in the order of its answers, holding few at a time.

    :param executor: what judges them, by default this process.
    :param models: those whose answers count, as recorded (``recorded.models``); without any, all.
    :param samples: judge the first so many samples of an answer; None for all.
    :raises PromptsteadError: the prompt is not valid, or a process was ended from outside.
    """
    asked = tuple(models) or recorded.models
    if executor is None or isinstance(executor, InProcess):  # nothing travels
        replayer = Replayer(loaded, asked, samples)
        for case in cases:
            yield from replayer.results(case, recorded.of(case.id, models))
        return
    start = partial(_judging, loaded, asked, samples)
    sent: deque[Case] = deque()

    def answers() -> Iterator[_Plain]:
        for case in cases:
            sent.append(case)
            yield tuple(case), [tuple(raw) for raw in recorded.of(case.id, models)]

    try:
        for found in executor.map(start, answers()):
            case = sent.popleft()
            yield from (_result(case, *each) for each in found)
    except WorkerEnded as error:
        error.location = loaded.path
        raise


def _judging(loaded: Loaded, models: Collection[str], samples: int | None) -> Callable[[_Plain], list[_Plain]]:
    replayer = Replayer(loaded, models, samples)

    def judge(given: _Plain) -> list[_Plain]:
        case, answers = given
        return [_plain(result) for result in replayer.results(Case(*case), [RawAnswer(*raw) for raw in answers])]

    return judge


def _plain(result: CaseResult) -> _Plain:
    output, why = result.output, result.why
    answers = () if output is None else [(*sample[:2], tuple(sample.usage), *sample[3:]) for sample in output.samples]
    samples = [
        {
            name: (value, str(reason), reason.code, reason.arguments, part)
            for name, (value, reason, part) in sample.items()
        }
        for sample in result.samples
    ]
    said = (str(why), why.code, why.arguments)
    return (
        result.model,
        result.state,
        said,
        output and (*output[:3], (), *output[4:]),
        answers,
        samples,
        result.evaluators,
    )


def _result(
    case: Case, model: str, state: Any, why: Any, output: Any, answers: Any, samples: Any, evaluators: Any
) -> CaseResult:
    judged = tuple(
        {
            name: Result(value, made(text, code, arguments), part)
            for name, (value, text, code, arguments, part) in sample.items()
        }
        for sample in samples
    )
    return CaseResult(case, model, state, made(*why), output and _output(output, answers), judged, evaluators)


def _output(fields: Any, answers: Any) -> RecordedOutput:
    samples = tuple(Sample(text, reason, Usage(*usage), *others) for text, reason, usage, *others in answers)
    return RecordedOutput(*fields)._replace(samples=samples)
