"""How a prompt on two sides becomes a part of a review."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from promptstead.config.settings import Config
from promptstead.diff.prompts import compare_prompts
from promptstead.diff.rendered import compare_rendered
from promptstead.evaluators.shared.results import CaseResult
from promptstead.lint.engine import Engine, failing
from promptstead.lint.finding import Finding
from promptstead.lint.plugin_rules import plugin_rules
from promptstead.lint.rule import Base
from promptstead.lint.suppressions import Suppression, find_suppressions
from promptstead.model import Json, Sample
from promptstead.prompts.loaded import Loaded
from promptstead.verdicts.gate import together
from promptstead.verdicts.loosened import loosened
from promptstead.verdicts.recorded_decisions import decide_prompt, results_of
from promptstead.verdicts.review import PromptReview
from promptstead.words.sentence import Sentence, own_words, say


def review_prompt(
    base: Loaded | None, head: Loaded | None, policy: Config, base_label: str = ""
) -> PromptReview | None:
    """Compare one prompt on both sides; None where there is none. :func:`in_view_of_all` comes after it.

    :param policy: the configuration of the base, whose rules judge both sides.
    :param base_label: what findings that compare with the base call it.
    """
    there = head or base
    if there is None:
        return None
    brought = plugin_rules(policy, there.plugins)
    former = base.prompt if base else None
    compared = Base(base_label, lambda _: former) if former else None  # under whatever id Git says that it was
    old_findings = Engine(policy, "review", brought=brought).check(base) if base else []
    new_findings = Engine(policy, "review", base=compared, brought=brought).check(head) if head else []
    new, fixed = _finding_changes(old_findings, new_findings)
    if head is not None and head.prompt is None:
        error = _not_valid(new_findings)
        return PromptReview(there.id, there.path, None, (), tuple(new), fixed, error=error)
    old_prompt = base.prompt if base else None
    change = compare_prompts(old_prompt, head.prompt if head else None) if old_prompt or head else None
    if change is None or head is None or head.prompt is None:
        gone = old_prompt.cases if old_prompt else ()
        return PromptReview(there.id, there.path, change, (), tuple(new), fixed, cases=gone)
    before, after = results_of(base), results_of(head)
    decisions = decide_prompt(base, head, before, after, change, policy)
    return PromptReview(
        there.id,
        there.path,
        change,
        decisions,
        tuple(new),
        fixed,
        tuple((result.case.id, result.why) for result in after if result.state != "evaluated"),
        evaluated=sum(result.state == "evaluated" for result in (*before, *after)),
        base_tokens=_tokens(before),
        head_tokens=_tokens(after),
        rendered=compare_rendered(base, head, change) if base else None,
        allowed=_newly_allowed(base, head),
        idle=change.kind == "unchanged" and not fixed and _answers(before) == _answers(after),
        cases=() if base else head.prompt.cases,
        loosened=loosened(base, head),
        base_notes=old_prompt.notes if old_prompt else (),
        head_notes=head.prompt.notes,
    )


def in_view_of_all(prompts: Iterable[PromptReview], policy: Config) -> list[PromptReview]:
    """Return the prompts of one review in view of each other.

    A new finding in a file that several share is reported with the first of them, and where nothing else differs that
    anybody reads, the prompt is left out. The verdicts are those of :func:`together`.
    """
    prompts = list(_reported_once(prompts, policy))
    groups = together([prompt.decisions for prompt in prompts])
    return [replace(prompt, decisions=group) for prompt, group in zip(prompts, groups, strict=True)]


def _reported_once(prompts: Iterable[PromptReview], policy: Config) -> Iterator[PromptReview]:
    reported: set[str] = set()
    for prompt in prompts:
        new = tuple(finding for finding in prompt.new_findings if finding.content_key not in reported)
        reported.update(finding.content_key for finding in new)
        if new or not prompt.idle:
            yield replace(prompt, new_findings=new, failing=failing(new, policy))


def _not_valid(findings: Sequence[Finding]) -> Sentence:
    reason = next((finding.message for finding in findings if finding.level == "error"), None)
    return say("verdicts.head-unreadable") if reason is None else say("verdicts.head-invalid", reason=own_words(reason))


def _newly_allowed(base: Loaded | None, head: Loaded) -> tuple[Sentence, ...]:
    """Return which suppressions the head's files have and the base's do not."""
    before = {(each.codes, each.reason) for each in _suppressions(base)} if base else set()
    new = [each for each in _suppressions(head) if (each.codes, each.reason) not in before]
    return tuple(
        say("verdicts.allowed-because", codes=each.codes, reason=each.reason)
        if each.reason
        else say("verdicts.allowed-without-reason", codes=each.codes)
        for each in new
    )


def _suppressions(loaded: Loaded) -> list[Suppression]:
    return [each for document in loaded.documents.values() for each in find_suppressions(document)]


def _answers(results: Sequence[CaseResult]) -> list[tuple[Json, ...]]:
    return [
        (
            each.case.id,
            each.model,
            each.state,
            [_said(sample) for sample in each.output.samples] if each.output else [],
        )
        for each in results
    ]


def _said(sample: Sample) -> tuple[Json, ...]:
    replies = [(step.output, step.tool_calls) for step in sample.steps]
    return sample.digest or sample.output, sample.tool_calls, sample.scores, replies


def _finding_changes(old: Sequence[Finding], new: Sequence[Finding]) -> tuple[list[Finding], int]:
    """Return the findings that the head has and the base does not, and how many it is the other way round."""
    left = Counter(finding.content_key for finding in old)
    added = []
    for finding in new:
        if left[finding.content_key]:
            left[finding.content_key] -= 1
        else:
            added.append(finding)
    return added, sum(left.values())


def _tokens(results: Sequence[CaseResult]) -> float | None:
    totals = [
        (sample.usage.input or 0) + (sample.usage.output or 0)
        for result in results
        for sample in (result.output.samples if result.output else ())
        if sample.usage.input is not None or sample.usage.output is not None
    ]
    return sum(totals) / len(totals) if totals else None
