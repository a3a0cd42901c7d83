"""Replay of very many cases: each is judged when it comes, and not kept, as ``evaluators/examine.py`` does it."""

from collections.abc import Iterable, Iterator

from promptstead.digests import inputs_digest
from promptstead.errors import PromptsteadError
from promptstead.evaluators.examine import Examiner
from promptstead.evaluators.shared.helpers import Helpers, helpers_of
from promptstead.evaluators.shared.results import CaseResult
from promptstead.model import Case, Prompt, RecordedOutput, Tree
from promptstead.outputs.index import RawAnswer, Unreadable, parsed
from promptstead.outputs.recorded_costs import Pricing
from promptstead.outputs.sealed import opened
from promptstead.prompts.case_stream import stream_cases
from promptstead.prompts.csv_and_jsonl_rows import RowProblem
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests

MAX_PROBLEMS = 100


class CaseStream:
    """The cases of a prompt, once, from its files as they are read; and what was no case."""

    def __init__(self, tree: Tree, loaded: Loaded) -> None:
        self._found = stream_cases(tree, loaded)
        self.problems: list[RowProblem] = []
        """The first 100 rows that are no case."""
        self.wrong = 0
        self.count = 0

    def __iter__(self) -> Iterator[Case]:
        for each in self._found:
            if isinstance(each, Case):
                self.count += 1
                yield each
                continue
            self.wrong += 1
            if self.wrong <= MAX_PROBLEMS:
                self.problems.append(each)

    def refuse_wrong(self) -> None:
        """Refuse to go on without the rows that are no case, once the stream is through.

        :raises PromptsteadError: there is one.
        """
        if self.wrong:
            first = self.problems[0]
            raise PromptsteadError(
                f"{self.wrong:,} rows are not valid cases; the first: {first.message}",
                hint="run promptstead lint, and fix them first",
                location=f"{first.path}:{first.line}",
            )


class Replayer:
    """Judges the recorded answers of one prompt's cases, one case at a time; what it needs is prepared once.

    :param models: those that are asked for, as recorded: one without an answer to a case is missing there.
    :param samples: judge the first so many samples of an answer; None for all.
    :param judge: the prompt whose evaluators judge, by default the prompt itself.
    :param helpers: what those need, by default the prompt's own.
    """

    def __init__(
        self,
        loaded: Loaded,
        models: Iterable[str],
        samples: int | None = None,
        judge: Prompt | None = None,
        helpers: Helpers | None = None,
    ) -> None:
        requests = Requests(loaded)
        self._stored = loaded.stored
        prompt = requests.prompt
        if judge is not None:
            prompt = prompt._replace(evaluators=judge.evaluators, output_schema=judge.output_schema)
        self._models = tuple(models)
        self._samples = samples
        self._pricing = Pricing(loaded)
        self._examiner = Examiner(prompt, requests.digest, inputs_digest, helpers or helpers_of(loaded))

    def results(self, case: Case, answers: Iterable[RawAnswer]) -> list[CaseResult]:
        """Return a result for each answer, and one for each model that gave none."""
        outputs: list[RecordedOutput] = []
        unreadable: list[Unreadable] = []
        for raw in answers:
            found = parsed(case.id, raw)
            if isinstance(found, Unreadable):
                unreadable.append(found)
            else:
                found = found if self._samples is None else found._replace(samples=found.samples[: self._samples])
                outputs.append(found)
        outputs = [self._pricing.priced(output) for output in opened(outputs, self._stored).outputs]
        if not unreadable:
            return list(self._examiner.case(case, outputs, self._models))
        broken = {each.model for each in unreadable}
        models = [model for model in self._models if model not in broken]
        results = [CaseResult(case, each.model, "not evaluated", each.why) for each in unreadable]
        return [*(self._examiner.case(case, outputs, models) if outputs or models else ()), *results]
