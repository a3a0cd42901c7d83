"""Whether the evaluators of the head still catch the counterexamples that those of the base caught."""

from typing import NamedTuple

from promptstead.digests import counterexample_content
from promptstead.model import Json
from promptstead.outputs.counterexamples import CAUGHT, LET_PASS, NOT_EVALUATED, Counterexamples, Trial
from promptstead.prompts.loaded import Loaded


class Loosened(NamedTuple):
    """Counterexamples that an evaluator of the head lets pass, and those that none can judge any more."""

    let_pass: tuple[Trial, ...] = ()
    unjudged: tuple[Trial, ...] = ()


NOT_LOOSENED = Loosened()


def loosened(base: Loaded | None, head: Loaded) -> Loosened:
    """Return what the head's evaluators do not catch any more, whether or not its files still have it.

    The base's counterexamples are judged with the base's cases and reference answers, so that only the evaluators
    differ; then those that are new on the head, or changed, with its own. What the base's own evaluators let pass is
    not the change's.
    """
    assert head.prompt is not None
    own = Counterexamples(head)
    let_pass: list[Trial] = []
    unjudged: list[Trial] = []
    contents: dict[str, Json] = {}
    if base is not None and base.prompt is not None and base.prompt.counterexamples:
        contents = {each.id: counterexample_content(each) for each in base.prompt.counterexamples}
        former = Counterexamples(base)
        before = {_key(trial): trial.state for trial in former.trials()}
        for trial in former.trials(own):
            if trial.state == LET_PASS and before.get(_key(trial)) != LET_PASS:
                let_pass.append(trial)
            elif trial.state == NOT_EVALUATED and before.get(_key(trial)) == CAUGHT:
                unjudged.append(trial)
    changed = {each.id for each in head.prompt.counterexamples if contents.get(each.id) != counterexample_content(each)}
    told = set(map(_key, let_pass))
    for trial in own.trials() if changed else ():
        if trial.state == LET_PASS and trial.counterexample.id in changed and _key(trial) not in told:
            let_pass.append(trial)
    return Loosened(tuple(let_pass), tuple(unjudged))


def _key(trial: Trial) -> tuple[str, str]:
    return trial.counterexample.id, trial.evaluator
