"""Regular expressions and paths in prompt files: each must compile, and mean the same to whoever evaluates it."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import accumulate
from typing import Any

from promptstead.documents.document import Document
from promptstead.documents.source_lines import quoted
from promptstead.errors import PromptsteadError
from promptstead.model import Json, KeyPath, Problem, Span
from promptstead.prompts.declared.case_template import malformed
from promptstead.prompts.declared.json_path import complaint
from promptstead.prompts.declared.pattern_holes import probe
from promptstead.runtime.backtracking import MOST, UNLIMITED, ways
from promptstead.runtime.inputs import unsupported
from promptstead.words.sentence import Sentence, own_words, say

DEEPEST = 100
"""Groups in each other, beyond which a pattern that does not compile counts as too large and not as malformed."""
_FLAGS = (("ignore_case", "i"), ("multiline", "m"))
_DOT = re.compile(r"(\\.|\[(?:\\.|[^\]\\])*\])|\.", re.DOTALL)
"""A full stop that stands for any character; what is escaped, or in a class, is the first group."""
_COUNTED = re.compile(r"\\.|\{(?P<low>[0-9]{1,18})(?P<comma>,(?P<high>[0-9]{1,18})?)?\}", re.DOTALL)
_PARENTHESIS = re.compile(r"\\.|[()]", re.DOTALL)


def pattern_problems(document: Document, kind: str) -> list[Problem]:
    """Return one problem for each malformed pattern or path of a valid document, in evaluators and inputs' schemas.

    :param kind: ``prompt``, ``cases`` or ``evaluators``. What a file of that kind does not have may be anything.
    """
    data = document.data
    problems: list[Problem] = []
    if kind == "prompt":
        problems.extend(_inputs(document, data.get("inputs", {})))
    if kind != "cases":
        problems.extend(_evaluators(document, data.get("evaluators", {}), ("evaluators",)))
    if kind != "evaluators":
        for index, case in enumerate(data.get("cases", [])):
            problems.extend(_evaluators(document, case.get("evaluators", {}), ("cases", index, "evaluators")))
    return problems


def _inputs(document: Document, inputs: dict[str, Any]) -> Iterator[Problem]:
    for name, spec in inputs.items():
        yield from _slow(document, spec.get("schema", {}), ("inputs", name, "schema"))
        for path in unsupported(spec.get("schema", {})):
            if path and path[-1] == "pattern":
                pattern = spec["schema"]
                for key in path:
                    pattern = pattern[key]
                at = ("inputs", name, "schema", *path)
                yield Problem("SCH001", *_unsupported(pattern, document.span(at)))


def _unsupported(pattern: Json, span: Span) -> tuple[Sentence, Span, Sentence]:
    shown = quoted(pattern)
    if _compiles(pattern):
        return say("files.unshared-pattern", pattern=shown), span, say("files.shared-patterns")
    if isinstance(pattern, str) and is_too_large(pattern):
        return say("files.large-pattern", pattern=shown), span, say("files.shorten-pattern")
    return say("files.malformed-pattern", pattern=shown), span, say("files.write-pattern")


def _slow(document: Document, schema: Any, at: KeyPath) -> Iterator[Problem]:
    """Yield the patterns of a schema, at any depth, that some text would keep an engine busy with for ever."""
    if not isinstance(schema, dict):
        return
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and _compiles(pattern) and not unsupported({"pattern": pattern}):
        length = schema.get("maxLength", UNLIMITED)
        if ways(pattern, min(length, UNLIMITED)) > MOST:
            message = say("files.slow-pattern", pattern=quoted(pattern))
            yield Problem("SCH001", message, document.span((*at, "pattern")), say("files.bound-pattern"))
    for key in ("items", "additionalProperties"):
        yield from _slow(document, schema.get(key), (*at, key))
    for name, inner in schema.get("properties", {}).items():
        yield from _slow(document, inner, (*at, "properties", name))


def _evaluators(document: Document, evaluators: dict[str, Any], at: KeyPath) -> Iterator[Problem]:
    for where, message, hint in evaluator_complaints(evaluators):
        yield Problem("SCH001", message, document.span((*at, *where)), hint)


def evaluator_complaints(evaluators: Mapping[str, Any]) -> Iterator[tuple[KeyPath, Sentence, Sentence]]:
    """Yield name and key, what is wrong and what to do for each malformed pattern, path or template of evaluators.

    :param evaluators: name -> what it is; valid by the schema.
    """
    for name, spec in evaluators.items():
        if not isinstance(spec, dict):
            continue
        if spec.get("type") in ("regex", "value") and "pattern" in spec and (found := _pattern_complaint(spec)):
            yield (name, "pattern"), *found
        for where, error in malformed(spec.get("type", ""), spec):
            yield (name, *where), own_words(error.message), own_words(error.hint)
        path = spec.get("path")
        if isinstance(path, str) and (wrong := complaint(path)):
            yield (name, "path"), wrong, say("files.write-json-path")


def _pattern_complaint(spec: Mapping[str, Any]) -> tuple[Sentence, Sentence] | None:
    """Return what is wrong with the pattern of an evaluator, and what to do; what a case will give is one letter."""
    source = spec["pattern"]
    try:
        tried = probe(source) if spec["type"] == "regex" else source
    except PromptsteadError as error:
        return own_words(error.message), own_words(error.hint)
    if _known(tried) and _known(searched({**spec, "pattern": tried})):
        return None
    if is_too_large(tried):
        return say("files.large-regex", pattern=quoted(source)), say("files.shorten-pattern")
    return say("files.malformed-or-large-pattern", pattern=quoted(source)), say("files.write-pattern")


def searched(options: Mapping[str, Json]) -> str:
    """Return the pattern that an evaluator ``regex`` searches for, with what its options make of it."""
    source: str = options["pattern"]
    flags = "".join(flag for key, flag in _FLAGS if options.get(key, False))
    # the engine translates the full stop to a class of its own, which no flag reaches
    body = _DOT.sub(lambda found: found[1] or r"[\s\S]", source) if options.get("dot_all", False) else source
    body = rf"\A(?:{body})\z" if options.get("full", False) else body
    return f"(?{flags}){body}" if flags else body


def is_too_large(pattern: str) -> bool:
    """Tell of a pattern that does not compile whether it would with fewer repetitions, or fewer groups in each other.

    The engine says the same of both and of what is malformed.
    """
    if _compiles(_COUNTED.sub(_fewer, pattern)):
        return True
    depths = list(accumulate(1 if each == "(" else -1 for each in _PARENTHESIS.findall(pattern) if each in "()"))
    return bool(depths) and max(depths) > DEEPEST and min(depths) >= 0 and depths[-1] == 0


def _fewer(match: re.Match[str]) -> str:
    low, high = match["low"], match["high"]
    if low is None or (high and int(high) < int(low)):
        return match[0]
    end = "" if match["comma"] is None else "," if not high else f",{min(int(high), 2)}"
    return f"{{{min(int(low), 1)}{end}}}"


@lru_cache(maxsize=1000)
def _known(pattern: str) -> bool:
    return _compiles(pattern)  # the rows of a dataset have the same ones again and again


def _compiles(pattern: Json) -> bool:
    import jsonschema_rs

    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True
