"""A recorded output no longer answers its case: the prompt, the model or the input changed since, or the case is gone.

**Why it matters.** A stale answer says nothing about the prompt as it is now; it is not evaluated, and a review
without it has less evidence.

**Example.** The system message was changed after `outputs.yml` was recorded.

**How to fix.** A model's answer is recorded again where a model is at hand; nobody else is blocked: the finding is a
note while you edit, a warning in a review and an error in a release. A hand-written answer is read again and tied to
the new input with `promptstead accept`. Delete what belongs to a case that is gone.
"""

from collections import Counter
from collections.abc import Iterator

from promptstead.lint.rule import Context, Levels, Rule
from promptstead.model import Problem, RecordedOutput

MANY = 3
"""From more outputs with one reason on, they are one finding."""


def check(context: Context) -> Iterator[Problem]:
    """Report what is wrong with the outputs file, and each output in it that is stale."""
    document = context.loaded.outputs
    yield from _broken_judgements(context)
    if document is None:
        return
    from promptstead.outputs.replay import Replay  # evaluators are not needed where nothing is recorded

    replay = Replay(context.loaded)
    problems = replay.problems
    context.beyond |= replay.beyond
    for problem in problems:
        yield Problem(problem.code, problem.message, problem.span, problem.hint, problem.fix, document.path, "error")
    first: dict[tuple[str, str], list[RecordedOutput]] = {}
    count: Counter[tuple[str, str]] = Counter()
    for output, reason in replay.stale():
        key = output.source, reason.partition(": run")[0]
        count[key] += 1
        if count[key] <= MANY:
            first.setdefault(key, []).append(output)
    for (source, reason), outputs in first.items():
        many = count[source, reason]
        obsolete = reason.startswith("obsolete")
        hint = "delete it" if obsolete else "read the answer again, then run promptstead accept"
        if source == "live" and not obsolete:
            hint = "run promptstead record; until then the case is not evaluated"
        for output in outputs if many <= MANY else outputs[:1]:
            span = document.span((*output.at, "case"))
            more = f" and those of {many - 1} more cases" if many > MANY else ""
            message = f"output of {output.model} for case `{output.case}`{more}: {reason}"
            yield Problem("TST604", message, span, hint, path=document.path, level="error" if obsolete else None)


def _broken_judgements(context: Context) -> Iterator[Problem]:
    if context.loaded.judgements is not None:
        from promptstead.evaluators.judgement_file import exposed_judgements, judgements_of  # few prompts have judges

        judgements, problems = judgements_of(context.loaded)
        context.beyond |= any(each.is_sealed for each in judgements)
        for problem in (*problems, *exposed_judgements(context.loaded)):
            yield problem._replace(level="error")


LEVELS: Levels = {"edit": "note", "review": "warning", "release": "error"}
RULE = Rule("TST604", "stale-output", "recorded output stale: what it answers has changed", LEVELS, check)
