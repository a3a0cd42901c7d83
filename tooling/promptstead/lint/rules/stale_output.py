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
from promptstead.lint.rules.wrong_inputs import cases_with_wrong_inputs
from promptstead.model import Problem, RecordedOutput
from promptstead.words.sentence import Sentence, say

_OF_STEPS = ("rules.TST604-missing", "rules.TST604-more", "rules.TST604-steps")
MANY = 3
"""From more outputs with one reason on, they are one finding."""


def check(context: Context) -> Iterator[Problem]:
    """Report what is wrong with the outputs file, and each output in it that is stale."""
    document = context.loaded.outputs
    yield from _broken_judgements(context)
    yield from _broken_notes(context)
    if document is None:
        return
    from promptstead.outputs.replay import Replay  # evaluators are not needed where nothing is recorded

    replay = Replay(context.loaded)
    problems = replay.problems
    context.beyond |= replay.beyond
    for problem in problems:
        yield Problem(problem.code, problem.message, problem.span, problem.hint, problem.fix, document.path, "error")
    first: dict[tuple[str, Sentence], list[RecordedOutput]] = {}
    count: Counter[tuple[str, Sentence]] = Counter()
    unrenderable = context.shared(cases_with_wrong_inputs)
    for output, why in replay.stale():
        if output.case in unrenderable:
            continue  # its case is to be corrected first, which may be all
        key = output.source, _reason(why)
        count[key] += 1
        if count[key] <= MANY:
            first.setdefault(key, []).append(output)
    for (source, reason), outputs in first.items():
        many = count[source, reason]
        obsolete = reason.code == "rules.TST604-obsolete"
        hint = _hint(source, reason)
        for output in outputs if many <= MANY else outputs[:1]:
            span = document.span((*output.at, "case"))
            message = (
                say("rules.TST604-many", model=output.model, case=output.case, more=many - 1, reason=reason)
                if many > MANY
                else say("rules.TST604", model=output.model, case=output.case, reason=reason)
            )
            yield Problem("TST604", message, span, hint, path=document.path, level="error" if obsolete else None)


def _hint(source: str, reason: Sentence) -> Sentence:
    if reason.code == "rules.TST604-obsolete":
        return say("rules.TST604-obsolete-hint")
    if reason.code == "rules.TST604-stub":
        return say("rules.TST604-stub-hint")
    if source == "live":
        return say("rules.TST604-live-hint")
    if reason.code == "rules.TST604-no-turns":
        return say("rules.TST604-output-hint")
    return say("rules.TST604-steps-hint") if reason.code in _OF_STEPS else say("rules.TST604-by-hand-hint")


def _reason(why: Sentence) -> Sentence:
    """Return why an output is stale without what to do, which is the hint's."""
    if why.code == "answers.case-gone":
        return say("rules.TST604-obsolete")
    if why.code == "answers.stale-request":
        return say("rules.TST604-request")
    if why.code == "answers.stale-turn":
        return say("rules.TST604-turn", turn=why.arguments["turn"])
    if why.code in ("answers.no-conversation-now", "answers.more-replies"):
        return say("rules.TST604-script")
    if why.code == "answers.stale-inputs":
        return say("rules.TST604-input")
    return say("rules.TST604-not-accepted") if why.code == "answers.not-accepted" else _of_script(why)


def _of_script(why: Sentence) -> Sentence:
    """Return how an answer does not fit the script of its conversation; any other reason as it is."""
    match why.code:
        case "answers.reply-missing" | "answers.hand-reply-missing":
            return say("rules.TST604-missing", turn=why.arguments["turn"])
        case "answers.no-stub" | "answers.hand-no-stub":
            return say("rules.TST604-stub", turn=why.arguments["turn"], call=why.arguments["call"])
        case "answers.hand-more-replies":
            return say("rules.TST604-more", turns=why.arguments["turns"])
        case "answers.hand-no-steps":
            return say("rules.TST604-steps")
        case "answers.hand-no-turns":
            return say("rules.TST604-no-turns")
        case _:
            return why


def _broken_judgements(context: Context) -> Iterator[Problem]:
    if context.loaded.judgements is not None:
        from promptstead.evaluators.judgement_file import exposed_judgements, judgements_of  # few prompts have judges

        judgements, problems = judgements_of(context.loaded)
        context.beyond |= any(each.is_sealed for each in judgements)
        for problem in (*problems, *exposed_judgements(context.loaded)):
            yield problem._replace(level="error")


def _broken_notes(context: Context) -> Iterator[Problem]:
    if context.prompt.notes:
        from promptstead.outputs.notes import problems  # few prompts have notes

        context.beyond |= any(note.digest for note in context.prompt.notes)
        for problem in problems(context.loaded):
            yield problem._replace(level="error")


LEVELS: Levels = {"edit": "note", "review": "warning", "release": "error"}
RULE = Rule("TST604", "stale-output", "recorded output stale: what it answers has changed", LEVELS, check)
