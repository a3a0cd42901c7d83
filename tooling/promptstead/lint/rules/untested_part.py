"""No case exercises an input, a branch, a value of a choice, or the other languages that the prompt speaks of.

**Why it matters.** What no case reaches can break without anybody noticing: the text of the branch may be wrong, or
the label never answered.

**Example.** `{% if level == "manager" %}…{% endif %}` and no case with `level: manager`.

**How to fix.** Add a case that reaches it, or remove it.

Reported are: optional inputs that no case gives; branches of a template that no case takes (each case is rendered,
with a mark in each branch); values of an input's `enum` and of booleans that no case gives; labels of the output
schema that no case expects, where the cases expect others of the same choice (a note); and, as a note, a prompt that
says that it takes texts in any or another language when all cases are in one. Languages are told apart by their
commonest words, from five European ones. Prompts without any case are left to TST601; those with very many are
not rendered.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from promptstead.errors import PromptsteadError
from promptstead.lint.answers import choices, expected_labels, schema_span
from promptstead.lint.rule import Context, Levels, Rule
from promptstead.model import Case, Json, Part, Problem
from promptstead.template.nodes import For, If, Include, Node, Template, Text
from promptstead.words.sentence import Sentence, say, word

MANY = 500_000
"""Most branches times cases: with more, nothing is rendered."""
_MARK = "\ufdd0{}\ufdd1"
"""A branch's mark: between two characters that no text may hold (Unicode noncharacters)."""
_LANGUAGES = {
    "English": "the and you for with that have not this was is my of to what about your are can if it at from",
    "French": "le les des une est pas vous pour dans que du au je mon ce qui sur avec et il un",
    "German": "der die und ich nicht das ist mit ein sie den von zu auf für im wir es bei",
    "Spanish": "el los una que por con para del está las mi y de su se lo al es",
    "Italian": "il che per non con una sono della gli mi di è del un ho al nel le",
}
"""Language -> words that are common in it."""
_FEWEST_WORDS = 4
_TELLING = 12
"""Words from which on a text in a language of the list is recognised."""
_UNKNOWN = "?"


class _Place(NamedTuple):
    """A branch or a loop that is marked: what is said where no case reaches it, and where it stands."""

    message: Callable[[], Sentence]
    start: int
    end: int
    source: str | None


def check(context: Context) -> Iterator[Problem]:
    """Report what no case reaches, in the order of the file's parts."""
    prompt = context.prompt
    if not prompt.cases or prompt.dialect == "github-models":
        return
    for name, spec in prompt.inputs.items():
        given = [case.inputs[name] for case in prompt.cases if name in case.inputs]
        if not given:
            if not spec.required:
                span = context.document.key_span(("inputs", name))
                yield Problem("TST602", say("rules.TST602-input", name=name), span, say("rules.TST602-hint"))
            continue
        if spec.has_default and len(given) < len(prompt.cases):
            given.append(spec.default)
        values = _values(spec.schema)
        seen = {json.dumps(value, sort_keys=True) for value in given} if values else set()
        missing = [value for value in values if json.dumps(value, sort_keys=True) not in seen]
        if missing:
            span = context.document.key_span(("inputs", name))
            message = say("rules.TST602-values", values=_shown(missing), name=name)
            yield Problem("TST602", message, span, say("rules.TST602-hint"))
    for _, part in context.parts():
        yield from _branches(context, part)
    yield from _labels(context)
    yield from _one_language(context)


def _values(schema: Mapping[str, Any]) -> list[Json]:
    values = schema.get("enum")
    return values if isinstance(values, list) else [True, False] if schema.get("type") == "boolean" else []


def _shown(values: list[Json]) -> list[str]:
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in values]


def _labels(context: Context) -> Iterator[Problem]:
    expected = expected_labels(context)
    for choice in choices(context) if expected else ():
        seen = {label for _, _, label in expected.get(choice.field, ())}
        missing = [label for label in choice.labels if label not in seen]
        if missing and choice.at == ("properties", choice.field) and not seen.isdisjoint(choice.labels):
            message = say("rules.TST602-labels", labels=missing, field=choice.field)
            span = schema_span(context, (*choice.at, "enum"))
            yield Problem("TST602", message, span, say("rules.TST602-hint"), level="note")


