"""The rows of an evaluation: recorded answers replayed, prompt by prompt."""

from collections.abc import Iterator, Sequence

from promptstead.digests import inputs_digest
from promptstead.errors import PromptsteadError
from promptstead.evals.engine import NO_OUTPUT, evaluate
from promptstead.evals.replay import Replay
from promptstead.evals.results import CaseResult
from promptstead.evals.run_file import Row
from promptstead.model import RecordedOutput
from promptstead.outputs.requests import Requests
from promptstead.source.load import Loaded


def replayed(loaded: Loaded, models: Sequence[str], samples: int | None) -> Iterator[Row]:
    """Yield the rows of one prompt: each case and model, judged, or with the reason why not. Nothing is called.

    :param models: those whose answers count, by alias, as ``provider/model`` or as recorded; without any, all.
    :param samples: judge the first so many of a case's answers; None for all.
    :raises PromptsteadError: the prompt or its outputs file is not valid.
    """
    replay, requests = Replay(loaded), Requests(loaded)
    if replay.problems:
        raise PromptsteadError(
            f"the recorded outputs are not valid: {replay.problems[0].message}",
            hint="run promptstead lint",
            location=loaded.outputs.path if loaded.outputs else loaded.path,
        )
    outputs = [_first(output, samples) for output in replay.outputs]
    if not models:
        results = evaluate(requests.prompt, outputs, requests.digest, inputs_digest)
        yield from (Row(loaded.id, result) for result in results)
        return
    for model in dict.fromkeys(_label(requests, outputs, name) for name in models):
        chosen = [output for output in outputs if output.model == model]
        for result in evaluate(requests.prompt, chosen, requests.digest, inputs_digest):
            named = result if result.model else CaseResult(result.case, model, "not evaluated", NO_OUTPUT)
            yield Row(loaded.id, named)


def _first(output: RecordedOutput, samples: int | None) -> RecordedOutput:
    return output if samples is None else output._replace(samples=output.samples[:samples])


def _label(requests: Requests, outputs: Sequence[RecordedOutput], name: str) -> str:
    """Return what the answers of the model *name* are recorded under.

    :raises PromptsteadError: nothing is recorded under that name, and nobody knows such a model.
    """
    return name if any(output.model == name for output in outputs) else requests.label(name)
