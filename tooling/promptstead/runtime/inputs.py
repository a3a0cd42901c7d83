"""Checks of inputs against their JSON Schemas, in a vocabulary small enough to mean the same everywhere.

The vocabulary: ``type enum const minLength maxLength pattern minimum maximum exclusiveMinimum exclusiveMaximum
multipleOf items minItems maxItems uniqueItems properties required additionalProperties format`` (date, date-time,
email, uri), and the annotations ``title description examples default``. ``docs/bundle.md`` says exactly what each
checks.
"""

import re

from promptstead.errors import PromptsteadError, one_line
from promptstead.runtime.values import RenderError, equal, json_text, plain, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

MAX_PROBLEMS = 20
MAX_SCHEMA_DEPTH = 64

ANNOTATIONS = frozenset({"title", "description", "examples", "default"})
_TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
_WORDS = {
    "null": "null",
    "boolean": "true or false",
    "integer": "an integer",
    "number": "a number",
    "string": "text",
    "array": "a list",
    "object": "a map",
}
_NUMBER_KEYWORDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_COUNT_KEYWORDS = ("minLength", "maxLength", "minItems", "maxItems")

# Texts, not compiled: re compiles and keeps each on first use, which an import should not wait for.
_DATE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_EMAIL = r"[^@\s]+@[^@\s]+"
_URI = r"[A-Za-z][A-Za-z0-9+.-]*:[!#-;=?-\[\]_a-z~]*"
_NOT_SHARED = r"\(\?(?!:|=|!|<=|<!)|\\[AZz]|\\[pPN]|[*+?}]\+|\[\^?\]|\[[^\]]*--"


class InputError(PromptsteadError):
    """Inputs that a prompt does not accept; ``problems`` has one line for each thing that is wrong."""

    def __init__(self, problems: "list[str]") -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def check_inputs(
    inputs: "Mapping[str, Mapping[str, Any]]", values: "Mapping[str, Any]", given: "dict[str, bytes] | None" = None
) -> "dict[str, Any]":
    """Return *values* as plain values, checked, with defaults filled in; attachments become references.

    :param inputs: name → ``{"schema": …, "required": bool, "default": …, "attachment": …}``.
    :param given: gets the bytes of the attachments by their SHA-256.
    :raises InputError: an input is missing, unknown or not what its schema asks for; all problems in one error.
    """
    checked: dict[str, Any] = {}
    problems: list[str] = []
    for name, spec in inputs.items():
        if name in values and "attachment" in spec:
            from promptstead.runtime.attachments import taken  # few prompts have any

            try:
                checked[name] = taken(spec["attachment"], values[name], {} if given is None else given)
            except ValueError as error:
                problems.append(f"input `{name}`: {error}")
        elif name in values:
            try:
                checked[name] = plain(values[name], name)
            except RenderError as error:
                problems.append(str(error))
                continue
            problems += check(spec.get("schema", {}), checked[name], f"input `{name}`")
        elif "default" in spec:
            checked[name] = spec["default"]
        elif spec.get("required", True):
            problems.append(f"input `{name}` is missing")
    for name in values:
        if name not in inputs:
            problems.append(_unknown(str(name), list(inputs)))
    if problems:
        raise InputError(problems[:MAX_PROBLEMS])
    return checked


def check(schema: "Mapping[str, Any]", value: "Any", where: str) -> "list[str]":
    """Return what is wrong with a plain *value*, one line each, at most 20.

    :param where: what the lines call the value: ``input `name```.
    """
    problems: list[str] = []
    for problem in _problems(schema, value, where):
        problems.append(problem)
        if len(problems) == MAX_PROBLEMS:
            break
    return problems


def unsupported(schema: "Any") -> "list[tuple[str | int, ...]]":
    """Return the paths of what a schema says outside the vocabulary: keywords, and values of keywords."""
    return list(_unsupported(schema, (), MAX_SCHEMA_DEPTH))


def _unknown(name: str, known: "list[str]") -> str:
    from promptstead.did_you_mean import did_you_mean  # most applications misspell nothing

    hint = did_you_mean(name, known)
    return f"there is no input `{name}`" + (f", {hint}" if hint else "")


