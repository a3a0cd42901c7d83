"""What ``promptstead eval`` shows of a run: for each prompt and model what was counted, and what may not fail and does.

The renderers beside this module (``run_text``, ``run_json``) turn it into text. Rows go in one at a time, so that a run
may be larger than memory.
"""

from collections import Counter

from promptstead.evaluators.shared.results import CaseResult, decisive, state_of
from promptstead.runs.classification import Classification, Confusion
from promptstead.runs.distinct import Distinct
from promptstead.runs.tally import Tally, Used, total
from promptstead.runs.writer import Row, Run
from promptstead.verdicts.unpublished import without_answer
from promptstead.verdicts.violations import Violation, violations

MAX_VIOLATIONS = 1000
"""Most violations of one prompt and model that are listed; all are counted."""
WORST_FIRST = ("fail", "unscored", "not evaluated", "measured", "pass")


class Entry:
    """One prompt answered by one model."""

    def __init__(self, prompt: str, path: str, model: str) -> None:
        self.prompt = prompt
        self.path = path
        self.model = model
        self.tally = Tally()
        self.violations: list[Violation] = []
        self.violated = 0
        """How many violations there are."""
        self.sources: dict[str, None] = {}
        """Where the answers are from: ``live``, ``reference``, ``imported``."""
        self._confusions: dict[str, Confusion] = {}

    def add(self, result: CaseResult) -> None:
        """Count one row."""
        self.tally.add(result)
        if result.output is not None:
            self.sources[result.output.source] = None
        for spec in result.evaluators:
            if spec.type == "label":
                self._confusions.setdefault(spec.name, Confusion(spec.name)).add(result)

    def classifications(self) -> dict[str, Classification]:
        """Return what evaluators of labels come to where it is known which label is right, by their names."""
        found = {name: confusion.classification() for name, confusion in self._confusions.items()}
        return {name: each for name, each in found.items() if each is not None and each.answers}

    def has_error(self) -> bool:
        """Tell whether one of its rates or mean scores has a standard error."""
        rates = self.tally.case_passes(), *self.tally.rates()
        return any(rate.error is not None for rate in rates) or any(
            found.error is not None for found in self.classifications().values()
        )


class RunReport:
    """The entries of one run, in the order in which they came, or :meth:`worst_first`.

    :param place: the run file, as it is shown; empty where none is written.
    :param keep: hold the rows too, for a renderer that shows every case.
    """

    def __init__(self, run: Run, place: str = "", *, keep: bool = False) -> None:
        self.run = run
        self.place = place
        self.rows: list[Row] = []
        self._keep = keep
        self._prompts = {prompt.id: prompt for prompt in run.prompts}
        self._entries: dict[tuple[str, str], Entry] = {}
        together = run.mode == "replay"
        self._cases, self._judged, self._failing = (
            {prompt: Distinct(together=together) for prompt in self._prompts} for _ in range(3)
        )

    def add(self, row: Row) -> None:
        """Count one row; of an answer that is kept outside the repository nothing is shown."""
        prompt, result = self._prompts[row.prompt], without_answer(row.result)
        if self._keep:
            self.rows.append(row._replace(result=result))
        entry = self._entries.get((row.prompt, result.model))
        if entry is None:
            entry = self._entries[row.prompt, result.model] = Entry(row.prompt, prompt.path, result.model)
        entry.add(result)
        self._count(row.prompt, result)
        found = violations(result, prompt.gate.hard)
        entry.violated += len(found)
        room = MAX_VIOLATIONS - len(entry.violations)
        entry.violations += found[:room]

    @property
    def entries(self) -> list[Entry]:
        """Return the entries in the order of their first rows."""
        return list(self._entries.values())

    def worst_first(self) -> list[Entry]:
        """Return the entries: those with violations first, then by rising pass rate; what has none comes last.

        The models of one prompt stand together, where the worst of them belongs.
        """

        def rank(entry: Entry) -> tuple[bool, bool, float]:
            mean = entry.tally.case_passes().mean
            return not entry.violated, mean is None, mean or 0.0

        prompts: dict[str, list[Entry]] = {}
        for entry in sorted(self.entries, key=rank):
            prompts.setdefault(entry.prompt, []).append(entry)
        return [entry for entries in prompts.values() for entry in entries]

    def rows_worst_first(self) -> list[Row]:
        """Return the rows that were kept: what must not fail and does is first, then what fails most often."""
        hard = {prompt.id: prompt.gate.hard for prompt in self.run.prompts}

        def rank(row: Row) -> tuple[bool, int, float]:
            samples = [all(found.value is not False for found in decisive(sample)) for sample in row.result.samples]
            share = sum(samples) / len(samples) if samples else 0.0
            return not violations(row.result, hard[row.prompt]), WORST_FIRST.index(state_of(row.result)), share

        return sorted(self.rows, key=rank)

    def states(self) -> Counter[str]:
        """Return how many results there are by what they come to; a case has one for each who answered it."""
        return sum((entry.tally.states for entry in self.entries), Counter())

    def _count(self, prompt: str, result: CaseResult) -> None:
        name = result.case.id
        self._cases[prompt].add(name)
        if result.state == "evaluated":
            self._judged[prompt].add(name)
        if result.passed is False:
            self._failing[prompt].add(name)

    def cases(self) -> int:
        """Return how many cases there are: one that two models answered counts once, and has two results."""
        return sum(each.count() for each in self._cases.values())

    def judged(self) -> int:
        """Return how many of them have an answer that was judged."""
        return sum(each.count() for each in self._judged.values())

    def failing(self) -> int:
        """Return how many of them fail, whoever answered."""
        return sum(each.count() for each in self._failing.values())

    def has_error(self) -> bool:
        """Tell whether a rate or a mean score has a standard error."""
        return any(entry.has_error() for entry in self.entries)

    def used(self) -> Used:
        """Return what all answers used together."""
        return total(entry.tally.used() for entry in self.entries)

    @property
    def violated(self) -> int:
        """Return how many violations there are."""
        return sum(entry.violated for entry in self.entries)
