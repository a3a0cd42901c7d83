r"""Two implementations of JSON Schema differ about the contract: about a schema, an example, a case or an expectation.

**Why it matters.** What leaves the repository is read by libraries that nobody here chose. Where even two good ones
differ, an application may refuse what was tested here, or accept what was refused.

**Example.** An output schema has `pattern: "^\p{Lu}"`: jsonschema_rs reads it, and jsonschema, the reference
implementation, cannot, as Python's regular expressions know no `\\p`.

**How to fix.** Write the schema so that both agree: `^[A-Z]` for `^\p{Lu}`, whole cents with `multipleOf: 1` for
`multipleOf: 0.01`. No fix is offered.

Looked at for a release only (`promptstead check --stage release`): the schemas of inputs, output and tools, and what
the prompt holds to them: the inputs of cases and examples, examples' outputs, expected values that an evaluator
compares. `$schema` names the draft; without one it is 2020-12. Formats are not compared. What would take the reference
implementation more than some ten seconds a prompt is left out, which a note says. A tool's schema that both refuse is
an error, too.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from promptstead.lint.rule import Context, Levels, Rule
from promptstead.lint.rules.invalid_example import MISSING, compared_parts, parsed_output
from promptstead.model import Json, KeyPath, Problem, Span
from promptstead.prompts.loaded import case_span
from promptstead.words.sentence import Sentence, own_words, say

if TYPE_CHECKING:
    from promptstead.prompts.schema_witness import Budget, Witness

_PLAIN = {"type": "string"}


def check(context: Context) -> Iterator[Problem]:
    """Have both implementations read each schema, and then each value, until the budget is spent."""
    from promptstead.prompts.schema_witness import Budget, Spent

    try:
        yield from _contract(context, Budget())
    except Spent:
        yield Problem("SCH006", say("files.witness-spent"), Span(0, 0), say("files.witness-spent-hint"), level="note")


def _contract(context: Context, budget: "Budget") -> Iterator[Problem]:
    from promptstead.prompts.schema_witness import Witness

    prompt = context.prompt
    inputs = {name: Witness(each.schema, budget) for name, each in prompt.inputs.items() if each.schema != _PLAIN}
    for name, witness in inputs.items():
        yield from _schema(context, witness, ("inputs", name, "schema"), say("files.witness-input-schema", name=name))
        declared = prompt.inputs[name]
        if declared.has_default:
            at = context.document.span(("inputs", name, "default"))
            yield from _value(witness, declared.default, at, say("files.witness-default", name=name))
        if declared.has_example:
            at = context.document.span(("inputs", name, "example"))
            yield from _value(witness, declared.example, at, say("files.witness-input-example", name=name))
    for index, tool in enumerate(prompt.tools):
        if "parameters" in tool:
            witness, what = Witness(tool["parameters"], budget), say("files.witness-tool-schema", name=tool["name"])
            yield from _schema(context, witness, ("tools", index, "parameters"), what, report=True)
    output = None
    if prompt.output_schema is not None:
        output = Witness(dict(prompt.output_schema), budget)
        place = ("output", "schema") if prompt.dialect == "promptstead" else ("jsonSchema",)
        yield from _schema(context, output, place, say("files.witness-output-schema"))
    yield from _examples(context, inputs, output)
    yield from _cases(context, inputs, budget)


def _examples(context: Context, inputs: "dict[str, Witness]", output: "Witness | None") -> Iterator[Problem]:
    for number, example in enumerate(context.prompt.examples, 1):
        value = parsed_output(example.output)
        if output is not None and value is not MISSING:
            span = context.document.span((*example.at, "output"))
            yield from _value(output, value, span, say("files.witness-example-output", number=number))
        for name in inputs.keys() & example.inputs.keys():
            span = context.document.span((*example.at, "inputs", name))
            yield from _value(
                inputs[name], example.inputs[name], span, say("files.witness-example-input", name=name, number=number)
            )


def _cases(context: Context, inputs: "dict[str, Witness]", budget: "Budget") -> Iterator[Problem]:
    from promptstead.prompts.schema_witness import Witness

    schema = context.prompt.output_schema
    parts = compared_parts(context, schema) if schema is not None else []
    expected = [(key, Witness(part, budget)) for key, _, part in parts]
    documents = context.loaded.documents
    for case in context.prompt.cases:
        for name in sorted(inputs.keys() & case.inputs.keys()):
            span = case_span(documents, case, "inputs", name)
            what = say("files.witness-case-input", name=name, case=case.id)
            yield from _value(inputs[name], case.inputs[name], span, what, case.file)
        for key, witness in expected if isinstance(case.expected, dict) else ():
            if key in case.expected:
                span = case_span(documents, case, "expected", key)
                what = say("files.witness-case-expected", name=key, case=case.id)
                yield from _value(witness, case.expected[key], span, what, case.file)


def _schema(
    context: Context, witness: "Witness", at: KeyPath, what: Sentence, *, report: bool = False
) -> Iterator[Problem]:
    """Yield what is wrong with a schema; what both refuse is other rules' to say, but where *report* is true."""
    span = context.document.span(at)
    if witness.disagreement:
        yield _problem(say("files.witness-read", what=what, found=witness.disagreement.sentence), span)
    elif witness.problem and report:
        message = say("files.witness-malformed", what=what, problem=own_words(witness.problem))
        yield Problem("SCH006", message, span, say("files.witness-malformed-hint"))


def _value(witness: "Witness", value: Json, span: Span, what: Sentence, path: str = "") -> Iterator[Problem]:
    if found := witness.differs(value):
        yield _problem(say("files.witness-judged", what=what, found=found.sentence), span, path)


def _problem(message: Sentence, span: Span, path: str = "") -> Problem:
    return Problem("SCH006", message, span, say("files.witness-hint"), path=path)


LEVELS: Levels = {"release": "error"}
RULE = Rule(
    "SCH006", "disputed-contract", "contract that two implementations of JSON Schema read differently", LEVELS, check
)