def _problems(schema: "Mapping[str, Any]", value: "Any", where: str) -> "Iterator[str]":
    types = schema.get("type")
    if types is not None:
        types = [types] if isinstance(types, str) else types
        if not any(_is(value, name) for name in types):
            yield f"{where}: expected {' or '.join(_WORDS[name] for name in types)}, got {_shown(value)}"
            return
    if "enum" in schema and not any(equal(value, choice) for choice in schema["enum"]):
        yield f"{where}: expected one of {', '.join(map(_shown, schema['enum'][:20]))}, got {_shown(value)}"
    if "const" in schema and not equal(value, schema["const"]):
        yield f"{where}: expected {_shown(schema['const'])}, got {_shown(value)}"
    if isinstance(value, str):
        yield from _text_problems(schema, value, where)
    elif isinstance(value, list):
        yield from _list_problems(schema, value, where)
    elif isinstance(value, dict):
        yield from _map_problems(schema, value, where)
    elif _is(value, "number"):
        yield from _number_problems(schema, value, where)


def _is(value: "Any", name: str) -> bool:
    match name:
        case "string":
            return isinstance(value, str)
        case "null":
            return value is None
        case "boolean":
            return isinstance(value, bool)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return name == "number" or isinstance(value, int) or value.is_integer()


def _shown(value: "Any") -> str:
    shown = f"'{value}'" if isinstance(value, str) else text_of(value)
    return one_line(shown if len(shown) <= 40 else f"{shown[:39]}…")


def _text_problems(schema: "Mapping[str, Any]", value: str, where: str) -> "Iterator[str]":
    length = len(value)
    if length < schema.get("minLength", 0):
        yield f"{where}: expected at least {schema['minLength']} characters, got {length}"
    if length > schema.get("maxLength", length):
        yield f"{where}: expected at most {schema['maxLength']} characters, got {length}"
        return
    if "pattern" in schema:
        from promptstead.runtime.backtracking import too_slow

        pattern = _pattern(schema["pattern"])
        if length and too_slow(pattern.pattern, length):
            yield f"{where}: the pattern {schema['pattern']} may take for ever on {length} characters"
        elif not pattern.search(value):
            yield f"{where}: expected text that matches {schema['pattern']}, got {_shown(value)}"
    if "format" in schema:
        words, holds = _FORMATS[schema["format"]]
        if not holds(value):
            yield f"{where}: expected {words}, got {_shown(value)}"


def _number_problems(schema: "Mapping[str, Any]", value: float, where: str) -> "Iterator[str]":
    if "minimum" in schema and value < schema["minimum"]:
        yield f"{where}: expected at least {text_of(schema['minimum'])}, got {_shown(value)}"
    if "maximum" in schema and value > schema["maximum"]:
        yield f"{where}: expected at most {text_of(schema['maximum'])}, got {_shown(value)}"
    if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
        yield f"{where}: expected more than {text_of(schema['exclusiveMinimum'])}, got {_shown(value)}"
    if "exclusiveMaximum" in schema and value >= schema["exclusiveMaximum"]:
        yield f"{where}: expected less than {text_of(schema['exclusiveMaximum'])}, got {_shown(value)}"
    if "multipleOf" in schema and (value / schema["multipleOf"]) % 1 != 0:
        yield f"{where}: expected a multiple of {text_of(schema['multipleOf'])}, got {_shown(value)}"


def _list_problems(schema: "Mapping[str, Any]", value: "list[Any]", where: str) -> "Iterator[str]":
    length = len(value)
    if length < schema.get("minItems", 0):
        yield f"{where}: expected at least {schema['minItems']} items, got {length}"
    if length > schema.get("maxItems", length):
        yield f"{where}: expected at most {schema['maxItems']} items, got {length}"
        return
    if schema.get("uniqueItems") and len({json_text(item, sort_keys=True) for item in value}) < length:
        yield f"{where}: expected items that all differ"
    if "items" in schema:
        for index, item in enumerate(value):
            yield from _problems(schema["items"], item, f"{where}[{index}]")


