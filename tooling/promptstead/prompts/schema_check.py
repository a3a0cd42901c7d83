"""The JSON Schema of each kind of file: where it is, what is derived from what, and whether a document keeps to it."""

import json
from functools import cache
from itertools import islice
from os.path import abspath, dirname, isfile, join
from typing import Any, Literal, get_args

from promptstead.documents.document import Document
from promptstead.documents.version_line import wrong_version
from promptstead.errors import PromptsteadError
from promptstead.model import Fix, Json, Problem, Span
from promptstead.prompts.patterns import pattern_problems
from promptstead.words.sentence import say

Kind = Literal["prompt", "cases", "counterexamples", "outputs", "notes", "evaluators", "github-models"]
KINDS: tuple[Kind, ...] = get_args(Kind)

MAX_ERRORS = 1_000
"""Most errors of one file that are explained."""

_FOLDER = "schemas"
_OWN_DATA = {"^x-": {"description": "Anybody's own data; promptstead keeps it and reads nothing from it."}}


def schema_text(kind: str) -> str:
    """Return the schema of a kind of file, or of something that promptstead writes (``run``), as JSON text.

    It lies inside the package where that was installed from a wheel, and at the top of the repository otherwise.

    :raises PromptsteadError: the installation lacks it.
    """
    package = dirname(dirname(abspath(__file__)))
    for folder in (join(package, _FOLDER), join(dirname(dirname(package)), _FOLDER)):
        path = join(folder, f"{kind}.schema.json")
        if isfile(path):
            with open(path, encoding="utf-8") as file:
                return file.read()
    raise PromptsteadError(f"the schema of {kind} files is missing", hint="install promptstead again")


@cache
def load_schema(kind: str) -> dict[str, Any]:
    """Return a schema by its name; it is shared, so change nothing in it."""
    schema: dict[str, Any] = json.loads(schema_text(kind))
    return schema


def derived_schemas() -> dict[str, dict[str, Any]]:
    """Return the schemas of cases, counterexamples and evaluators files, made of the parts of the prompt's schema.

    Likewise those of what programs read: their own part is kept, and their definitions are those of a review.
    """
    shared = load_schema("review")["$defs"]
    rendered = {
        "description": "What became of the rendered messages; null where nothing did.",
        "anyOf": [{"type": "null"}, {"$ref": "#/$defs/rendered"}],
    }
    change = {**shared["change"], "properties": {**shared["change"]["properties"], "rendered": rendered}}
    return {
        "cases": _derived("cases", "Cases of one prompt: `<name>/cases.yml` beside `<name>.prompt.yml`."),
        "counterexamples": _derived(
            "counterexamples", "Answers that must fail: `<name>/counterexamples.yml` beside `<name>.prompt.yml`."
        ),
        "evaluators": _derived("evaluators", "Evaluators that several prompts share: `evaluators/<name>.yml`."),
        "compare": _of_a_review("compare", shared, "comparison", "verdict"),
        "lint": _of_a_review("lint", shared, "finding"),
        "check": _of_a_review("check", shared, "finding"),
        "diff": _of_a_review("diff", {**shared, "change": change}, "change"),
    }


def _of_a_review(kind: str, shared: dict[str, Any], *parts: str) -> dict[str, Any]:
    needed = set().union(*(_reached(name, shared) for name in parts))
    return {**load_schema(kind), "$defs": {name: shared[name] for name in shared if name in needed}}


def _derived(part: str, description: str) -> dict[str, Any]:
    definitions = load_schema("prompt")["$defs"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:promptstead:schema:{part}:v1",
        "title": f"promptstead {part} file",
        "description": description,
        "type": "object",
        "additionalProperties": False,
        "patternProperties": _OWN_DATA,
        "required": ["schema", part],
        "properties": {
            "schema": {"description": "The version of this format.", "const": f"promptstead/{part}/v1"},
            "needs": load_schema("prompt")["properties"]["needs"],
            part: {"$ref": f"#/$defs/{part}"},
        },
        "$defs": {name: definitions[name] for name in definitions if name in _reached(part, definitions)},
    }


def _reached(name: str, definitions: dict[str, Any]) -> set[str]:
    """Return the names of the definitions that *name* refers to, itself included."""
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current not in reached:
            reached.add(current)
            text = json.dumps(definitions[current])
            waiting.extend(other for other in definitions if f'"#/$defs/{other}"' in text)
    return reached


def validate(document: Document, kind: Kind) -> list[Problem]:
    """Return what keeps *document* from being a file of this kind, in the order of the text.

    Nothing for a document that could not be read: its own problems say why. A wrong or missing version is the only
    problem, as every other would be a guess.
    """
    data = document.data
    if data is None:
        return []
    if kind != "github-models" and (problem := _wrong_version(document, kind)):
        return [problem]
    if _validator(kind).is_valid(data):
        return _patterns(document, kind)
    from promptstead.prompts.explain import explain_errors

    errors = islice(_validator(kind).iter_errors(data), MAX_ERRORS)
    problems = explain_errors(document, load_schema(kind), list(errors))
    if kind == "github-models":
        problems = [_ignored(problem) for problem in problems]
    return [*problems, *_patterns(document, kind)] if is_usable(document, kind) else problems


def _ignored(problem: Problem) -> Problem:
    """Return the problem of an unknown key as what it is where other tools pass over such keys: a warning."""
    if problem.message.code != "files.unknown-key":
        return problem
    return problem._replace(level="warning", hint=say("files.ignored-by-github-models"))


def is_usable(document: Document, kind: Kind) -> bool:
    """Tell whether *document* keeps to the schema of its kind, keys that nobody knows aside."""
    data = document.data
    if data is None or (kind != "github-models" and _wrong_version(document, kind)):
        return False
    return _validator(kind).is_valid(data) or all(
        error.kind.name == "additionalProperties" for error in _validator(kind).iter_errors(data)
    )


def _patterns(document: Document, kind: Kind) -> list[Problem]:
    return [] if kind in ("outputs", "counterexamples", "notes", "github-models") else pattern_problems(document, kind)


@cache
def _validator(kind: Kind) -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(load_schema(kind))


def _version(kind: Kind) -> str:
    version: str = load_schema(kind)["properties"]["schema"]["const"]
    return version


def _wrong_version(document: Document, kind: Kind) -> Problem | None:
    expected = _version(kind)
    if "schema" not in document.data:
        at = document.span(()).start
        description = say("files.add-schema", schema=expected)
        insertion = Fix(description, ((Span(at, at), f"schema: {expected}\n"),), safe=False)
        in_block = not document.text.startswith("{", at)
        message, hint = say("files.schema-missing", schema=expected), say("files.add-as-first-line")
        return Problem("SCH001", message, Span(at, at), hint, insertion if in_block else None)
    found: Json = document.data["schema"]
    if found is None:
        message, hint = say("files.schema-empty", expected=expected), say("files.write-schema", schema=expected)
        return Problem("SCH001", message, document.span(("schema",)), hint)
    wrong = wrong_version(document.data, expected)
    if wrong is None:
        return None
    message, hint = wrong
    others = (one for one in KINDS if one not in ("github-models", kind))
    if other := next((one for one in others if _version(one) == found), None):
        hint = say("files.other-kind", other=other, kind=kind)
    return Problem("SCH001", message, document.span(("schema" if found != expected else "needs",)), hint)


def can_build(document: Document, kind: Kind, problems: list[Problem]) -> bool:
    """Tell whether a prompt can be built in spite of *problems*: unknown keys only, none a needed one misspelt."""
    return not problems or (all(problem.code == "SCH002" for problem in problems) and is_usable(document, kind))
