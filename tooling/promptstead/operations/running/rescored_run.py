"""``promptstead eval --rescore``: the answers of a run judged again, by the evaluators as they are now."""

from collections.abc import Iterator, Mapping

from promptstead.digests import inputs_digest
from promptstead.errors import PromptsteadError
from promptstead.evaluators.examine import Examiner
from promptstead.evaluators.shared.helpers import Helpers
from promptstead.evaluators.shared.judge_requests import Judges, judges_of
from promptstead.evaluators.shared.results import CaseResult
from promptstead.model import Case
from promptstead.operations.recording.recorded_answers import in_ci
from promptstead.operations.running.replayed_run import load_all, write_rows
from promptstead.operations.running.run_files import default_place, describe, opened_run, refuse_existing
from promptstead.operations.running.run_result import Shown, finish
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.workspace import Workspace
from promptstead.outputs.stream import CaseStream
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests
from promptstead.runs.case_filters import Selection
from promptstead.runs.reader import RunReader
from promptstead.runs.writer import Row, Run, RunPrompt, TakenAnswer, TakenJudgement
from promptstead.verdicts.run_report import RunReport
from promptstead.words.sentence import Sentence, say


def rescore(place: str, run_file: str | None, shown: Shown) -> int:
    """Judge the answers of the run *place* again, write them as a run of their own and show the result.

    Nothing is called. A case that is gone, or whose inputs are others now, is not evaluated; what was not evaluated
    stays so.

    :param run_file: where the new run file goes; None for the default place, and in CI none.
    :raises PromptsteadError: the run cannot be read, or a prompt is not valid.
    """
    workspace = open_workspace()
    target = run_file or (None if in_ci() else default_place(workspace, "rescore"))
    if run_file is not None:
        refuse_existing(run_file, live=False)
    with opened_run(place) as reader:
        loaded = _loaded(workspace, reader.run)
        run = _described(workspace, reader.run, loaded)
        report = RunReport(run, target or "", keep=shown.keep)
        write_rows(report, _rows(workspace, reader, loaded), target)
    return finish(report, shown, loaded.values())


def _loaded(workspace: Workspace, run: Run) -> dict[str, Loaded]:
    """Return the prompts of a run that are there, by the id that they had."""
    found = {prompt.id: workspace.library.find(prompt.id) for prompt in run.prompts}
    return {name: load_all(workspace, [path])[0] for name, path in found.items() if path is not None}


def _described(workspace: Workspace, then: Run, loaded: Mapping[str, Loaded]) -> Run:
    """Return the first line: the behaviour that answered, and the tests that judge now."""
    now = describe(
        workspace,
        list(loaded.values()),
        "rescore",
        selection=then.selection,
        shard=then.shard,
        samples=then.samples,
    )
    described = dict(zip(loaded, now.prompts, strict=True))

    def joined(prompt: RunPrompt) -> RunPrompt:
        current = described.get(prompt.id)
        if current is None:
            return prompt
        behaviour = {key: digest for key, digest in prompt.digests.items() if key == "behaviour"}
        return current._replace(id=prompt.id, digests={**current.digests, **behaviour})

    return now._replace(prompts=tuple(map(joined, then.prompts)))


def _rows(workspace: Workspace, reader: RunReader, loaded: Mapping[str, Loaded]) -> Iterator[Row | TakenJudgement]:
    """Yield the rows judged again, and what judges said in the run, which counts where nothing is recorded."""
    cases: dict[str, dict[str, Case]] = {}
    judges: dict[str, Judges] = {}
    examiners: dict[str, Examiner] = {}
    for name, each in loaded.items():
        requests = Requests(each)
        judges[name] = judges_of(each)
        helpers = Helpers(judges[name], each.python, each.plugins)
        examiners[name] = Examiner(requests.prompt, requests.digest, inputs_digest, helpers)
        stream = CaseStream(workspace.tree, each)
        cases[name] = {case.id: case for case in Selection().cases(name, stream)}
        stream.refuse_wrong()  # a case that cannot be read is not one that is gone
    for row in reader.lines():
        if isinstance(row, TakenAnswer):
            continue
        if isinstance(row, TakenJudgement):
            if row.prompt in judges:
                judges[row.prompt].learn(row.judgement)
            yield row
            continue
        then = row.result
        if row.prompt not in loaded:
            yield Row(row.prompt, _not_evaluated(then, then.case, say("answers.prompt-gone")))
            continue
        case = cases[row.prompt].get(then.case.id)
        if case is None:
            yield Row(row.prompt, _not_evaluated(then, then.case, say("answers.case-removed")))
        elif inputs_digest(case) != inputs_digest(then.case):
            yield Row(row.prompt, _not_evaluated(then, then.case, say("answers.inputs-changed")))
        elif then.state != "evaluated" or then.output is None:
            yield Row(row.prompt, _not_evaluated(then, case, then.why))
        else:
            yield Row(row.prompt, examiners[row.prompt].judge(case, then.output))


def _not_evaluated(then: CaseResult, case: Case, why: Sentence) -> CaseResult:
    return CaseResult(case, then.model, "not evaluated", why, then.output)


def refuse_options(given: Mapping[str, object]) -> None:
    """Refuse options that mean nothing beside --rescore.

    :raises PromptsteadError: one is set.
    """
    for name, value in given.items():
        if value:
            raise PromptsteadError(f"{name} means nothing with --rescore", hint="leave it out")
