"""A few-shot example is also a test case.

**Why it matters.** The model is shown the answer before it is asked. The case passes whatever the prompt is worth,
and the score of a change that adds the example goes up without anything getting better (leakage).

**Example.** `examples: [{inputs: {question: "Is it open on Sunday?"}, output: "no"}]` and a case with the same
question.

**How to fix.** Take another example, or another case; best from texts that nobody tuned the prompt on.

Inputs are compared without regard to case, spaces and punctuation: all that both give, or the longest text alone when
that has five words or more. The text of the messages is searched too for inputs of cases of eight words or more,
since a worked example often stands there.
"""

import json
import re
from collections.abc import Iterator, Mapping

from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.lint.wording import Wording
from promptstead.model import Case, Json, Problem
from promptstead.prompts.loaded import case_span
from promptstead.words.sentence import say

SAME_TEXT = 5
"""Words that make a text an example's own: shorter ones, such as a name or a yes, come twice by chance."""
QUOTED = 8
"""Words of a case's input that stand in a message by no chance."""
_START = 200
_LONG = 5


def check(context: Context) -> Iterator[Problem]:
    """Report each example that is a case, and each text of a case that stands in a message."""
    prompt = context.prompt
    if not prompt.cases:
        return
    by_inputs: dict[str, Case] = {}
    by_text: dict[str, Case] = {}
    if prompt.examples:
        for case in prompt.cases:
            by_inputs.setdefault(_key(case.inputs), case)
            by_text.setdefault(_longest(case.inputs), case)
    for index, example in enumerate(prompt.examples):
        text = _longest(example.inputs)
        found = by_inputs.get(_key(example.inputs))
        if found is None and len(text.split()) >= SAME_TEXT:
            found = by_text.get(text)
        if found is not None:
            span = context.document.span((*example.at, "inputs"))
            message = say("rules.EXA504", example=index + 1, case=found.id)
            yield Problem("EXA504", message, span, say("rules.EXA504-hint"))
    yield from _quoted(context)


def _quoted(context: Context) -> Iterator[Problem]:
    wordings = context.wordings()
    texts: list[str] = []
    for case in context.prompt.cases:
        likely = [_words(value) for value in case.inputs.values() if _can_be_quoted(value, wordings)]
        words = max(likely, key=len, default=[])
        if len(words) < QUOTED:
            continue
        texts = texts or [f" {' '.join(_words(wording.text))} " for wording in wordings]
        if any(f" {' '.join(words)} " in text for text in texts):
            keys = () if context.prompt.dialect == "github-models" else ("inputs",)
            span = case_span(context.loaded.documents, case, *keys)
            message = say("rules.EXA504-quoted", case=case.id)
            yield Problem("EXA504", message, span, say("rules.EXA504-quoted-hint"), path=case.file)


def _can_be_quoted(value: Json, wordings: list[Wording]) -> bool:
    """Tell whether the first long words of a text stand in one message: cheap, and false for nearly every case."""
    if not isinstance(value, str):
        return False
    words = [word.lower() for word in value[:_START].split() if word.isalpha() and len(word) >= _LONG]
    return any(all(word in wording.lower for word in words) for wording in wordings)


def _key(inputs: Mapping[str, Json]) -> str:
    return json.dumps({name: _plain(value) for name, value in inputs.items()}, sort_keys=True)


def _longest(inputs: Mapping[str, Json]) -> str:
    return max((" ".join(_words(value)) for value in inputs.values() if isinstance(value, str)), key=len, default="")


def _plain(value: Json) -> Json:
    return " ".join(_words(value)) if isinstance(value, str) else value


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


RULE = Rule("EXA504", "leaked-case", "an example that is also a test case", everywhere("warning"), check)