def _map_problems(schema: "Mapping[str, Any]", value: "dict[str, Any]", where: str) -> "Iterator[str]":
    for key in schema.get("required", ()):
        if key not in value:
            yield f"{where}: `{one_line(key, 80)}` is missing"
    properties = schema.get("properties", {})
    others = schema.get("additionalProperties", True)
    for key, item in value.items():
        place = f"{where}.{one_line(key, 80)}"
        if key in properties:
            yield from _problems(properties[key], item, place)
        elif others is False:
            yield f"{where}: `{one_line(key, 80)}` is not expected"
        elif others is not True:
            yield from _problems(others, item, place)


def _pattern(pattern: str) -> "re.Pattern[str]":
    r"""Compile a pattern as ECMAScript means it: ``\d`` and ``\w`` are ASCII, and ``$`` is the very end.

    :raises ValueError: it is no pattern.
    """
    try:
        return re.compile(re.sub(r"\\.|\[(?:\\.|[^\]\\])*\]|\$", _for_python, pattern, flags=re.DOTALL), re.ASCII)
    except re.error as error:
        raise ValueError(pattern) from error


def _for_python(match: "re.Match[str]") -> str:
    if match[0] == "$":
        return r"\Z"
    if match[0][0] == "\\":
        return match[0]
    # Python warns about these in a set, where a later version may read them as set operations.
    return "[" + re.sub(r"(\\.)|([\[&|~])", lambda inner: inner[1] or "\\" + inner[2], match[0][1:], flags=re.DOTALL)


def _is_date(value: str) -> bool:
    match = re.fullmatch(_DATE, value)
    if not match:
        return False
    year, month, day = map(int, match.groups())
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return year > 0 and 1 <= month <= 12 and 1 <= day <= days[month - 1]


def _is_date_time(value: str) -> bool:
    return value[10:11] in ("T", "t") and _is_date(value[:10]) and re.fullmatch(_TIME, value[11:]) is not None


_FORMATS: "dict[str, tuple[str, Callable[[str], bool]]]" = {
    "date": ("a date (YYYY-MM-DD)", _is_date),
    "date-time": ("a date and time (YYYY-MM-DDTHH:MM:SSZ)", _is_date_time),
    "email": ("an e-mail address", lambda value: re.fullmatch(_EMAIL, value) is not None),
    "uri": ("a URI", lambda value: re.fullmatch(_URI, value) is not None),
}


def _unsupported(schema: "Any", path: "tuple[str | int, ...]", depth: int) -> "Iterator[tuple[str | int, ...]]":
    if not isinstance(schema, dict) or depth == 0:
        yield path
        return
    for keyword, value in schema.items():
        place = (*path, keyword)
        if keyword == "properties" and isinstance(value, dict):
            for key, inner in value.items():
                yield from _unsupported(inner, (*place, key), depth - 1)
        elif keyword == "items" or (keyword == "additionalProperties" and not isinstance(value, bool)):
            yield from _unsupported(value, place, depth - 1)
        elif not _is_supported(keyword, value):
            yield place


def _is_supported(keyword: str, value: "Any") -> bool:
    if keyword == "type":
        names = [value] if isinstance(value, str) else value
        return _texts(names) and bool(names) and all(name in _TYPES for name in names)
    if keyword == "pattern":
        return isinstance(value, str) and _is_shared_pattern(value)
    if keyword in _NUMBER_KEYWORDS:
        return _is(value, "number") and (keyword != "multipleOf" or value > 0)
    if keyword in _COUNT_KEYWORDS:
        return _is(value, "integer") and value >= 0
    if keyword == "required":
        return _texts(value)
    if keyword == "format":
        return isinstance(value, str) and value in _FORMATS
    if keyword in ("uniqueItems", "additionalProperties"):
        return isinstance(value, bool)
    return (keyword == "enum" and isinstance(value, list)) or keyword == "const" or keyword in ANNOTATIONS


def _texts(value: "Any") -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_shared_pattern(pattern: str) -> bool:
    if len(pattern) > 1000 or re.search(_NOT_SHARED, pattern):
        return False
    try:
        _pattern(pattern)
    except (ValueError, RecursionError, OverflowError):
        return False
    return True