def _branches(context: Context, part: Part) -> Iterator[Problem]:
    """Yield the branches of a part that rendering never takes, over all cases that can be rendered."""
    template = context.loaded.templates.get(part.at)
    if template is None or not any(isinstance(node, If | For | Include) for node in template.body):
        return
    from promptstead.lint.rules.wrong_inputs import declared_inputs
    from promptstead.runtime.inputs import check_inputs
    from promptstead.runtime.program import load
    from promptstead.template.compiler import compile_template

    places: list[_Place] = []
    marked = _marked(template, places)
    if not places or len(places) * len(context.prompt.cases) > MANY:
        return
    renderer = load(compile_template(marked))
    declared = context.shared(declared_inputs)
    reached: set[int] = set()
    for case in context.prompt.cases:
        try:
            text = renderer(check_inputs(declared, case.inputs))
        except PromptsteadError:
            continue  # EXA502 reports it
        reached |= {int(mark) for mark in _mark().findall(text)}
        if len(reached) == len(places):
            return
    for number, place in enumerate(places):
        if number not in reached:
            span, path = context.place(part, place.start, place.end, place.source)
            yield Problem("TST602", place.message(), span, say("rules.TST602-branch-hint"), path=path)


def _marked(template: Template, places: "list[_Place]") -> Template:
    """Return *template* with a mark in each branch and loop; *places* gets what the marks stand for."""

    def mark(message: Callable[[], Sentence], node: Any) -> Text:
        places.append(_Place(message, node.start, node.end, template.source))
        return Text(_MARK.format(len(places) - 1), node.start, node.start)

    def nodes(body: tuple[Node, ...]) -> tuple[Node, ...]:
        return tuple(one(node) for node in body)

    def one(node: Node) -> Node:
        if isinstance(node, If):
            branches = tuple((test, (mark(_branch, test), *nodes(body))) for test, body in node.branches)
            otherwise = (mark(_otherwise, node.branches[-1][0]), *nodes(node.otherwise))
            return node._replace(branches=branches, otherwise=otherwise)
        if isinstance(node, For):
            return node._replace(body=(mark(_loop, node.over), *nodes(node.body)), otherwise=nodes(node.otherwise))
        if isinstance(node, Include) and node.template is not None:
            return node._replace(template=_marked(node.template, places))
        return node

    return template._replace(body=nodes(template.body))


def _branch() -> Sentence:
    return say("rules.TST602-branch")


def _otherwise() -> Sentence:
    return say("rules.TST602-otherwise")


def _loop() -> Sentence:
    return say("rules.TST602-loop")


def _one_language(context: Context) -> Iterator[Problem]:
    for wording in context.wordings():
        match = (
            _other_languages().search(wording.lower) if "langu" in wording.lower or "langage" in wording.lower else None
        )
        if match:
            found = {_language(context, case) for case in context.prompt.cases} - {""}
            if len(found) == 1 and _UNKNOWN not in found:
                span, path = wording.place(*match.span())
                message = say("rules.TST602-language", language=word(found.pop()))
                yield Problem("TST602", message, span, say("rules.TST602-language-hint"), path=path, level="note")
            return


def _language(context: Context, case: Case) -> str:
    """Return the language of what strangers wrote in *case*; empty where there are too few words to tell."""
    texts = [
        value
        for name, value in case.inputs.items()
        if isinstance(value, str) and name in context.prompt.inputs and context.prompt.inputs[name].trust == "untrusted"
    ]
    words = re.findall(r"[^\W\d_]+", " ".join(texts)[:4000].lower())
    counts = {name: sum(map(words.count, common.split())) for name, common in _LANGUAGES.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] >= _FEWEST_WORDS else _UNKNOWN if len(words) >= _TELLING else ""


@cache
def _mark() -> re.Pattern[str]:
    return re.compile("\ufdd0(\\d+)\ufdd1")


@cache
def _other_languages() -> re.Pattern[str]:
    return re.compile(
        r"\b(?:any|every|whatever the|another|other) languages?\b|\b(?:une autre|toute|quelle que soit la) langue\b"
    )


LEVELS: Levels = {"review": "warning", "release": "warning"}
RULE = Rule("TST602", "untested-part", "input, branch, value or language that no case exercises", LEVELS, check)
