"""What the fuzzer of files puts in: two more prompts, words of YAML and of templates, patterns, queries, formulas."""

DATASET = """\
schema: promptstead/v1
title: Letters
model: {name: gpt-5.4-mini-2026-03-17}
inputs:
  letter: {schema: {type: string, maxLength: 5000}, trust: untrusted, description: a letter, example: Hello}
messages:
  - {role: system, content: Sort the letter into card or loan.}
  - role: user
    content: |-
      {{ letter | fence("letter") }}
datasets:
  - path: rows.csv
    columns: {id: letter_id, inputs.letter: text, expected.category: category, tags: tags, must_pass: critical}
    schema: {type: object, required: [letter_id], properties: {category: {enum: [card, loan]}}}
  - {path: rows.jsonl}
  - {path: rows.yml}
evaluators:
  category: {type: label, labels: [card, loan]}
  short: {type: length, max: 50}
"""
GITHUB_MODELS = """\
name: Sorter
description: Sorts letters
model: openai/gpt-4o-mini
modelParameters: {temperature: 0.2}
responseFormat: json_schema
jsonSchema: '{"name": "a", "strict": true, "schema": {"type": "object", "properties": {"k": {"enum": ["a", "b"]}}}}'
messages:
  - {role: system, content: Sort the letter.}
  - {role: user, content: "{{letter}}"}
testData:
  - {letter: My card is gone., expected: card}
  - {letter: I need a loan., expected: loan}
evaluators:
  - {name: card, string: {contains: "{{expected}}"}}
"""
KEYWORDS = (
    *(
        "type",
        "enum",
        "const",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "prefixItems",
        "anyOf",
        "oneOf",
        "allOf",
    ),
    *(
        "not",
        "if",
        "then",
        "else",
        "pattern",
        "patternProperties",
        "minLength",
        "maxLength",
        "minItems",
        "uniqueItems",
        "minimum",
    ),
    *(
        "multipleOf",
        "format",
        "$ref",
        "$defs",
        "default",
        "contains",
        "propertyNames",
        "dependentSchemas",
        "$id",
        "$schema",
    ),
)
"""Keywords of JSON Schema, which the schemas of this project do not list."""
WORDS = (
    *(
        "&a ",
        "*a",
        "<<: *a",
        "!!python/object:os.system ",
        "!!binary ",
        "!x ",
        "- ",
        "? ",
        ": ",
        "|",
        ">-",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
    ),
    *(
        "{",
        "}",
        "[",
        "]",
        ",",
        '"',
        "'",
        "#",
        "\t",
        "\r",
        "\u2028",
        "\ufeff",
        "\x00",
        "\x85",
        "é",
        "\U0001f600",
        "\u202e",
        "~",
        "null",
        "yes",
    ),
    *(
        "{{ ",
        " }}",
        "{% for x in ",
        " %}",
        "{% endfor %}",
        "{% if ",
        "{% include 'a' %}",
        "{# ",
        " | tojson",
        " | fence('x')",
        "{{ x.y.z }}",
    ),
    *(".inf", ".nan", "-0", "0o17", "0x1F", "1_000", "2026-01-01", "1e400", "9" * 30, "1:30", "=", "@", "`"),
)
TEMPLATES = (
    *("{{ x }}", "{% for a in x %}{{ x }}{% endfor %}", "{{ x | upper | tojson(9) }}", "{% include 'partials/x.md' %}"),
    *("{{ 1 < 'a' }}", "{{ x", "{% if x %}", "{{ [[[]]] }}", "{{ x | indent(99999) }}", "{% raw %}{{"),
    *("{{ '\\uD800' }}", "{{ a.b['c'][-1] }}", "{{ x | replace('', 'a') }}"),
)
PATTERNS = (
    "(",
    "(a+)+$",
    "^(a|a)*$",
    "[z-a]",
    "\\p{L}",
    "(?<x>a)",
    "\\1",
    "x{99999}",
    "(?i)a",
    "a{2,1}",
    ".*.*.*x",
    "\\",
    "(?=a)*",
    "^$",
    "",
)
QUERIES = (
    "$",
    "$.a",
    "$..*",
    "$[?@.a==1]",
    "$[?(",
    "a",
    "$.a[*].b[-1]",
    "$['a','b'][0:9:0]",
    "$" + "[*]" * 40,
    "$[9999999999999999999]",
    "",
)
FORMULAS = (
    "a + b",
    "1/0",
    "((((1))))",
    "2 ** 99999999",
    "len(x)",
    "a and b",
    "min()",
    "-" * 300 + "1",
    "__import__('os')",
    "1 if 2 else 3",
    "",
)
