"""Options of an evaluator that a package brings, held against the JSON Schema that its author gives."""

from itertools import islice
from typing import NamedTuple

from promptstead.documents.source_lines import quoted
from promptstead.errors import PromptsteadError, one_line
from promptstead.model import Json, KeyPath
from promptstead.plugins import Plugin
from promptstead.prompts.mismatch import nearest_key
from promptstead.prompts.value_schema import value_validator

MAX_PROBLEMS = 20
_MOST = 200
"""Characters of what the validator says."""


class OptionProblem(NamedTuple):
    """What is wrong with the value at *path* of the options; *unknown* says that nobody knows its key."""

    path: KeyPath
    message: str
    hint: str = ""
    unknown: bool = False


def option_problems(plugin: Plugin, options: Json) -> list[OptionProblem]:
    """Return what keeps *options* from the schema of the evaluator *plugin*: of much the first.

    :raises PromptsteadError: the schema itself is malformed, refers outside itself or is too large.
    """
    schema = plugin.about["options"]
    try:
        validator = value_validator(schema)
    except PromptsteadError as error:
        message = f"the options of `{plugin.name}` ({plugin.origin}): {error.message}"
        raise PromptsteadError(message, hint="report it to its author") from None
    found: list[OptionProblem] = []
    for each in islice(validator.iter_errors(options), MAX_PROBLEMS):
        path = tuple(each.instance_path)
        if each.kind.name == "additionalProperties":
            known = schema.get("properties", {}) if not path else {}
            found += [_unknown(plugin, path, key, known) for key in each.kind.as_dict()["unexpected"][:MAX_PROBLEMS]]
            continue
        where = f"option {quoted('.'.join(map(str, path)))}" if path else "options"
        found.append(OptionProblem(path, f"{where} of `{plugin.name}`: {one_line(each.message[: _MOST + 1], _MOST)}"))
    return found


def _unknown(plugin: Plugin, path: KeyPath, key: str, known: Json) -> OptionProblem:
    near = nearest_key(key, known) if isinstance(known, dict) else ""
    meant = f"; did you mean `{near}`?" if near else ""
    hint = f"allowed: {', '.join(list(known)[:12])}" if known and not near else ""
    return OptionProblem((*path, key), f"unknown option {quoted(key)} of `{plugin.name}`{meant}", hint, unknown=True)
