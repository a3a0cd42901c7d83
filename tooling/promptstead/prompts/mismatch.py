"""One value that does not keep to the schema, said in words: what is wrong with it, and what to do.

Never more than a few characters of the file are repeated.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from promptstead.did_you_mean import nearest
from promptstead.documents.document import Document
from promptstead.documents.scalars import resolve
from promptstead.documents.source_lines import quoted
from promptstead.model import Fix, Json, KeyPath, Problem, Span
from promptstead.words.sentence import Sentence, own_words, say

_TYPES: dict[str, Callable[[], Sentence]] = {
    "string": lambda: say("files.text"),
    "number": lambda: say("files.number"),
    "integer": lambda: say("files.whole-number"),
    "boolean": lambda: say("files.true-or-false"),
    "object": lambda: say("files.mapping"),
    "array": lambda: say("files.list"),
    "null": lambda: say("files.empty"),
}
PATTERNS: dict[str, Callable[[], Sentence]] = {
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$": lambda: say("files.be-id"),
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}(@[1-9][0-9]?)?$": lambda: say("files.be-evaluator"),
    r"^[A-Za-z_][A-Za-z0-9_]{0,63}$": lambda: say("files.be-name"),
    r"^[A-Za-z0-9_-]{1,64}$": lambda: say("files.be-tool-name"),
    r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$": lambda: say("files.be-language-tag"),
    r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$": lambda: say("files.be-function"),
    r"^[a-z0-9][a-z0-9-]{0,38}/[a-z0-9][a-z0-9-]{0,63}$": lambda: say("files.be-vendor-name"),
    r"/": lambda: say("files.be-plugged"),
    r"^sha256:[0-9a-f]{64}$": lambda: say("files.be-digest"),
    r"^\d{4}-\d{2}-\d{2}$": lambda: say("files.be-date"),
    r"^\d+(\.\d+){0,3}$": lambda: say("files.be-version"),
    r"^(digest$|x-)": lambda: say("files.be-digest-key"),
    r"^(case|model|answer|digest)$|^x-": lambda: say("files.be-digest-key"),
    r"^\$": lambda: say("files.be-json-path"),
    r"^\$(\.[A-Za-z_][A-Za-z0-9_]*|\[(0|[1-9][0-9]{0,9})\]|\['[^'\\]*'\])+$": lambda: say("files.be-place"),
    r"^[A-Za-z_][A-Za-z0-9_]*(\.[^.]+)*$": lambda: say("files.be-input-path"),
    r"^(id|expected(\.[A-Za-z0-9_-]+)*|inputs\.[A-Za-z_][A-Za-z0-9_]*|tags|cluster|must_pass)$": (
        lambda: say("files.be-column")
    ),
}
"""What each pattern of our schemas asks for; *must* goes before it."""

_YES = {"yes": "true", "on": "true", "no": "false", "off": "false"}
SHOWN = 12
QUOTED = 40


class Mismatch(NamedTuple):
    """One error of the validator, with the part of the schema that gave it."""

    keyword: str
    path: KeyPath
    schema: dict[str, Any]
    details: dict[str, Any]
    value: Json


def _name(path: KeyPath) -> str:
    """Return what to call the value at *path*: its key, or its number in the list."""
    if not path:
        return say("files.the-file")
    last = path[-1]
    if isinstance(last, str):
        return quoted(last)
    return say("files.item", number=last + 1, of=_name(path[:-1]))


def place_of(path: KeyPath) -> str:
    """Return where the value at *path* is, to be put behind a sentence; nothing for the whole file."""
    return say("files.in", of=_name(path)) if path else ""


def _head(document: Document, path: KeyPath) -> Span:
    """Return the key that leads to *path*; for an item of a list, or the file, its first line."""
    if path in document.keys:
        return document.keys[path]
    span = document.span(path)
    end = document.line_span(document.position(span.start)[0]).end
    return Span(span.start, min(span.end, end)) if path else Span(span.start, span.start)


def _source(document: Document, path: KeyPath) -> str:
    span = document.span(path)
    return document.text[span.start : span.end]


def _alternatives(words: Sequence[str]) -> str:
    if len(words) < 2:
        return words[0] if words else ""
    if len(words) > 2:
        return say("files.comma", first=words[0], rest=_alternatives(words[1:]))
    return say("files.or", first=words[0], last=words[1])


def _all(words: Sequence[str]) -> str:
    if len(words) < 2:
        return words[0] if words else ""
    if len(words) > 2:
        return say("files.comma", first=words[0], rest=_all(words[1:]))
    return say("files.and", first=words[0], last=words[1])


def _keys(names: Iterable[str]) -> str:
    return _all([f"`{name}`" for name in names])


def nearest_key(name: str, known: Iterable[str]) -> str:
    """Return the known name that is most like *name*, letter case and separators aside; empty where none is."""
    plain = {other.lower().replace("_", "").replace("-", ""): other for other in known}
    return plain.get(nearest(name.lower().replace("_", "").replace("-", ""), plain), "")


def _problem(document: Document, error: Mismatch, message: Sentence) -> Problem:
    return Problem("SCH001", message, document.span(error.path))


def _type(document: Document, error: Mismatch) -> Problem:
    types: list[str] = error.details["types"]
    expected = _alternatives([_TYPES[name]() for name in types])
    name, value = _name(error.path), error.value
    if value is None:
        problem = _problem(document, error, say("files.no-value", name=name, expected=expected))
        head = _head(document, error.path)
        commented = document.text[head.end :].partition("\n")[0].lstrip(": ").startswith("#")
        hint = say("files.comment-instead" if commented else "files.write-value-or-remove")
        return problem._replace(span=head, hint=hint)
    got = _got(document, error)
    problem = _problem(document, error, say("files.wrong-type", name=name, expected=expected, got=got))
    source = _source(document, error.path)
    span = problem.span
    if isinstance(value, list | dict):
        problem = problem._replace(span=_head(document, error.path))
    if "string" in types and _quotable(source, value):
        hint = say("files.brace-starts-mapping" if isinstance(value, dict) else "files.quote")
        return problem._replace(hint=hint, fix=Fix(say("files.quote"), ((span, f'"{source}"'),), safe=False))
    if isinstance(value, list) and types == ["object"] and source.startswith("-"):
        return problem._replace(hint=say("files.remove-dash"))
    if isinstance(value, dict) and types == ["array"] and not source.startswith("{"):
        return problem._replace(hint=say("files.start-with-dash"))
    if isinstance(value, str):
        return _text_instead(problem, types, value, span)
    return problem


def _quotable(source: str, value: Json) -> bool:
    in_flow = not isinstance(value, list | dict) or source.startswith("{")
    return in_flow and not any(character in source for character in '"\\\r\n')


def _text_instead(problem: Problem, types: list[str], value: str, span: Span) -> Problem:
    """Add how to fix text where something else is expected: ``yes`` for a boolean, a number in quotes, a lone item."""
    if "boolean" in types and value.lower() in _YES:
        word = _YES[value.lower()]
        hint = say("files.write", what=word)
        return problem._replace(hint=hint, fix=Fix(hint, ((span, word),), safe=False))
    if "array" in types:
        return problem._replace(hint=say("files.write-as-list"))
    if {"number", "integer"} & set(types) and isinstance(_as_number(value), int | float):
        hint = say("files.remove-quotes")
        return problem._replace(hint=hint, fix=Fix(hint, ((span, value.strip()),), safe=False))
    return problem


def _as_number(text: str) -> Json:
    try:
        return resolve(text.strip())
    except ValueError:
        return None


def _got(document: Document, error: Mismatch) -> str:
    value = error.value
    if isinstance(value, bool):
        return f"`{_source(document, error.path)}`"
    if isinstance(value, int | float):
        return say("files.the-number", number=quoted(_source(document, error.path)))
    if isinstance(value, str):
        return say("files.the-text", text=quoted(value)) if value else say("files.empty-text")
    return _TYPES["array" if isinstance(value, list) else "object"]()


def _enum(document: Document, error: Mismatch) -> Problem:
    options = [option if isinstance(option, str) else repr(option) for option in error.details["options"]]
    value = error.value
    shown = f"{', '.join(options[:SHOWN])}{', …' if len(options) > SHOWN else ''}"
    got = (
        quoted(value)
        if isinstance(value, str)
        else _got(document, error)
        if value is not None
        else say("files.nothing")
    )
    problem = _problem(document, error, say("files.not-one-of", name=_name(error.path), options=shown, got=got))
    if isinstance(value, list | dict):
        return problem._replace(span=_head(document, error.path))
    near = nearest_key(value, options) if isinstance(value, str) else ""
    if not near:
        return problem
    fix = Fix(say("files.write", what=near), ((problem.span, near),), safe=False)
    return problem._replace(hint=say("files.did-you-mean", near=near), fix=fix)


def _const(document: Document, error: Mismatch) -> Problem:
    value = quoted(str(error.schema["const"]))
    return _problem(document, error, say("files.must-be", name=_name(error.path), value=value))


def _not(document: Document, error: Mismatch) -> Problem:
    refused = error.schema["not"]
    if refused.keys() != {"const"}:
        return _other(document, error)
    value = quoted(str(refused["const"]))
    return _problem(document, error, say("files.must-not-be", name=_name(error.path), value=value))


def _refused(document: Document, error: Mismatch) -> Problem:
    """Explain a key that cannot stand where it is, though it is known."""
    name = _name(error.path)
    head = _head(document, error.path)
    if "beside" in error.details:
        return Problem("SCH001", say("files.not-beside", name=name, other=error.details["beside"]), head)
    if error.path[-1:] == ("scores",):
        return Problem("SCH001", say("files.scores-not-imported"), head, say("files.import-or-judge"))
    return Problem("SCH001", say("files.not-allowed-here", name=name), head)


def _required(document: Document, error: Mismatch) -> Problem:
    message = say("files.missing", keys=f"`{error.details['property']}`", where=place_of(error.path))
    return _problem(document, error, message)._replace(span=_head(document, error.path), hint=_purpose(error))


def _purpose(error: Mismatch) -> Sentence:
    description: str = error.schema.get("properties", {}).get(error.details["property"], {}).get("description", "")
    if not description:
        return say("files.add-it")
    return say("files.add-it-for", purpose=own_words(description[:1].lower() + description[1:].rstrip(".")))


def _dependent_required(document: Document, error: Mismatch) -> Problem:
    missing = error.details["property"]
    rules = error.schema["dependentRequired"]
    cause = next((key for key, needed in rules.items() if missing in needed and key in error.value), "")
    message = say("files.needs-beside", key=cause, missing=missing, where=place_of(error.path))
    return _problem(document, error, message)._replace(span=_head(document, (*error.path, cause)))


def _choice(document: Document, error: Mismatch) -> Problem:
    """Explain a choice between sets of required keys: none of them is complete, or more than one is there."""
    choices = [tuple(choice.get("required", ())) for choice in error.schema[error.keyword]]
    complete = [choice for choice in choices if set(choice) <= set(error.value)]
    spelled = [_keys(choice) for choice in choices]
    name = _name(error.path)
    begun = [choice for choice in choices if set(choice) & set(error.value)]
    if complete:
        message = say("files.either", name=name, choices=_alternatives(spelled))
    elif len(begun) == 1:
        missing = _keys(key for key in begun[0] if key not in error.value)
        message = say("files.missing", keys=missing, where=place_of(error.path))
    else:
        message = say("files.must-have", name=name, choices=_alternatives(spelled))
    return _problem(document, error, message)._replace(span=_head(document, error.path))


def _pattern(document: Document, error: Mismatch) -> Problem:
    pattern = error.details["pattern"]
    wanted = PATTERNS[pattern]() if pattern in PATTERNS else say("files.match-pattern", pattern=pattern)
    got = quoted(error.value) if error.value else say("files.empty-text")
    return _problem(document, error, say("files.wrong-pattern", name=_name(error.path), wanted=wanted, got=got))


def _property_name(document: Document, error: Mismatch) -> Problem:
    inner = error.details["error"]
    name = inner.instance
    pattern = inner.kind.as_dict().get("pattern", "")
    wanted = PATTERNS[pattern]() if pattern in PATTERNS else say("files.be-another")
    message = say("files.wrong-name", name=quoted(name), where=place_of(error.path), wanted=wanted)
    return Problem("SCH001", message, document.key_span((*error.path, name)))


def _unique(document: Document, error: Mismatch) -> Problem:
    seen: list[str] = []
    for index, item in enumerate(error.value):
        if repr(item) in seen:
            message = say("files.holds-twice", name=_name(error.path), item=quoted(str(item)))
            return Problem("SCH001", message, document.span((*error.path, index)), say("files.remove-one"))
        seen.append(repr(item))
    return _problem(document, error, say("files.holds-same-twice", name=_name(error.path)))


def _bound(document: Document, error: Mismatch) -> Problem:
    name, limit = _name(error.path), str(error.details["limit"])
    got = _source(document, error.path)[:QUOTED]
    if error.keyword == "minimum":
        message = say("files.not-at-least", name=name, limit=limit, got=got)
    elif error.keyword == "maximum":
        message = say("files.not-at-most", name=name, limit=limit, got=got)
    elif error.keyword == "exclusiveMinimum":
        message = say("files.not-above", name=name, limit=limit, got=got)
    else:
        message = say("files.not-below", name=name, limit=limit, got=got)
    return _problem(document, error, message)


def _size(document: Document, error: Mismatch) -> Problem:
    name, limit = _name(error.path), error.details["limit"]
    said = _too_small if error.keyword.startswith("min") else _too_large
    message = said(name, error.value, limit)
    span = document.span(error.path) if isinstance(error.value, str) else _head(document, error.path)
    return Problem("SCH001", message, span)


def _too_small(name: str, value: Json, limit: int) -> Sentence:
    size = len(value)
    if isinstance(value, str):
        return (
            say("files.too-few-characters", name=name, size=size, limit=limit)
            if size
            else say("files.empty-needs-characters", name=name, limit=limit)
        )
    if isinstance(value, list):
        return (
            say("files.too-few-items", name=name, size=size, limit=limit)
            if size
            else say("files.empty-needs-items", name=name, limit=limit)
        )
    return (
        say("files.too-few-keys", name=name, size=size, limit=limit)
        if size
        else say("files.empty-needs-keys", name=name, limit=limit)
    )


def _too_large(name: str, value: Json, limit: int) -> Sentence:
    if isinstance(value, str):
        return say("files.too-many-characters", name=name, size=len(value), limit=limit)
    return (
        say("files.too-many-items", name=name, size=len(value), limit=limit)
        if isinstance(value, list)
        else say("files.too-many-keys", name=name, size=len(value), limit=limit)
    )


def _other(document: Document, error: Mismatch) -> Problem:
    message = say("files.against-schema", name=_name(error.path), keyword=error.keyword)
    problem = _problem(document, error, message)
    return problem._replace(span=_head(document, error.path))


_WORDS: dict[str, Callable[[Document, Mismatch], Problem]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "not": _not,
    "falseSchema": _refused,
    "required": _required,
    "dependentRequired": _dependent_required,
    "oneOf": _choice,
    "anyOf": _choice,
    "pattern": _pattern,
    "propertyNames": _property_name,
    "uniqueItems": _unique,
    "minimum": _bound,
    "maximum": _bound,
    "exclusiveMinimum": _bound,
    "exclusiveMaximum": _bound,
    "minLength": _size,
    "maxLength": _size,
    "minItems": _size,
    "maxItems": _size,
    "minProperties": _size,
    "maxProperties": _size,
}


def explained(document: Document, error: Mismatch) -> Problem:
    """Return the problem that says what is wrong, and what to do about it where that is known."""
    return _WORDS.get(error.keyword, _other)(document, error)
