"""``json-schema``: the answer is JSON that a schema accepts."""

from collections.abc import Callable, Mapping

from promptstead.errors import PromptsteadError
from promptstead.evaluators.shared.answer import Answer
from promptstead.evaluators.shared.results import MAX_REASON, Result, Unscored
from promptstead.evaluators.shared.strict_json import NotJson
from promptstead.evaluators.shared.target import not_json
from promptstead.model import Json
from promptstead.prompts.value_schema import place, value_validator
from promptstead.words.sentence import own_words, say


def prepare(options: Mapping[str, Json]) -> Callable[[Answer], Result]:
    """Validate the answer with ``schema`` (JSON Schema 2020-12, or the draft from 4 on that its ``$schema`` names).

    Without ``schema`` it is the prompt's ``output.schema``. The answer must be JSON as the evaluator ``json`` has it;
    ``fenced`` as there. Formats (``date``, ``email``…) are checked. References stay inside the schema (``#`` or
    ``#/…``); nothing is fetched.

    :raises PromptsteadError: there is no schema, or it is malformed, refers outside itself, or is too large with its
        references written out.
    """
    schema = options.get("schema")
    if schema is None:
        raise PromptsteadError(say("evaluators.no-schema"), hint=say("evaluators.give-a-schema"))
    import jsonschema_rs

    validator = value_validator(schema)
    fenced = options.get("fenced", False)

    def judge(answer: Answer) -> Result:
        try:
            value = answer.json(fenced)
        except NotJson as error:
            return not_json(answer.text, error)
        if validator.is_valid(value):
            return Result(True, say("evaluators.schema-accepts"))
        found = next(validator.iter_errors(value))
        if isinstance(found.kind, jsonschema_rs.ValidationErrorKind.BacktrackLimitExceeded):
            raise Unscored(say("evaluators.schema-attempts"))
        said = own_words(found.message[: MAX_REASON + 1])
        return Result(False, say("evaluators.at-path", path=place(found.instance_path), reason=said))

    return judge
