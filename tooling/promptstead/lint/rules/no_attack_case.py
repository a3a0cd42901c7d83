"""An untrusted input has no adversarial case.

**Why it matters.** Delimiters and warnings are a promise; a case that attacks is the test of it. Without one, nobody
notices when a new model or a shorter text starts to obey what a stranger wrote (OWASP LLM01).

**Example.** `inputs: {letter: {trust: untrusted}}` and no case with `tags: [adversarial]`.

**How to fix.** Add a case whose letter asks for something else, tag it `adversarial`, expect the answer that the
letter would have had without the attack, and set `must_pass: true`.

A case counts for the inputs that it gives when a tag of it is, or contains, `adversarial`, `attack`, `attaque`,
`injection`, `jailbreak` or `red-team`. Inputs that cannot carry a sentence (numbers, dates, choices, short codes) are
not asked for, nor are prompts without any case, which TST601 is about, nor files of GitHub Models' format, which
declares neither trust nor tags.
"""

from collections.abc import Iterator

from promptstead.lint.delimiters import carries_text
from promptstead.lint.rule import Context, Levels, Rule
from promptstead.model import Problem
from promptstead.words.sentence import say

_TAGS = ("adversarial", "attack", "attaque", "injection", "jailbreak", "red-team")


def check(context: Context) -> Iterator[Problem]:
    """Report each untrusted input that no adversarial case gives."""
    prompt = context.prompt
    if not prompt.cases or prompt.dialect == "github-models":
        return
    open_inputs = [
        name for name, spec in prompt.inputs.items() if spec.trust == "untrusted" and carries_text(spec.schema)
    ]
    attacked = {
        name
        for case in prompt.cases
        if any(word in tag.lower() for tag in case.tags for word in _TAGS)
        for name in case.inputs
    }
    for name in open_inputs:
        if name not in attacked:
            span = context.document.key_span(("inputs", name))
            yield Problem("TST603", say("rules.TST603", name=name), span, say("rules.TST603-hint"))


LEVELS: Levels = {"review": "warning", "release": "warning"}
RULE = Rule("TST603", "no-attack-case", "untrusted input without an adversarial case", LEVELS, check)
