"""The pytest plugin: each case and counterexample of a prompt is a test; ``promptstead`` is a fixture.

Loaded by every pytest run where promptstead is installed, so that it imports nothing before there is a prompt to test.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from promptstead.errors import PromptsteadError, one_line
from promptstead.escapes import inert

if TYPE_CHECKING:
    from promptstead.evaluators.shared.results import CaseResult
    from promptstead.model import Case
    from promptstead.operations.workspace.workspace import Workspace
    from promptstead.outputs.counterexamples import Trial
    from promptstead.outputs.replay import Replay
    from promptstead.prompts.loaded import Loaded
    from promptstead.testing import Prompts

SUFFIXES = (".prompt.yml", ".prompt.yaml")
EXCERPT = 2_000
"""Most characters of an input or an answer that a failure shows."""

_WORKSPACES = pytest.StashKey[dict[str, "Workspace"]]()
_LIVE = pytest.StashKey[dict[tuple[str, str], "CaseResult"]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of live answers."""
    group = parser.getgroup("promptstead", "prompts")
    group.addoption("--prompts-live", action="store_true", help="ask the models; without it nothing is ever called")
    group.addoption("--prompts-run", metavar="FILE", help="with --prompts-live: the run file that keeps the answers")
    group.addoption("--prompts-max-requests", type=int, metavar="N", help="make at most so many calls")
    group.addoption("--prompts-max-tokens", type=int, metavar="N", help="use at most so many tokens, in and out")
    group.addoption("--prompts-max-cost", type=float, metavar="X", help="spend at most that much, by [models]")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to ask from several processes, as each would ask for every case; and options that would be ignored."""
    if config.getoption("prompts_live") and (hasattr(config, "workerinput") or config.getoption("numprocesses", None)):
        raise pytest.UsageError("--prompts-live asks for all answers together: run it without -n")
    limits = ("--prompts-run", "--prompts-max-requests", "--prompts-max-tokens", "--prompts-max-cost")
    given = [name for name in limits if config.getoption(name) is not None]
    if given and not config.getoption("prompts_live"):
        raise pytest.UsageError(f"{', '.join(given)}: nothing is asked without --prompts-live")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a prompt file that lies below a prompt root of its repository; other files of that name are not tests."""
    if not file_path.name.endswith(SUFFIXES):
        return None
    try:
        workspace = _workspace(parent.config, file_path)
        path = workspace.tree.relative(str(file_path))
    except PromptsteadError as error:
        raise pytest.UsageError(str(error)) from None
    if path not in workspace.library.paths():
        return None
    return PromptFile.from_parent(parent, path=file_path, workspace=workspace, prompt_path=path)


class PromptFile(pytest.File):
    """A prompt file; its answers are judged together, when the first of its tests runs."""

    def __init__(self, *, workspace: "Workspace", prompt_path: str, **more: Any) -> None:
        super().__init__(**more)
        self.workspace = workspace
        self._prompt_path = prompt_path
        self._replay: Replay | None = None
        self.loaded: Loaded
        self._results: dict[tuple[str, str], CaseResult] | None = None
        self._trials: dict[str, list[Trial]] | None = None

    def collect(self) -> Iterator["CaseItem | CounterexampleItem"]:
        """Yield a test for each case and model that answered it, and one for each counterexample."""
        from promptstead.outputs.replay import Replay

        loaded = self.workspace.library.load(self._prompt_path)
        if loaded.prompt is None:
            raise self.CollectError(str(loaded.not_valid()))
        try:
            loaded.refuse_unread()
        except PromptsteadError as error:
            raise self.CollectError(str(error)) from None
        self._replay = Replay(loaded)
        if self._replay.problems:
            raise self.CollectError(f"{self._prompt_path}: its recorded outputs are not valid (run promptstead lint)")
        self.loaded = loaded
        for each in loaded.prompt.counterexamples:
            name = f"counterexample[{each.id}]"
            yield CounterexampleItem.from_parent(self, name=name, counterexample=each.id, case=each.case)
        if self.config.getoption("prompts_live"):
            for case in loaded.prompt.cases:
                yield CaseItem.from_parent(self, name=case.id, case=case, model="", prompt_id=loaded.id)
            return
        planned = self._replay.planned()
        several = len({model for _, model in planned if model}) > 1
        for case, model in planned:
            name = f"{case.id}[{one_line(model)}]" if several and model else case.id
            yield CaseItem.from_parent(self, name=name, case=case, model=model, prompt_id=loaded.id)

    def result(self, case: str, model: str) -> "CaseResult":
        """Return what the checks say of the answer of *model* to *case*."""
        if self.config.getoption("prompts_live"):
            return _live(self.session)[self._prompt_path, case]
        if self._results is None:
            from promptstead.verdicts.unpublished import without_answer

            assert self._replay is not None  # a test of this file is there, so that it was collected
            results = map(without_answer, self._replay.results())
            self._results = {(result.case.id, result.model): result for result in results}
        return self._results[case, model]

    def trials(self, counterexample: str) -> "list[Trial]":
        """Return what the evaluators that must catch a counterexample do with it."""
        if self._trials is None:
            from promptstead.outputs.counterexamples import Counterexamples

            self._trials = {}
            for trial in Counterexamples(self.loaded).trials():
                self._trials.setdefault(trial.counterexample.id, []).append(trial)
        return self._trials[counterexample]


