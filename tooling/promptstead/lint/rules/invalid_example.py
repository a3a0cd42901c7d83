"""An example's output, an expected answer, or what an evaluator reads is not what the output's schema or a case has.

**Why it matters.** An example teaches the model to break the schema; an expectation that no valid answer can meet
fails for ever, and so does an evaluator at a path that no valid answer has.

**Example.** `output.schema` has `urgency: {enum: [low, normal, high]}` and a case expects `urgency: urgent`; or it
allows no other keys, and an evaluator reads `$.urgncy`; or an evaluator reads `{{ expected.urgncy }}`, in an option or
in the pattern of a `regex`, and no case has that key; or a `value` reads a `score` that no imported answer carries; or
an evaluator can judge no answer at all, such as one whose `min` is above its `max`.

**How to fix.** Correct the example, the expectation, the path, the template or the schema. Expectations are checked
where an evaluator compares them with a value of the answer:
`{type: json-path, path: $.urgency, equals: "{{ expected.urgency }}"}`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from promptstead.did_you_mean import nearest
from promptstead.errors import PromptsteadError
from promptstead.lint.answers import schema_span, subschemas
from promptstead.lint.carried_scores import missing_scores
from promptstead.lint.refused_evaluators import refused_evaluators
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Json, KeyPath, Problem
from promptstead.prompts.declared.json_path import keys
from promptstead.prompts.loaded import case_span
from promptstead.prompts.value_schema import validator_class
from promptstead.words.sentence import own_words, say

_KEY = re.compile(r"\$\.([A-Za-z_][A-Za-z0-9_-]*)")
_EXPECTED = re.compile(r"\{\{\s*expected\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
_DESCRIBED = frozenset(("not", "if", "then", "else", "allOf", "anyOf", "oneOf", "dependentSchemas", "contains"))
"""Keywords below which a schema says a part of what another describes."""
_READ = re.compile(r"\{\{[^{}]*?\b(?P<root>expected|inputs)\.(?P<key>[A-Za-z_][A-Za-z0-9_]*)")
MISSING = object()
_OPEN = frozenset(("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "patternProperties", "prefixItems"))
"""Keywords that say elsewhere what a value may have."""


def check(context: Context) -> Iterator[Problem]:
    """Validate examples as a whole, and expectations key by key."""
    yield from _given_by_nobody(context)
    yield from missing_scores(context)
    yield from refused_evaluators(context)
    schema = context.prompt.output_schema
    at = ("output", "schema") if context.prompt.dialect == "promptstead" else ("jsonSchema",)
    if schema is None:
        if context.prompt.dialect == "github-models" and context.prompt.data.get("jsonSchema"):
            message = say("rules.EXA501-no-schema")
            yield Problem("EXA501", message, context.document.span(at), say("rules.EXA501-no-schema-hint"))
        return
    broken = _broken(schema)
    if broken:
        yield from _malformed(context, at, schema, broken)
        return
    yield from _required_but_unknown(context)
    whole = _validator(schema) if context.prompt.examples else None
    for example in context.prompt.examples:
        output = parsed_output(example.output)
        reason = "" if output is MISSING else _violation(whole, output)
        if output is MISSING or reason:
            span = context.document.span((*example.at, "output"))
            message = say("rules.EXA501-example", reason=reason) if reason else say("rules.EXA501-not-json")
            yield Problem("EXA501", message, span, say("rules.EXA501-example-hint"))
    yield from _expectations(context, schema)
    yield from _paths(context, schema)


def _given_by_nobody(context: Context) -> Iterator[Problem]:
    """Yield what evaluators read of cases and none has: such an evaluator judges nothing."""
    known = {"expected": _expected_keys(context), "inputs": _input_names(context)}
    for spec in context.prompt.evaluators:
        document = context.loaded.documents.get(spec.file)
        for at, text in _texts(spec.options, spec.at) if document is not None and any(known.values()) else ():
            for match in _READ.finditer(text):
                key, names = match["key"], known[match["root"]]
                if not names or key in names:
                    continue
                near = nearest(key, names)
                hint = (
                    say("rules.did-you-mean", near=near) if near else say("rules.EXA501-unexpected-hint", known=names)
                )
                message = say("rules.EXA501-unexpected", evaluator=spec.name, key=key)
                if match["root"] == "inputs":
                    hint = hint if near else say("rules.EXA501-no-input-hint", known=names)
                    message = say("rules.EXA501-no-input", evaluator=spec.name, key=key)
                assert document is not None
                yield Problem("EXA501", message, document.locate(at, *match.span("key")), hint, path=spec.file)


def _expected_keys(context: Context) -> list[str]:
    """Return what the expectations of the cases have; nothing where that is not all known."""
    if context.loaded.partial or context.loaded.unread:
        return []
    held = [case.expected for case in context.prompt.cases if isinstance(case.expected, dict)]
    return list(dict.fromkeys(key for expected in held for key in expected))


def _input_names(context: Context) -> list[str]:
    if context.prompt.dialect != "promptstead":
        return []
    return list(
        dict.fromkeys((*context.prompt.inputs, *(name for case in context.prompt.cases for name in case.inputs)))
    )


def _texts(value: Json, at: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Yield each text inside the options of an evaluator, JSON Schemas aside, with its place."""
    if isinstance(value, str):
        yield at, value
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if key != "schema":
            yield from _texts(item, (*at, key))


