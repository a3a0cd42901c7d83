"""The rows of an evaluation: recorded answers replayed, prompt by prompt."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack

from promptstead.commands.answers import in_ci, load_valid
from promptstead.commands.common import Workspace
from promptstead.commands.runs import default_place, describe
from promptstead.commands.showing import Shown, finish
from promptstead.digests import inputs_digest
from promptstead.errors import PromptsteadError
from promptstead.evals.engine import NO_OUTPUT, evaluate
from promptstead.evals.replay import Replay
from promptstead.evals.results import CaseResult
from promptstead.evals.run_file import End, Row, dump_end, dump_row, dump_run
from promptstead.model import Json, RecordedOutput
from promptstead.outputs.requests import Requests
from promptstead.report.run_report import RunReport
from promptstead.source.load import Loaded
from promptstead.workspace import replacing


def replay(
    workspace: Workspace,
    paths: Sequence[str],
    models: Sequence[str],
    samples: int | None,
    output: str | None,
    shown: Shown,
) -> int:
    """Judge the recorded answers of the prompt files *paths*, write the run file and show the result.

    :param output: where the run file goes; None for the default place, and in CI none.
    :raises PromptsteadError: a prompt or its outputs file is not valid, or the run file cannot be written.
    """
    loaded = [load_valid(workspace, path) for path in paths]
    run = describe(workspace, loaded, "replay", selection=selection(models))
    place = output or (None if in_ci() else default_place(workspace, "replay"))
    report = RunReport(run, place or "", keep=shown.keep)
    write_rows(report, (row for each in loaded for row in replayed(each, models, samples)), place)
    return finish(report, shown)


def write_rows(report: RunReport, rows: Iterable[Row], place: str | None) -> None:
    """Count the rows, and write them to *place* where there is one; nothing is there before all are judged."""
    with ExitStack() as stack:
        file = stack.enter_context(replacing(place)) if place else None
        if file:
            file.write(dump_run(report.run))
        count = 0
        for row in rows:
            count += 1
            report.add(row)
            if file:
                file.write(dump_row(row))
        if file:
            file.write(dump_end(End(count)))


def selection(models: Sequence[str]) -> dict[str, Json]:
    """Return what was selected, as the run file keeps it."""
    return {"models": list(models)} if models else {}


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