def _live(session: pytest.Session) -> dict[tuple[str, str], "CaseResult"]:
    """Return (path, case) -> result of every selected case; all are asked when the first is wanted."""
    if _LIVE in session.config.stash:
        return session.config.stash[_LIVE]
    from promptstead.operations.calls.limits import CallLimits
    from promptstead.operations.recording.recorded_answers import in_ci
    from promptstead.operations.running.chosen_cases import ask_selected
    from promptstead.operations.running.run_files import default_place

    found: dict[tuple[str, str], CaseResult] = {}
    session.config.stash[_LIVE] = found
    option = session.config.getoption
    chosen: dict[PromptFile, list[Case]] = {}
    for item in session.items:
        if isinstance(item, CaseItem) and isinstance(item.parent, PromptFile):
            chosen.setdefault(item.parent, []).append(item.case)
    workspaces = list({id(file.workspace): file.workspace for file in chosen}.values())
    place = option("prompts_run")
    try:
        if len(workspaces) > 1:
            raise PromptsteadError("--prompts-live asks for the prompts of one repository at a time")
        if place is None and in_ci():
            raise PromptsteadError("in CI nothing is written into the repository", hint="name --prompts-run FILE")
        started = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        results = ask_selected(
            workspaces[0],
            [file.loaded for file in chosen],
            {file.loaded.id: cases for file, cases in chosen.items()},
            CallLimits(option("prompts_max_requests"), option("prompts_max_tokens"), option("prompts_max_cost")),
            place or default_place(workspaces[0], f"{started}.pytest"),
        )
    except PromptsteadError as error:
        pytest.exit(f"promptstead: {error}", returncode=pytest.ExitCode.USAGE_ERROR)
    paths = {file.loaded.id: file.loaded.path for file in chosen}
    found.update({(paths[prompt], case): result for (prompt, case), result in results.items()})
    return found


