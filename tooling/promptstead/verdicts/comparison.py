"""The comparison of two sets of answers: one model that every renderer shows, and the functions that make it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from promptstead.config.settings import Config
from promptstead.diff.prompts import compare_prompts
from promptstead.errors import PromptsteadError, one_line
from promptstead.evaluators.shared.results import CaseResult
from promptstead.model import Json
from promptstead.prompts.loaded import Loaded
from promptstead.runs.writer import End, Row, Run
from promptstead.verdicts.decision import Verdict
from promptstead.verdicts.gate import Decision, decide, rules_for, together
from promptstead.verdicts.order import Judged, gravest_first, verdict_counts
from promptstead.verdicts.pairing import sides
from promptstead.verdicts.price import live_evaluation
from promptstead.verdicts.recorded_decisions import decide_prompt, results_of
from promptstead.words.sentence import Sentence, say


@dataclass(frozen=True)
class ComparedPrompt(Judged):
    """One prompt: what is said of each pair of models, or why it is not compared."""

    id: str
    decisions: tuple[Decision, ...] = ()
    error: Sentence | None = None
    looks: tuple[Json, ...] = ()
    """What each look of a comparison that may stop early saw."""


@dataclass(frozen=True)
class ComparisonReport:
    """The comparison of *base* and *head*, the gravest prompt first.

    *cautions* are sentences: what makes it say less than it seems to. *only_base* and *only_head* name the prompts of
    one side. *fail_inconclusive* and *fail_not_evaluated* are the policy.
    """

    base: str
    head: str
    prompts: tuple[ComparedPrompt, ...]
    cautions: tuple[Sentence, ...] = ()
    only_base: tuple[str, ...] = ()
    only_head: tuple[str, ...] = ()
    fail_inconclusive: bool = False
    fail_not_evaluated: bool = False
    numbered: tuple[tuple[str, int, int], ...] = ()
    """The prompts of two run files whose contracts have other numbers, with both: what either is no run file says."""

    @property
    def declared(self) -> list[tuple[str, int, int]]:
        """The prompts whose contract breaks and is declared to, with its numbers on both sides."""
        found = ((prompt.id, prompt.decisions[0].declared) for prompt in self.prompts if prompt.decisions)
        return [(name, contract.old, contract.new) for name, contract in found if contract is not None]

    def fails(self, decision: Decision) -> bool:
        """Tell whether the gate does not let this pair of models pass."""
        inconclusive = self.fail_inconclusive and decision.verdict == Verdict.INCONCLUSIVE
        return decision.blocks or (inconclusive and not decision.sides.by_hand)

    @cached_property
    def blocks(self) -> bool:
        """Whether the gate does not let the head pass."""
        return any(
            prompt.blocks
            or any(map(self.fails, prompt.decisions))
            or (self.fail_not_evaluated and prompt.verdict == Verdict.NOT_EVALUATED)
            for prompt in self.prompts
        )

    def counts(self) -> dict[str, int]:
        """Return verdict -> number of prompts, the gravest first."""
        return verdict_counts(self.prompts)


class RunContent(NamedTuple):
    """A run that was read whole. *end* is None for one that was stopped."""

    name: str
    run: Run
    rows: tuple[Row, ...]
    end: End | None

    def results(self, model: str = "") -> dict[str, list[CaseResult]]:
        """Return prompt -> results, of one model or of all.

        :raises PromptsteadError: no answer of the run is that model's.
        """
        models = dict.fromkeys(row.result.model for row in self.rows)
        if model and model not in models:
            known = ", ".join(f"`{one_line(each, 80)}`" for each in models if each) or "none"
            raise PromptsteadError(f"the run has no model `{model}`", hint=f"it has {known}", location=self.name)
        found: dict[str, list[CaseResult]] = {prompt.id: [] for prompt in self.run.prompts}
        for row in self.rows:
            if not model or row.result.model == model:
                found[row.prompt].append(row.result)
        return {prompt: results for prompt, results in found.items() if results or not model}


def compare_runs(
    base: RunContent, head: RunContent, policy: Config, *, base_model: str = "", head_model: str = ""
) -> ComparisonReport:
    """Compare the answers of two runs, or those of two models of one run.

    Each side was judged by its own evaluators; a pair whose evaluators differ is left out.

    :param base_model: the one model of the base that counts; all by default. *head_model* likewise.
    :raises PromptsteadError: the runs have no prompt in common, or a model is in no row.
    """
    before, after = base.results(base_model), head.results(head_model)
    common = [prompt for prompt in after if prompt in before]
    if not common:
        only = [", ".join(f"`{one_line(name, 80)}`" for name in list(each)[:5]) or "none" for each in (before, after)]
        raise PromptsteadError(
            f"the runs have no prompt in common: the base has {only[0]}, and the head has {only[1]}",
            hint="compare runs of the same prompts",
        )
    old, new = ({prompt.id: prompt for prompt in content.run.prompts} for content in (base, head))

    def decisions(name: str) -> Iterator[Decision]:
        rules = rules_for(policy, old[name].risk, new[name].risk)
        for side in sides(before[name], after[name]):
            yield decide(side, old[name].gate, new[name].gate, rules=rules, ask_again=live_evaluation(name))

    found = [ComparedPrompt(name, tuple(decisions(name))) for name in common]
    contracts = ((name, old[name].contract, new[name].contract) for name in common)
    numbered = tuple(each for each in contracts if each[1] != each[2])
    names = [run.name + (f" · {model}" if model else "") for run, model in ((base, base_model), (head, head_model))]
    return ComparisonReport(
        names[0],
        names[1],
        _ordered(found),
        (
            *(say("verdicts.run-contracts", prompt=name, old=was, new=now) for name, was, now in numbered),
            *_cautions(base, head),
            *_not_asked((before.keys() ^ after.keys()) & old.keys() & new.keys()),
        ),
        tuple(_missing(old, new)),
        tuple(_missing(new, old)),
        policy.inconclusive == "fail",
        policy.not_evaluated == "fail",
        numbered,
    )


def compare_loaded(base: Loaded | None, head: Loaded, policy: Config) -> ComparedPrompt | None:
    """Compare one prompt of two revisions by their recorded answers; None where neither has any.

    As in a review: the base's evaluators judge both sides, and a change of a prompt is not judged by imported answers
    that did not change with it.
    """
    if head.prompt is None:
        return ComparedPrompt(head.id, error=say("verdicts.lint-says-why"))
    before, after = results_of(base), results_of(head)
    if not any(result.output for result in (*before, *after)):
        return None
    change = compare_prompts(base.prompt if base else None, head.prompt)
    return ComparedPrompt(head.id, decide_prompt(base, head, before, after, change, policy))


def compare_revisions(
    base: str, head: str, pairs: Iterable[tuple[Loaded | None, Loaded | None]], policy: Config
) -> ComparisonReport:
    """Compare every prompt of two revisions that has recorded answers; *base* and *head* are what reports call them.

    *policy* is the configuration of the base.
    """
    found, gone, come = [], [], []
    for old, new in pairs:
        if new is None:
            gone.extend([old.id] if old else [])
        elif old is None:
            come.append(new.id)
        elif compared := compare_loaded(old, new, policy):
            found.append(compared)
    return ComparisonReport(
        base,
        head,
        _ordered(found),
        only_base=tuple(gone),
        only_head=tuple(come),
        fail_inconclusive=policy.inconclusive == "fail",
        fail_not_evaluated=policy.not_evaluated == "fail",
    )


def _ordered(prompts: Sequence[ComparedPrompt]) -> tuple[ComparedPrompt, ...]:
    """Return the prompts with their verdicts in view of each other, the gravest first."""
    groups = together([prompt.decisions for prompt in prompts])
    found = [replace(prompt, decisions=group) for prompt, group in zip(prompts, groups, strict=True)]
    return gravest_first(found)


def _not_asked(prompts: Set[str]) -> Iterator[Sentence]:
    if prompts:
        yield say("verdicts.not-asked-of-both", prompts=sorted(prompts))


def _missing(here: Mapping[str, object], there: Mapping[str, object]) -> Iterator[str]:
    return (prompt for prompt in here if prompt not in there)


def _cautions(base: RunContent, head: RunContent) -> Iterator[Sentence]:
    for run in dict.fromkeys((base.name, head.name)):
        content = base if run == base.name else head
        if content.end is None:
            yield say("verdicts.run-stopped", run=run, rows=len(content.rows))
        index, count = content.run.shard
        if count > 1:
            yield say("verdicts.run-shard", run=run, index=index, count=count)
        if content.run.dirty and content.run.commit:
            yield say("verdicts.run-dirty", run=run, commit=content.run.commit[:7])
        elif content.run.dirty:
            yield say("verdicts.run-uncommitted", run=run)
    if dict(base.run.selection) != dict(head.run.selection):
        yield say("verdicts.filters-differ")
    if base.run.samples != head.run.samples:
        yield say("verdicts.samples-differ", base=base.run.samples, head=head.run.samples)
