"""``compare A..B --live``: both revisions are asked the same cases in one random order; four looks may end it.

What is said of a look holds at all looks together: see :mod:`promptstead.verdicts.sequential`. The base's prompts are
read from Git, its evaluators judge both sides, and each side is a run file of its own that grows answer by answer.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from promptstead.config.model_address import FAKE
from promptstead.config.settings import Config
from promptstead.console.output import tell
from promptstead.diff.contract import compare_contracts
from promptstead.digests import inputs_digest
from promptstead.errors import PromptsteadError, one_line
from promptstead.evaluators.examine import Examiner
from promptstead.evaluators.shared.helpers import helpers_of
from promptstead.evaluators.shared.results import CaseResult
from promptstead.model import Case
from promptstead.operations.calls.limits import CallLimits, used
from promptstead.operations.calls.session import CallSession
from promptstead.operations.recording.answers_to_ask import refuse_unresolved
from promptstead.operations.recording.pending_judgements import refuse_unresolved_judges
from promptstead.operations.recording.recorded_answers import in_ci, refuse_unread
from promptstead.operations.running.live_run import LiveRun, calls_of
from promptstead.operations.running.run_files import default_place, describe, refuse_existing
from promptstead.operations.running.unit import Asked, Unit
from promptstead.operations.workspace.out_of_sight import tell_out_of_sight
from promptstead.operations.workspace.revisions import (
    PromptPair,
    Revisions,
    all_prompts,
    changed_prompts,
    open_revisions,
)
from promptstead.operations.workspace.workspace import Workspace
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests
from promptstead.providers.budget import Totals
from promptstead.runs.writer import Run
from promptstead.statistics.paired_shares import paired
from promptstead.verdicts.comparison import ComparedPrompt, ComparisonReport
from promptstead.verdicts.declared_contract import Judges, declared_contract
from promptstead.verdicts.gate import Decision, compared, decide, decided, risk_of, rules_for
from promptstead.verdicts.order import gravest_first
from promptstead.verdicts.pairing import Sides, changed_case
from promptstead.verdicts.price import live_comparison
from promptstead.verdicts.sequential import ALPHAS, BOUNDS, Look, Sequential, level_of
from promptstead.words.sentence import Sentence, own_words, say


class Asking(NamedTuple):
    """What the options of a live comparison say; *prompts* are ids, none for those that changed."""

    prompts: tuple[str, ...] = ()
    samples: int = 1
    seed: int = 0
    folder: str | None = None
    limits: CallLimits = CallLimits()


class Match:
    """One prompt on both sides, with the cases that both have and what was seen so far."""

    def __init__(self, base: Loaded, head: Loaded, policy: Config, seed: int) -> None:
        self.loaded = base, head
        for each in self.loaded:
            refuse_unread(each)
        prompts = Requests(base).prompt, Requests(head).prompt
        self.declared = declared_contract(*prompts, compare_contracts(*prompts))
        judges = self.declared.judges(*prompts) if self.declared else Judges(prompts[0], prompts[0])
        self.asked = Asked(base, base._replace(prompt=judges.base)), Asked(head, base._replace(prompt=judges.head))
        self.labels = tuple(asked.requests.label() for asked in self.asked)
        self._own = Examiner(Requests(head).prompt, self.asked[1].requests.digest, inputs_digest, helpers_of(head))
        self._own_cases = {case.id: case for case in reversed(Requests(head).prompt.cases)}
        self.cases: dict[str, tuple[Case, Case]] = {}
        before = {case.id: case for case in reversed(self.asked[0].prompt.cases)}
        for case in self.asked[1].prompt.cases:
            if case.id in before and not changed_case(before[case.id], case, self.declared):
                self.cases.setdefault(case.id, (before[case.id], case))
        self.not_asked = len(before.keys() | self._own_cases.keys()) - len(self.cases)
        self.sequential = Sequential(list(self.cases), 0.0, seed)
        self.together = 1
        """How many prompts are compared together."""
        self._gates = prompts[0].gate, prompts[1].gate
        self._rules = rules_for(policy, *map(risk_of, prompts))
        self.decision: Decision | None = None

    @property
    def id(self) -> str:
        """Return the id of the head."""
        return self.loaded[1].id

    def differs(self) -> bool:
        """Tell whether what is sent for some case is not the same on both sides."""
        return any(base.digest != head.digest or not base.digest for base, head in map(self.units, self.cases))

    def units(self, case: str) -> tuple[Unit, Unit]:
        """Return what is asked for a case, base and head."""
        both = zip(self.asked, self.cases[case], self.labels, strict=True)
        base, head = (Unit(asked, each, label) for asked, each, label in both)
        return base, head

    def look(self, base: Sequence[CaseResult], head: Sequence[CaseResult]) -> Look:
        """Look at what has been answered, and decide as a comparison of recorded answers does."""
        decision = self._decide(base, head)
        self.sequential.margin = decision.threshold
        judged = decision.comparison is not None
        look = self.sequential.look(
            lambda alpha: compared(decision, alpha) if judged else paired(0, 0, 0, alpha)  # no case says anything
        )
        self.decision = self._in_view_of_all(decision, look) if judged else decision
        return look

    def _in_view_of_all(self, decision: Decision, look: Look) -> Decision:
        """Return the decision of a look, which spends a share of its alpha, with the verdict that all of it gives."""
        alone = None
        if self.together > 1:
            alone = decided(decision, compared(decision, ALPHAS[look.number - 1])).verdict
        return decided(decision, replace(look.comparison, family=self.together), alone)

    def _decide(self, base: Sequence[CaseResult], head: Sequence[CaseResult]) -> Decision:
        by_hand = any(label.startswith(f"{FAKE}/") for label in self.labels)
        side = Sides(self.labels[0], self.labels[1], tuple(base), tuple(head), by_hand)
        own = [
            self._own.judge(self._own_cases[result.case.id], result.output)
            for result in head
            if result.state == "evaluated" and result.output is not None
        ]
        command = live_comparison(self.id)
        return decide(side, self._gates[0], self._gates[1], own, self._rules, command, self.declared)

    def concluded(self, samples: int, *, limited: bool) -> ComparedPrompt:
        """Return what is said of the prompt, and at which look it was said."""
        looks = self.sequential.looks
        decision = self.decision or self._decide((), ())
        total, asked = len(self.cases), looks[-1].cases if looks else 0
        at = say("verdicts.at-look", look=len(looks), looks=len(BOUNDS), asked=asked, total=total)
        if limited and not self.sequential.done:
            said = say("verdicts.limit-reached", at=at)
        elif asked < total:
            saved, calls = 2 * samples * (total - asked), 2 * samples * total
            said = say("verdicts.stopped-early", at=at, saved=saved, calls=calls)
        else:
            said = say("verdicts.asked-all", at=at)
        if looks:
            said = say("verdicts.with-interval", said=said, share=100 * (1 - looks[-1].alpha))
        decision = replace(decision, reasons=(*decision.reasons, said))
        return ComparedPrompt(self.id, (decision,), looks=tuple(look.as_json() for look in looks))


def compare_live(workspace: Workspace, text: str, asking: Asking) -> ComparisonReport | None:
    """Ask both revisions, look, and return the comparison; None where it was interrupted.

    :raises PromptsteadError: there is nothing to ask, a run file cannot be written, or no call gave an answer.
    """
    places = _places(workspace, asking.folder)
    with open_revisions(workspace, text) as opened, ExitStack() as stack:
        tell_out_of_sight(opened.base, opened.head, opened.changed)
        matches, gone, come, cautions = _matches(workspace, opened, asking)
        runs = _described(workspace, opened, matches, asking)
        sides = [
            stack.enter_context(LiveRun(workspace, [match.asked[side] for match in matches], run, place, keep=True))
            for side, (run, place) in enumerate(zip(runs, places, strict=True))
        ]
        for live in sides:
            live.start()
        session = stack.enter_context(CallSession(workspace, asking.limits))
        try:
            _rounds(matches, sides, session)
        except KeyboardInterrupt:
            kept = sum(live.answers for live in sides)
            tell(f"stopped: {kept:,} answers kept; to compare them: promptstead compare {places[0]} {places[1]}")
            return None
        looks = [{"prompt": match.id, **look.as_json()} for match in matches for look in match.sequential.looks]
        for live in sides:
            live.end(_totals(live), looks)
        tell(used(session.totals))
        tell(f"run files: {places[0]}, {places[1]}")
        if not any(live.answers for live in sides):
            why = next(iter(sides[0].problems or sides[1].problems), "no case can be rendered")
            raise PromptsteadError(f"no model answered: {why}")
        cautions += [
            say(
                "verdicts.calls-failed",
                run=live.place,
                n=live.problems.total(),
                reason=own_words(live.problems.most_common(1)[0][0]),
            )
            for live in sides
            if live.problems
        ]
        base, _, head = opened.label.partition("..")
        policy = opened.base.config
        return ComparisonReport(
            base,
            head,
            gravest_first(match.concluded(asking.samples, limited=session.limited) for match in matches),
            tuple(cautions),
            tuple(gone),
            tuple(come),
            policy.inconclusive == "fail",
            policy.not_evaluated == "fail",
        )


def _rounds(matches: Sequence[Match], sides: Sequence[LiveRun], session: CallSession) -> None:
    """Ask for the cases of the next look of every prompt, and look, until all are decided or a limit is reached."""
    while due := [match for match in matches if not match.sequential.done]:
        wanted = [
            (live, unit)
            for match in due
            for case in match.sequential.due()
            for live, unit in zip(sides, match.units(case), strict=True)
        ]
        session.make(calls_of(wanted))
        if session.limited:
            return  # what is there is no sample that was planned
        for match in due:
            base, head = (
                [row.result for row in live.report.rows if row.prompt == asked.id]
                for live, asked in zip(sides, match.asked, strict=True)
            )
            look = match.look(base, head)
            of = f"look {look.number} of {len(BOUNDS)}, {look.cases:,} of {len(match.cases):,} cases"
            tell(one_line(f"{match.id}: {of}: {str(look.verdict).lower()}"))
        if not any(live.answers for live in sides):
            return


def _matches(
    workspace: Workspace, opened: Revisions, asking: Asking
) -> tuple[list[Match], list[str], list[str], list[Sentence]]:
    """Return the prompts to ask, those of one side only, and what makes the comparison say less than it seems to."""
    found: list[Match] = []
    gone: list[str] = []
    come: list[str] = []
    cautions: list[Sentence] = []
    for pair in _pairs(opened, asking.prompts):
        if pair.base is None or pair.head is None:
            (come if pair.base is None else gone).append(pair.id)
            continue
        match = Match(pair.base, pair.head, opened.base.config, asking.seed)
        for loaded, asked in zip(match.loaded, match.asked, strict=True):
            refuse_unresolved(asked.requests.choice(), workspace.config, loaded.path)
            refuse_unresolved_judges(asked.prompt, asked.judges, workspace.config)
        if match.cases and (asking.prompts or match.differs()):
            found.append(match)
            cautions += _cautions(match)
    if not found:
        raise PromptsteadError(
            f"{opened.label}: nothing to ask: no request to a model changed",
            hint="name prompts with --prompt to ask them anyway",
        )
    for match in found:
        match.together = len(found)
        match.sequential.level = level_of(match.together)
    return found, gone, come, cautions


def _pairs(opened: Revisions, prompts: Sequence[str]) -> Iterator[PromptPair]:
    if not prompts:
        yield from changed_prompts(opened)
        return
    pairs = {pair.id: pair for pair in all_prompts(opened)}
    for prompt in dict.fromkeys(prompts):
        if prompt not in pairs:
            raise PromptsteadError(f"there is no prompt `{prompt}`", hint="name a prompt's id")
        yield pairs[prompt]


def _cautions(match: Match) -> Iterator[Sentence]:
    if match.not_asked:
        yield say("verdicts.cases-not-asked", prompt=match.id, n=match.not_asked)
    partial = list(dict.fromkeys(path for loaded in match.loaded for path in loaded.partial))
    if partial:
        yield say("verdicts.only-first-cases", prompt=match.id, files=partial)


def _described(workspace: Workspace, opened: Revisions, matches: Sequence[Match], asking: Asking) -> tuple[Run, Run]:
    """Return the first lines of both runs; the head's answers are judged by the base's evaluators."""
    selection = {"seed": asking.seed, "prompts": [match.id for match in matches]}

    def described(side: int) -> Run:
        library = (opened.base, opened.head)[side]
        loaded = [match.loaded[side] for match in matches]
        return describe(workspace, loaded, "live", selection=selection, samples=asking.samples, library=library)

    base, head = described(0), described(1)
    both = zip(head.prompts, base.prompts, strict=True)
    head = head._replace(prompts=tuple(after._replace(evaluators=before.evaluators) for after, before in both))
    if opened.head_commit is not None:
        head = head._replace(commit=opened.head_commit, dirty=False)
    return base._replace(commit=opened.base_commit, dirty=False), head


def _places(workspace: Workspace, folder: str | None) -> tuple[str, str]:
    """Return where the run files go; nothing is there yet."""
    if folder is None and in_ci():
        raise PromptsteadError("in CI nothing is written into the repository", hint="name a folder: --runs FOLDER")
    started = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    base, head = (
        f"{folder}/{side}.run.jsonl" if folder is not None else default_place(workspace, f"{started}.{side}")
        for side in ("base", "head")
    )
    for place in (base, head):
        refuse_existing(place, live=False)
    return base, head


def _totals(live: LiveRun) -> Totals:
    """Return what one side's last line counts: calls that gave something; one that failed may have cost something."""
    failed = live.problems.total()
    return Totals(requests=live.answers + failed, uncounted=failed)
