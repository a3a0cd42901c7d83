"""Two language versions of a prompt differ in inputs, messages, sections, numbers or output schema.

**Why it matters.** Language versions are edited by different people on different days. A limit that was changed in
one of them only, or a field that one of them does not have, is a different product for some of the customers, and
tests in one language do not show it.

**Example.** `translation_of: banking/complaint-triage`, where that says `at most 60 words` and this one `80 mots au
plus`.

**How to fix.** Carry the change over. What is meant to differ (a law that applies in one country) belongs in an
input, or is allowed with a suppression that gives the reason.

The prompt that `translation_of` names is read too. Compared are: the inputs with their schemas, trust and whether
they are required, the roles of the messages, the number of headings and of list items in each, the numbers in the
fixed text (`1,000.5` in English is `1 000,5` in French), and the output schema without its titles and descriptions.
Findings about text are a warning; those about inputs and output, which callers of either version rely on, an error in
a release.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.lint.wording import Wording
from promptstead.model import Input, Json, Level, Problem, Prompt
from promptstead.prompts.loaded import Loaded
from promptstead.words.sentence import Sentence, say

_NOTES = ("title", "description", "examples", "default", "$comment")


def check(context: Context) -> Iterator[Problem]:
    """Compare the prompt with the one that it is a translation of."""
    original = context.prompt.data.get("translation_of")
    if not original or context.prompt.dialect != "promptstead" or context.find is None:
        return
    if original == context.prompt.id:
        yield _named(context, say("rules.LOC961-itself"), say("rules.LOC961-itself-hint"))
        return
    loaded = context.find(original)
    if loaded is None:
        yield _named(context, say("rules.LOC961-no-prompt", original=original), say("rules.LOC961-no-prompt-hint"))
        return
    if loaded.prompt is None:
        return  # its own findings say why
    if loaded.prompt.data.get("translation_of") in (context.prompt.id, *context.prompt.data.get("aliases", ())):
        yield _named(context, say("rules.LOC961-mutual", original=original), say("rules.LOC961-mutual-hint"))
    if context.prompt.language and context.prompt.language == loaded.prompt.language:
        message = say("rules.LOC961-language", original=original, language=context.prompt.language)
        yield _named(context, message, say("rules.LOC961-language-hint"))
    yield from _inputs(context, loaded.prompt)
    yield from _texts(context, loaded)
    yield from _output(context, loaded.prompt)


def _named(context: Context, message: Sentence, hint: Sentence) -> Problem:
    return Problem("LOC961", message, context.document.span(("translation_of",)), hint)


def _contract_level(context: Context) -> Level:
    return "error" if context.stage == "release" else "warning"


def _inputs(context: Context, other: Prompt) -> Iterator[Problem]:
    mine, theirs, level = context.prompt.inputs, other.inputs, _contract_level(context)
    missing = [name for name in theirs if name not in mine]
    if missing:
        span = context.document.key_span(("inputs",)) if mine else context.document.span(("translation_of",))
        message = say("rules.LOC961-missing-inputs", original=other.id, inputs=missing)
        yield Problem("LOC961", message, span, say("rules.LOC961-missing-inputs-hint"), level=level)
    for name, spec in mine.items():
        span = context.document.key_span(("inputs", name))
        if name not in theirs:
            message = say("rules.LOC961-extra-input", original=other.id, name=name)
            yield Problem("LOC961", message, span, say("rules.LOC961-extra-input-hint"), level=level)
        elif differing := _differing(spec, theirs[name]):
            message = say("rules.LOC961-input", original=other.id, name=name, aspects=differing)
            yield Problem("LOC961", message, span, say("rules.LOC961-alike-hint"), level=level)


def _differing(one: Input, other: Input) -> list[Sentence]:
    aspects = []
    if _bare(one.schema) != _bare(other.schema):
        aspects.append(say("rules.LOC961-aspect-schema"))
    if one.trust != other.trust:
        aspects.append(say("rules.LOC961-aspect-trust"))
    if one.required != other.required:
        aspects.append(say("rules.LOC961-aspect-required"))
    return [say("rules.LOC961-aspect-all")] if len(aspects) == 3 else aspects


def _texts(context: Context, loaded: Loaded) -> Iterator[Problem]:
    assert loaded.prompt is not None  # the caller has seen it
    other = Context(loaded, loaded.prompt, context.config, context.stage)
    roles, others = (
        [message.role or message.slot for message in prompt.messages] for prompt in (context.prompt, loaded.prompt)
    )
    if roles != others:
        message = say("rules.LOC961-messages", here=roles, original=loaded.id, there=others)
        span = context.document.key_span(("messages",))
        yield Problem("LOC961", message, span, say("rules.LOC961-messages-hint"))
        return
    theirs = {wording.part.at: wording for wording in other.wordings()}
    for wording in context.wordings():
        if wording.part.at in theirs:
            yield from _sections(context, wording, theirs[wording.part.at], loaded.id)
    here, there = _numbers(context), _numbers(other)
    for number, (wording, start, end) in here.items():
        if number not in there:
            span, path = wording.place(start, end)
            message = say("rules.LOC961-number", number=wording.text[start:end], original=loaded.id)
            yield Problem("LOC961", message, span, say("rules.LOC961-number-hint"), path=path)
    missing = [wording.text[start:end] for number, (wording, start, end) in there.items() if number not in here]
    if missing:
        message = say("rules.LOC961-missing-numbers", original=loaded.id, numbers=missing)
        yield _named(context, message, say("rules.LOC961-missing-numbers-hint"))


def _sections(context: Context, mine: Wording, theirs: Wording, original: str) -> Iterator[Problem]:
    differences = []
    here, there = _count("headings", mine), _count("headings", theirs)
    if here != there:
        differences.append(say("rules.LOC961-headings", here=here, there=there))
    here, there = _count("list items", mine), _count("list items", theirs)
    if here != there:
        differences.append(say("rules.LOC961-list-items", here=here, there=there))
    if differences:
        message = say("rules.LOC961-sections", role=mine.role, differences=differences, original=original)
        span = context.document.span(mine.part.at[:2])
        yield Problem("LOC961", message, span, say("rules.LOC961-sections-hint"))


def _count(what: str, wording: Wording) -> int:
    return len(_patterns()[what].findall(wording.text))


def _numbers(context: Context) -> dict[str, tuple[Wording, int, int]]:
    """Return each number of the fixed text, as plain digits, with the first place where it stands."""
    found: dict[str, tuple[Wording, int, int]] = {}
    english = context.prompt.language.lower().startswith("en")
    for wording in context.wordings():
        for match in _patterns()["numbers"].finditer(wording.text):
            digits = re.sub(r"[\u00a0\u202f '’]", "", match[0])
            grouping, decimal = (",", ".") if english else (".", ",")
            if re.fullmatch(rf"\d{{1,3}}(?:\{grouping}\d{{3}})+(?:\{decimal}\d+)?", digits):
                digits = digits.replace(grouping, "")
            found.setdefault(digits.replace(",", "."), (wording, *match.span()))
    return found


def _output(context: Context, other: Prompt) -> Iterator[Problem]:
    mine, theirs = context.prompt, other
    if mine.output_format != theirs.output_format:
        message = say("rules.LOC961-format", here=mine.output_format, original=other.id, there=theirs.output_format)
    elif _bare(mine.output_schema or {}) != _bare(theirs.output_schema or {}):
        where = ".".join(map(str, _first_difference(mine.output_schema or {}, theirs.output_schema or {})))
        message = say("rules.LOC961-output", original=other.id, where=where)
    else:
        return
    span = context.document.key_span(("output", "schema") if mine.output_schema else ("output",))
    yield Problem("LOC961", message, span, say("rules.LOC961-alike-hint"), level=_contract_level(context))


def _first_difference(one: Json, other: Json) -> tuple[str | int, ...]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in dict.fromkeys((*one, *other)):
            if key not in _NOTES and (key not in one or key not in other or _bare(one[key]) != _bare(other[key])):
                return (key, *_first_difference(one.get(key), other.get(key)))
    return ()


def _bare(value: Json) -> Json:
    """Return a schema without what only people read; the order of `required` and `enum` does not count."""
    if isinstance(value, Mapping):
        kept: dict[str, Json] = {}
        for key, item in value.items():
            if key == "properties" and isinstance(item, Mapping):
                kept[key] = {name: _bare(schema) for name, schema in item.items()}
            elif key in ("required", "enum") and isinstance(item, list):
                kept[key] = sorted(map(str, item))
            elif key not in _NOTES:
                kept[key] = _bare(item)
        return kept
    return [_bare(item) for item in value] if isinstance(value, list) else value


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        "headings": re.compile(r"^#{1,6}[ \t]", re.MULTILINE),
        "list items": re.compile(r"^[ \t]*(?:[-*•]|\d+[.)])[ \t]", re.MULTILINE),
        "numbers": re.compile(r"(?<![\w.,])\d+(?:[ \u00a0\u202f'’]\d{3}(?!\d)|[.,]\d+)*(?!\w)"),
    }


RULE = Rule(
    "LOC961",
    "translation-drift",
    "language versions that differ in inputs, sections, numbers or output",
    everywhere("warning"),
    check,
)
