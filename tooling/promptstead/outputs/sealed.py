"""Recorded outputs whose answers are kept outside the repository."""

from collections.abc import Iterable
from typing import NamedTuple

from promptstead.errors import PromptsteadError
from promptstead.evaluators.sealed_entry import ChangedEntry
from promptstead.evaluators.sealed_samples import opened_sample
from promptstead.model import Problem, RecordedOutput, Stored
from promptstead.words.sentence import say


class Opened(NamedTuple):
    """Outputs with their answers, as far as they are at hand, and those whose answer is not what was accepted."""

    outputs: list[RecordedOutput]
    changed: list[RecordedOutput]


def opened(outputs: Iterable[RecordedOutput], stored: Stored | None) -> Opened:
    """Return *outputs* with the answers that their digests name; where one is not at hand, *unavailable* says why."""
    found: list[RecordedOutput] = []
    changed: list[RecordedOutput] = []
    for output in outputs:
        samples, why = [], ""
        for sample in output.samples:
            try:
                samples.append(opened_sample(sample, stored, output.source == "imported"))
            except ChangedEntry:
                changed.append(output)
                why = say("answers.changed-in-store")
                break
            except PromptsteadError as error:
                why = error.message
                break
        found.append(output._replace(unavailable=why, samples=output.samples if why else tuple(samples)))
    return Opened(found, changed)


def changed_problems(changed: Iterable[RecordedOutput]) -> list[Problem]:
    """Return a problem for each output whose stored answer was changed, without its place."""
    hint = say("answers.changed-hint")
    return [
        Problem("SCH001", say("answers.changed-answer", case=each.case, model=each.model), hint=hint)
        for each in changed
    ]
