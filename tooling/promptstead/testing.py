"""A repository's prompts for one's own tests: render them, take their recorded answers, apply their checks."""

from collections.abc import Mapping

from promptstead.digests import inputs_digest
from promptstead.errors import PromptsteadError
from promptstead.evaluators.examine import evaluate
from promptstead.evaluators.shared.helpers import helpers_of
from promptstead.evaluators.shared.results import CaseResult, Result
from promptstead.model import Case, Json, RecordedOutput, Sample
from promptstead.operations.recording.recorded_answers import load_valid
from promptstead.operations.workspace.selected_prompts import selected_paths
from promptstead.operations.workspace.workspace import Workspace
from promptstead.outputs.replay import Replay
from promptstead.prompts.compile import case_messages, open_prompt
from promptstead.prompts.loaded import Loaded


class Prompts:
    """The prompts of one repository by id or former id: ``promptstead["banking/complaint-triage"]``."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._opened: dict[str, PromptUnderTest] = {}

    def __getitem__(self, name: str) -> "PromptUnderTest":
        """Return the prompt *name*.

        :raises PromptsteadError: there is none, or it is not valid.
        """
        if name not in self._opened:
            paths = selected_paths(self._workspace, (name,))
            if len(paths) != 1:
                raise PromptsteadError(f"`{name}` names {len(paths)} prompts", hint="name one")
            self._opened[name] = PromptUnderTest(load_valid(self._workspace, paths[0]))
        return self._opened[name]


class PromptUnderTest:
    """One prompt of the working tree."""

    def __init__(self, loaded: Loaded) -> None:
        assert loaded.prompt is not None
        self._loaded = loaded
        self._prompt = loaded.prompt

    def case(self, case_id: str) -> Case:
        """Return the case of that id.

        :raises PromptsteadError: there is none.
        """
        found = next((case for case in self._prompt.cases if case.id == case_id), None)
        if found is None:
            raise PromptsteadError(f"there is no case `{case_id}`", location=self._prompt.path)
        return found

    def messages(self, **inputs: Json) -> list[Json]:
        """Return the messages for *inputs*, as an application would send them, with the digests of attachments.

        :raises PromptsteadError: an input is missing, unknown, or not what its schema asks.
        """
        values: Mapping[str, Json] = inputs
        if self._loaded.attachments is not None:
            values, wrong = self._loaded.attachments.values(inputs, self._prompt.inputs)
            for each in wrong:
                raise PromptsteadError(each.message, hint=each.hint, location=self._prompt.path)
        return case_messages(open_prompt(self._loaded), self._prompt, Case("", values))

    def answer(self, case_id: str, model: str = "") -> str:
        """Return the recorded answer to a case; the accepted one of several samples.

        :param model: whose answer, as it is recorded; by default the first that is current.
        :raises PromptsteadError: none is recorded, or it is stale.
        """
        case = self.case(case_id)
        results = [result for result in Replay(self._loaded).results() if result.case.id == case.id]
        for result in results:
            if result.state == "evaluated" and model in ("", result.model) and result.output:
                golden = result.output.golden or {}
                number: int = golden.get("sample", 1)
                return result.output.samples[min(number, len(result.output.samples)) - 1].output
        why = next((result.why for result in results if model in ("", result.model)), f"no answer of `{model}`")
        raise PromptsteadError(f"case `{case_id}`: {why}", location=self._prompt.path)

    def results(self, output: str, case_id: str = "", **inputs: Json) -> Mapping[str, Result]:
        """Return evaluator -> what it says of *output*, the answer to a case or to *inputs*.

        Of a case that is a conversation *output* is taken as the only answer.

        :raises PromptsteadError: there is no such case.
        """
        return self._judged(output, case_id, inputs).samples[0]

    def check(self, output: str, case_id: str = "", **inputs: Json) -> None:
        """Assert that no check fails on *output*; what cannot be judged (nothing is expected of it) does not count.

        :raises AssertionError: a check fails; the message names each with its reason.
        :raises PromptsteadError: there is no such case.
        """
        failed = self._judged(output, case_id, inputs).failures()
        if failed:
            raise AssertionError("; ".join(f"{name}: {why}" for name, why in failed))

    def _judged(self, output: str, case_id: str, inputs: Mapping[str, Json]) -> CaseResult:
        case = self.case(case_id)._replace(turns=(), stubs=()) if case_id else Case("", inputs)
        answer = RecordedOutput(case.id, "under test", "imported", (Sample(output),), inputs=inputs_digest(case))
        helpers = helpers_of(self._loaded)
        return evaluate(self._prompt, [answer], lambda case, model: "", inputs_digest, [case], helpers)[0]
