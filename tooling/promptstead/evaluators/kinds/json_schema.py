"""``json-schema``: the answer is JSON that a schema accepts."""

from collections.abc import Callable, Mapping

from promptstead.errors import PromptsteadError
from promptstead.evaluators.kinds.json_value import not_json
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.results import Result, Unscored, reason
from promptstead.evaluators.shared.strict_json import NotJson
from promptstead.model import Json
from promptstead.prompts.value_schema import place, value_validator


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

    validator = value_validator(schema)
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
        return Result(False, reason(f"at `{place(found.instance_path)}`: {found.message}"))

    return judge