class CaseItem(pytest.Item):
    """One case answered by one model: it passes when every check holds, and is skipped where nothing can be said."""

    def __init__(self, *, case: "Case", model: str, prompt_id: str, **more: Any) -> None:
        super().__init__(**more)
        self.case = case
        self._model = model
        self.user_properties += [("prompt", prompt_id), ("case", case.id), ("model", model)]
        for tag in case.tags:
            self.keywords[tag] = True  # `-k adversarial`
        self.extra_keyword_matches.update(case.tags)

    def runtest(self) -> None:
        """Judge the answer."""
        assert isinstance(self.parent, PromptFile)
        result = self.parent.result(self.case.id, self._model)
        if result.state != "evaluated":
            if self.config.getoption("prompts_live"):
                raise PromptsteadError(f"not evaluated: {result.why}")
            raise _skipped(f"not evaluated: {result.why}")
        if result.passed is False:
            raise CaseFailed(result, dict(result.failures()))
        unscored = [f"{name}: {item.reason}" for s in result.samples for name, item in s.items() if item.value is None]
        if result.passed is None:
            from promptstead.verdicts.violations import violations

            if found := violations(result, ()):
                raise CaseFailed(result, {check: why for _, check, why in found})
            raise _skipped(f"unscored: {unscored[0]}" if unscored else "no check of this case is true or false")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **more: Any) -> Any:
        """Show what failed, what was asked and what was answered; no traceback of ours."""
        if isinstance(excinfo.value, CaseFailed):
            return inert("\n".join(excinfo.value.lines()))
        if isinstance(excinfo.value, PromptsteadError):
            return inert(str(excinfo.value))
        return super().repr_failure(excinfo, *args, **more)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the test is: its file and what to call it."""
        return self.path, 0, self.name


class CounterexampleItem(pytest.Item):
    """An answer that must fail: the test passes when each evaluator that must catch it does."""

    def __init__(self, *, counterexample: str, case: str, **more: Any) -> None:
        super().__init__(**more)
        self._counterexample = counterexample
        assert isinstance(self.parent, PromptFile)
        self.user_properties += [("prompt", self.parent.loaded.id), ("case", case), ("counterexample", counterexample)]

    def runtest(self) -> None:
        """Put the answer before its evaluators."""
        from promptstead.outputs.counterexamples import LET_PASS, NOT_EVALUATED

        assert isinstance(self.parent, PromptFile)
        trials = self.parent.trials(self._counterexample)
        if let_pass := [trial for trial in trials if trial.state == LET_PASS]:
            raise CounterexamplePassed(let_pass)
        if unknown := [trial for trial in trials if trial.state == NOT_EVALUATED]:
            raise _skipped(f"not evaluated: {unknown[0].evaluator}: {unknown[0].reason}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **more: Any) -> Any:
        """Show which evaluator passes the answer, where it stands and what is wrong with it."""
        if isinstance(excinfo.value, CounterexamplePassed):
            return inert("\n".join(excinfo.value.lines()))
        return super().repr_failure(excinfo, *args, **more)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the test is: its file and what to call it."""
        return self.path, 0, self.name


class CounterexamplePassed(Exception):
    """An evaluator passes an answer that it must fail."""

    def __init__(self, let_pass: "list[Trial]") -> None:
        super().__init__("; ".join(f"{trial.evaluator}: {trial.reason}" for trial in let_pass))
        self._let_pass = let_pass

    def lines(self) -> Iterator[str]:
        """Yield what a person reads; control characters are made visible."""
        from promptstead.escapes import visible

        for trial in self._let_pass:
            yield visible(f"{trial.evaluator} passes an answer that it must fail: {trial.reason}")
        found = self._let_pass[0].counterexample
        yield f"{found.file}:{self._let_pass[0].line}: {one_line(found.why, EXCERPT)}"
        yield "make the evaluator stricter, or correct the counterexample"


class CaseFailed(Exception):
    """An answer fails its checks, or what must pass could not be judged."""

    def __init__(self, result: "CaseResult", failed: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {why}" for name, why in failed.items()))
        self._failed = failed
        self._result = result

    def lines(self) -> Iterator[str]:
        """Yield what a person reads, the checks first; control characters are made visible."""
        from promptstead.escapes import visible
        from promptstead.outputs.calls import answer_text

        for name, why in self._failed.items():
            yield visible(f"{name}: {why}")
        for name, value in self._result.case.inputs.items():
            yield from _block(f"input {name}", visible(str(value)))
        samples = self._result.output.samples if self._result.output else ()
        for number, (sample, results) in enumerate(zip(samples, self._result.samples, strict=True), 1):
            if any(results[name].value is not True for name in self._failed if name in results):
                of = f" (sample {number} of {len(samples)})" if len(samples) > 1 else ""
                text = answer_text(sample, self._result.case)
                yield from _block(f"answer of {self._result.model}{of}", visible(text))


def _skipped(why: str) -> BaseException:
    """Return what skips a test, at the place of the test and not of this module."""
    return pytest.skip.Exception(why, _use_item_location=True)


def _block(title: str, text: str) -> Iterator[str]:
    yield f"--- {one_line(title)}"
    yield text if len(text) <= EXCERPT else text[:EXCERPT] + " …"


@pytest.fixture
def promptstead(request: pytest.FixtureRequest) -> "Prompts":
    """Return the prompts of the repository that the test lies in: see :class:`promptstead.testing.Prompts`."""
    from promptstead.testing import Prompts

    return Prompts(_workspace(request.config, request.path))


def _workspace(config: pytest.Config, path: Path) -> "Workspace":
    """Return the repository of *path*, opened once in a run."""
    from promptstead.operations.workspace.current import open_workspace
    from promptstead.storage.working_tree import find_root

    known = config.stash.setdefault(_WORKSPACES, {})
    root = find_root(str(path))
    if root not in known:
        known[root] = open_workspace((root,))
    return known[root]
