"""One value that does not keep to the schema, said in words: what is wrong with it, and what to do.

Never more than a few characters of the file are repeated.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from promptstead.did_you_mean import nearest
from promptstead.documents.document import Document
from promptstead.documents.scalars import resolve
from promptstead.documents.yaml_syntax import quoted
from promptstead.model import Fix, Json, KeyPath, Problem, Span

_TYPES = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "a mapping of keys to values",
    "array": "a list",
    "null": "empty",
}
PATTERNS = {
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$": "start with a letter or digit; the rest letters, digits, `.`, `_` and `-`",
    r"^[A-Za-z_][A-Za-z0-9_]{0,63}$": "be a name of letters, digits and `_` that does not start with a digit",
    r"^[A-Za-z0-9_-]{1,64}$": "have 1 to 64 letters, digits, `_` or `-`",
    r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$": "be a language tag such as `en` or `fr-FR`",
    r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$": "name a function as `package.module:function`",
    r"^sha256:[0-9a-f]{64}$": "be `sha256:` and 64 hexadecimal digits",
    r"^\d{4}-\d{2}-\d{2}$": "be a date such as 2026-03-02",
    r"^(digest$|x-)": "be `digest`: an answer outside the repository has nothing else here",
    r"^\$": "be a JSONPath query, which starts with `$`",
    r"^(id|expected(\.[A-Za-z0-9_-]+)*|inputs\.[A-Za-z_][A-Za-z0-9_]*|tags|cluster|must_pass)$": (
        "be `id`, `expected`, `expected.KEY`, `inputs.NAME`, `tags`, `cluster` or `must_pass`"
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
        return "the file"
    last = path[-1]
    if isinstance(last, str):
        return quoted(last)
    return f"item {last + 1} of {_name(path[:-1])}"


def place_of(path: KeyPath) -> str:
    """Return where the value at *path* is, to be put behind a sentence; nothing for the whole file."""
    return f" in {_name(path)}" if path else ""


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


def _alternatives(words: Sequence[str], last: str = " or ") -> str:
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + last + words[-1]


def _keys(names: Iterable[str], last: str = " and ") -> str:
    return _alternatives([f"`{name}`" for name in names], last)


def nearest_key(name: str, known: Iterable[str]) -> str:
    """Return the known name that is most like *name*, letter case and separators aside; empty where none is."""
    plain = {other.lower().replace("_", "").replace("-", ""): other for other in known}
    return plain.get(nearest(name.lower().replace("_", "").replace("-", ""), plain), "")


def _problem(document: Document, error: Mismatch, message: str, hint: str = "", fix: Fix | None = None) -> Problem:
    return Problem("SCH001", message, document.span(error.path), hint, fix)


def _type(document: Document, error: Mismatch) -> Problem:
    types: list[str] = error.details["types"]
    expected = _alternatives([_TYPES[name] for name in types])
    name, value = _name(error.path), error.value
    if value is None:
        problem = _problem(document, error, f"{name} has no value; expected {expected}", "write one, or remove the key")
        return problem._replace(span=_head(document, error.path))
    problem = _problem(document, error, f"{name} must be {expected}; got {_got(document, error)}")
    source = _source(document, error.path)
    span = problem.span
    if isinstance(value, list | dict):
        problem = problem._replace(span=_head(document, error.path))
    if "string" in types and _quotable(source, value):
        hint = "put it in quotes"
        if isinstance(value, dict):
            hint = "`{` starts a mapping in YAML; put the value in quotes if it is text"
        return problem._replace(hint=hint, fix=Fix("put it in quotes", ((span, f'"{source}"'),), safe=False))
    if isinstance(value, str):
        return _text_instead(problem, types, value, span)
    return problem


def _quotable(source: str, value: Json) -> bool:
    in_flow = not isinstance(value, list | dict) or source.startswith("{")
    return in_flow and not any(character in source for character in '"\\\r\n')


def _text_instead(problem: Problem, types: list[str], value: str, span: Span) -> Problem:
    """Add how to mend text where something else is expected: ``yes`` for a boolean, a number in quotes, a lone item."""
    if "boolean" in types and value.lower() in _YES:
        word = _YES[value.lower()]
        return problem._replace(hint=f"write `{word}`", fix=Fix(f"write `{word}`", ((span, word),), safe=False))
    if "array" in types:
        return problem._replace(hint="write it as a list: `[…]`, or each item behind `- `")
    if {"number", "integer"} & set(types) and isinstance(_as_number(value), int | float):
        fix = Fix("remove the quotes", ((span, value.strip()),), safe=False)
        return problem._replace(hint="remove the quotes", fix=fix)
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
        return f"the number {quoted(_source(document, error.path))}"
    if isinstance(value, str):
        return f"the text {quoted(value)}" if value else "empty text"
    return _TYPES["array" if isinstance(value, list) else "object"]


def _enum(document: Document, error: Mismatch) -> Problem:
    options = [option if isinstance(option, str) else repr(option) for option in error.details["options"]]
    value = error.value
    shown = f"{', '.join(options[:SHOWN])}{', …' if len(options) > SHOWN else ''}"
    got = quoted(value) if isinstance(value, str) else _got(document, error) if value is not None else "nothing"
    problem = _problem(document, error, f"{_name(error.path)} must be one of {shown}; got {got}")
    if isinstance(value, list | dict):
        return problem._replace(span=_head(document, error.path))
    near = nearest_key(value, options) if isinstance(value, str) else ""
    if not near:
        return problem
    fix = Fix(f"write `{near}`", ((problem.span, near),), safe=False)
    return problem._replace(hint=f"did you mean `{near}`?", fix=fix)


def _const(document: Document, error: Mismatch) -> Problem:
    return _problem(document, error, f"{_name(error.path)} must be {quoted(str(error.schema['const']))}")


def _required(document: Document, error: Mismatch) -> Problem:
    message = f"`{error.details['property']}` is missing{place_of(error.path)}"
    return _problem(document, error, message, _purpose(error))._replace(span=_head(document, error.path))


def _purpose(error: Mismatch) -> str:
    description: str = error.schema.get("properties", {}).get(error.details["property"], {}).get("description", "")
    return f"add it: {description[:1].lower()}{description[1:].rstrip('.')}" if description else "add it"


def _dependent_required(document: Document, error: Mismatch) -> Problem:
    missing = error.details["property"]
    rules = error.schema["dependentRequired"]
    cause = next((key for key, needed in rules.items() if missing in needed and key in error.value), "")
    message = f"`{cause}` needs `{missing}` beside it{place_of(error.path)}"
    return _problem(document, error, message)._replace(span=_head(document, (*error.path, cause)))


def _choice(document: Document, error: Mismatch) -> Problem:
    """Explain a choice between sets of required keys: none of them is complete, or more than one is there."""
    choices = [tuple(choice.get("required", ())) for choice in error.schema[error.keyword]]
    complete = [choice for choice in choices if set(choice) <= set(error.value)]
    spelled = [_keys(choice) for choice in choices]
    name = _name(error.path)
    begun = [choice for choice in choices if set(choice) & set(error.value)]
    if complete:
        message = f"{name} must have either {_alternatives(spelled)}, not more than one of them"
    elif len(begun) == 1:
        missing = _keys(key for key in begun[0] if key not in error.value)
        message = f"{missing} is missing{place_of(error.path)}"
    else:
        message = f"{name} must have {_alternatives(spelled)}"
    return _problem(document, error, message)._replace(span=_head(document, error.path))


def _pattern(document: Document, error: Mismatch) -> Problem:
    pattern = error.details["pattern"]
    wanted = PATTERNS.get(pattern, f"match the pattern `{pattern}`")
    got = quoted(error.value) if error.value else "empty text"
    return _problem(document, error, f"{_name(error.path)} must {wanted}; got {got}")


def _property_name(document: Document, error: Mismatch) -> Problem:
    inner = error.details["error"]
    name = inner.instance
    wanted = PATTERNS.get(inner.kind.as_dict().get("pattern", ""), "be another one")
    message = f"the name {quoted(name)}{place_of(error.path)} must {wanted}"
    return Problem("SCH001", message, document.key_span((*error.path, name)))


def _unique(document: Document, error: Mismatch) -> Problem:
    seen: list[str] = []
    for index, item in enumerate(error.value):
        if repr(item) in seen:
            message = f"{_name(error.path)} holds {quoted(str(item))} twice"
            return Problem("SCH001", message, document.span((*error.path, index)), "remove one")
        seen.append(repr(item))
    return _problem(document, error, f"{_name(error.path)} holds the same value twice")


def _bound(phrase: str) -> Callable[[Document, Mismatch], Problem]:
    def words(document: Document, error: Mismatch) -> Problem:
        got = _source(document, error.path)[:QUOTED]
        return _problem(document, error, f"{_name(error.path)} must be {phrase} {error.details['limit']}; got {got}")

    return words


def _size(unit: str, least: bool) -> Callable[[Document, Mismatch], Problem]:
    def words(document: Document, error: Mismatch) -> Problem:
        limit, size = error.details["limit"], len(error.value)
        name = _name(error.path)
        units = unit.removesuffix("s") if limit == 1 else unit
        if least and not size:
            message = f"{name} is empty; it needs at least {limit} {units}"
        else:
            message = f"{name} has {size:,} {unit}; {'at least' if least else 'at most'} {limit:,} are allowed"
        span = document.span(error.path) if isinstance(error.value, str) else _head(document, error.path)
        return Problem("SCH001", message, span)

    return words


def _other(document: Document, error: Mismatch) -> Problem:
    problem = _problem(document, error, f"{_name(error.path)} does not keep to the schema ({error.keyword})")
    return problem._replace(span=_head(document, error.path))


_WORDS: dict[str, Callable[[Document, Mismatch], Problem]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "required": _required,
    "dependentRequired": _dependent_required,
    "oneOf": _choice,
    "anyOf": _choice,
    "pattern": _pattern,
    "propertyNames": _property_name,
    "uniqueItems": _unique,
    "minimum": _bound("at least"),
    "maximum": _bound("at most"),
    "exclusiveMinimum": _bound("above"),
    "exclusiveMaximum": _bound("below"),
    "minLength": _size("characters", least=True),
    "maxLength": _size("characters", least=False),
    "minItems": _size("items", least=True),
    "maxItems": _size("items", least=False),
    "minProperties": _size("keys", least=True),
    "maxProperties": _size("keys", least=False),
}


def explained(document: Document, error: Mismatch) -> Problem:
    """Return the problem that says what is wrong, and what to do about it where that is known."""
    return _WORDS.get(error.keyword, _other)(document, error)