def _required_but_unknown(context: Context) -> Iterator[Problem]:
    """Yield the fields that an object requires and does not describe: none may be there, or nobody says what it is."""
    for inner in subschemas(context):
        if not inner.properties or _OPEN & inner.schema.keys() or not _DESCRIBED.isdisjoint(inner.at):
            continue
        closed = inner.schema.get("additionalProperties") is False
        for index, name in enumerate(inner.required):
            if name in inner.properties or (not closed and "additionalProperties" in inner.schema):
                continue
            unlisted = [each for each in inner.properties if each not in inner.required]
            near = nearest(name, unlisted)
            hint = say("rules.did-you-mean", near=near) if near else say("rules.EXA501-required-hint", field=name)
            message = say("rules.EXA501-required", field=name)
            span = schema_span(context, (*inner.at, "required", index))
            yield Problem("EXA501", message, span, hint, level=None if closed else "warning")


def _paths(context: Context, schema: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the checks at a path that the schema rules out; a judge's path is one into its own answer."""
    for spec in context.prompt.every_evaluator():
        path, document = spec.options.get("path"), context.loaded.documents.get(spec.file)
        way = keys(path) if isinstance(path, str) and spec.type != "judge" and not spec.options.get("negate") else None
        if way and document is not None and (wrong := _ruled_out(schema, way)):
            key, known = wrong
            near = nearest(key, known)
            hint = say("rules.did-you-mean", near=near) if near else say("rules.EXA501-path-hint")
            message = say("rules.EXA501-path", evaluator=spec.name, path=str(path), key=key)
            yield Problem("EXA501", message, document.span((*spec.at, "path")), hint, path=spec.file)


def _ruled_out(schema: Json, way: list[str | int]) -> tuple[str, list[str]] | None:
    """Return the first name that no valid value has, and those it may have; None where the schema leaves it open."""
    for key in way:
        if not isinstance(schema, dict) or _OPEN & schema.keys():
            return None
        if isinstance(key, int):
            schema = schema.get("items")
            continue
        properties = schema.get("properties", {})
        if key not in properties:
            return (key, list(properties)) if schema.get("additionalProperties") is False else None
        schema = properties[key]
    return None


def _expectations(context: Context, schema: Mapping[str, Any]) -> Iterator[Problem]:
    compared = [(*keys, _validator(part)) for *keys, part in compared_parts(context, schema)]
    for case in context.prompt.cases if compared else ():
        if not isinstance(case.expected, dict):
            continue
        for expected_key, output_key, validator in compared:
            if expected_key not in case.expected:
                continue
            reason = _violation(validator, case.expected[expected_key])
            if reason:
                span = case_span(context.loaded.documents, case, "expected", expected_key)
                message = say("rules.EXA501-expected", case=case.id, key=output_key, reason=reason)
                yield Problem("EXA501", message, span, say("rules.EXA501-expected-hint"), path=case.file)


def compared_parts(context: Context, schema: Mapping[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return expected key, output key and the schema of that key, for every evaluator that compares the two."""
    properties = schema.get("properties", {})
    shared = {name: schema[name] for name in ("$schema", "$defs", "definitions") if name in schema}
    return [
        (expected_key, output_key, {**properties[output_key], **shared})
        for expected_key, output_key in _compared(context).items()
        if isinstance(properties.get(output_key), dict)
    ]


def _compared(context: Context) -> dict[str, str]:
    """Return expected key -> output key, for every evaluator that compares the two."""
    pairs = {}
    for spec in context.prompt.evaluators:
        if spec.type == "json-path" and not spec.options.get("negate") and not spec.options.get("ignore_case"):
            key = _KEY.fullmatch(str(spec.options.get("path")))
            expected = _EXPECTED.fullmatch(str(spec.options.get("equals")))
            if key and expected:
                pairs[expected[1]] = key[1]
    return pairs


def parsed_output(output: Json) -> Any:
    """Return the JSON value that an example's output is, or :data:`MISSING`."""
    if not isinstance(output, str):
        return output
    try:
        value = json.loads(output)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return MISSING
    return value


def _malformed(context: Context, at: KeyPath, schema: Mapping[str, Any], broken: str) -> Iterator[Problem]:
    """Yield each mistake of a schema that is none at its place, or else *broken* about the whole."""
    from promptstead.prompts.malformed_schema import malformed_schema  # nearly every schema is one

    found = malformed_schema(context.document, at, schema) if context.prompt.dialect == "promptstead" else []
    hint = say("rules.EXA501-schema-hint")
    for each in found:
        message = say("rules.EXA501-schema", reason=each.message)
        yield Problem("EXA501", message, each.span, each.hint or hint, each.fix)
    if not found:
        message = say("rules.EXA501-schema", reason=own_words(broken))
        yield Problem("EXA501", message, context.document.span(at), hint)


def _broken(schema: Mapping[str, Any]) -> str:
    """Return why *schema* is none, or none that can be followed to its end within itself; empty where it is one."""
    import jsonschema_rs

    if "$ref" in json.dumps(schema):
        from promptstead.evaluators.kinds.json_schema import prepare

        try:
            prepare({"schema": schema})
        except PromptsteadError as error:
            return error.message
    try:
        validator_class(schema)(dict(schema), retriever=_refuse)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError, PromptsteadError) as error:
        return str(error).splitlines()[0][:200]
    return ""


def _refuse(uri: str) -> Json:
    """Fetch nothing: neither files nor addresses."""
    raise ValueError(f"`{uri}` lies outside the schema")


def _validator(schema: Mapping[str, Any]) -> Any:
    """Return the compiled schema, or None for a part that makes sense only inside the whole."""
    import jsonschema_rs

    try:
        return validator_class(schema)(dict(schema), retriever=_refuse)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError, PromptsteadError):
        return None


def _violation(validator: Any, value: Json) -> str:
    if validator is None or validator.is_valid(value):
        return ""
    error = next(iter(validator.iter_errors(value)))
    where = ".".join(str(key) for key in error.instance_path)
    return f"`{where}`: {error.message[:200]}" if where else str(error.message[:200])


RULE = Rule(
    "EXA501",
    "invalid-example",
    "example or expected output that violates the schema",
    everywhere("error"),
    check,
    fix="review",
)
