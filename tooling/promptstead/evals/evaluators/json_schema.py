"""``json-schema``: the answer is JSON that a schema accepts."""

from collections.abc import Callable, Iterator, Mapping

from promptstead.errors import PromptsteadError
from promptstead.evals.answer import Answer
from promptstead.evals.evaluators.json_value import not_json
from promptstead.evals.results import Result, Unscored, reason
from promptstead.evals.strict_json import NotJson
from promptstead.model import Json

MAX_EXPANDED = 100_000


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Validate the answer with ``schema`` (JSON Schema 2020-12).

    Without ``schema`` it is the prompt's ``output.schema``. The answer must be JSON as the evaluator ``json`` has it;
    ``fenced`` as there. Formats (``date``, ``email``…) are checked. References stay inside the schema (``#`` or
    ``#/…``); nothing is fetched.

    :raises PromptsteadError: there is no schema, or it is malformed, refers outside itself, or is too large with its
        references written out.
    """
    schema = options.get("schema")
    if schema is None:
        raise PromptsteadError("there is no schema to check with", hint="give `schema`, or declare `output.schema`")
    import jsonschema_rs

    _check_references(schema)
    try:
        validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True, retriever=_refuse)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        message = getattr(error, "message", str(error))
        raise PromptsteadError(reason(f"the schema is malformed: {message}")) from None
    fenced = options.get("fenced", False)

    def judge(answer: Answer) -> Result:
        try:
            value = answer.json(fenced)
        except NotJson as error:
            return not_json(answer, error)
        if validator.is_valid(value):
            return Result(True, "the schema accepts the answer")
        found = next(validator.iter_errors(value))
        if isinstance(found.kind, jsonschema_rs.ValidationErrorKind.BacktrackLimitExceeded):
            raise Unscored("a pattern of the schema needs too many attempts on this answer")
        return Result(False, reason(f"at `{_place(found.instance_path)}`: {found.message}"))

    return judge


def _refuse(uri: str) -> Json:
    raise ValueError(f"`{uri}` is outside the schema")


def _place(path: list[str | int]) -> str:
    return "$" + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)


def _check_references(schema: Json) -> None:
    """Refuse references that leave the schema, and those that multiply.

    A validator follows every reference, so that ``a`` twice in ``b``, ``b`` twice in ``c`` and so on costs 2ⁿ.
    """
    sizes: dict[str, int] = {}

    def size(pointer: str, value: Json) -> int:
        sizes[pointer] = 1  # what a reference back to here counts while this is being measured
        total = 1
        for reference in _references(value):
            if reference not in sizes:
                size(reference, _resolve(schema, reference))
            total = min(total + sizes[reference], MAX_EXPANDED + 1)
        sizes[pointer] = total
        return total

    try:
        total = size("#", schema)
    except RecursionError:
        total = MAX_EXPANDED + 1
    if total > MAX_EXPANDED:
        raise PromptsteadError(
            f"the schema has more than {MAX_EXPANDED:,} parts when its references are written out",
            hint="refer to a definition fewer times",
        )


def _references(value: Json) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "$ref" and isinstance(item, str):
                yield item
            elif key in ("$dynamicRef", "$recursiveRef") and isinstance(item, str):
                raise PromptsteadError(
                    f"the schema uses `{key}`, which is not supported", hint="use `$ref: '#/$defs/…'`"
                )
            else:
                yield from _references(item)


def _resolve(schema: Json, reference: str) -> Json:
    if reference != "#" and not reference.startswith("#/"):
        raise PromptsteadError(reason(f"the schema refers outside itself: `{reference}`"), hint="use `#/$defs/…`")
    value = schema
    for part in reference[2:].split("/") if reference != "#" else ():
        key = part.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(key)] if isinstance(value, list) else value[key]
        except (KeyError, IndexError, ValueError, TypeError):
            raise PromptsteadError(reason(f"the schema refers to `{reference}`, which is not there")) from None
    return value
