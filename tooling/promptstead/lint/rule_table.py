"""The table of rules: code -> module below :mod:`promptstead.lint.rules`. Codes are stable and never reused."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module

from promptstead.lint.rule import Rule
from promptstead.model import NOTHING

TABLE = {
    "SCH001": "schema_violation",
    "SCH002": "unknown_key",
    "SCH003": "ambiguous_yaml",
    "SCH004": "prompt_id",
    "SCH005": "broken_block",
    "SCH006": "disputed_contract",
    "TPL101": "undeclared_variable",
    "TPL102": "unused_input",
    "TPL103": "bare_input",
    "TPL104": "placeholder_style",
    "TPL105": "unfinished_text",
    "TPL106": "template_error",
    "TPL107": "unknown_path",
    "INJ201": "undelimited_input",
    "INJ202": "untrusted_instructions",
    "INJ203": "weak_delimiter",
    "INJ204": "unstated_data",
    "INJ205": "hidden_characters",
    "INJ206": "prompt_as_guard",
    "SEC301": "secret",
    "SEC302": "real_personal_data",
    "SEC303": "internal_detail",
    "SEC304": "special_category",
    "OUT401": "prose_schema",
    "OUT402": "prose_contradicts_schema",
    "OUT403": "loose_schema",
    "OUT404": "no_way_out",
    "OUT405": "unasked_format",
    "EXA501": "invalid_example",
    "EXA502": "wrong_inputs",
    "EXA503": "biased_examples",
    "EXA504": "leaked_case",
    "EXA505": "unlisted_label",
    "EXA506": "broken_counterexample",
    "TST601": "few_cases",
    "TST602": "untested_part",
    "TST603": "no_attack_case",
    "TST604": "stale_output",
    "MOD701": "retired_model",
    "MOD702": "moving_model",
    "MOD703": "rejected_parameter",
    "MOD704": "uncapped_output",
    "MOD705": "blank_message",
    "TOK801": "too_many_tokens",
    "TOK802": "uncached_prefix",
    "TOK803": "document_after_question",
    "VER902": "broken_contract",
    "GOV951": "missing_ownership",
    "GOV952": "undeclared_risk",
    "GOV953": "unguarded_high_risk",
    "GOV954": "undisclosed_ai",
    "GOV955": "unfilled_gap",
    "LOC961": "translation_drift",
    "LOC962": "untranslated_text",
    "CLA971": "contradiction",
    "CLA972": "vague_or_repeated",
    "SUP991": "stale_suppression",
}

OPTIONAL = frozenset({"SEC303", "TPL105"})
"""Rules that run where their whole code is selected or has a level in the settings, and nowhere else.

On prompts that were never looked at while they were built, too few of their findings were right.
"""


@cache
def rule(code: str) -> Rule:
    """Return the rule with this *code*, importing its module.

    :raises KeyError: there is none.
    """
    found: Rule = import_module(f"promptstead.lint.rules.{TABLE[code]}").RULE
    return found


def page(code: str) -> str:
    """Return the documentation of the rule with this *code*: the docstring of its module."""
    rule(code)
    return import_module(f"promptstead.lint.rules.{TABLE[code]}").__doc__ or ""


def all_rules(brought: Mapping[str, Rule] = NOTHING) -> list[str]:
    """Return the codes of our rules, then of those that packages have *brought*."""
    return [*TABLE, *brought]


def selected(
    select: tuple[str, ...], ignore: tuple[str, ...], brought: Mapping[str, Rule] = NOTHING, named: Iterable[str] = ()
) -> list[str]:
    """Return the codes that the prefixes *select* name (all when empty) and *ignore* do not.

    :param named: codes that the settings give a level; an optional rule is only on where it is one, or in *select*.
    """
    wanted = {*select, *named}
    chosen = [code for code in all_rules(brought) if not select or code.startswith(select)]
    chosen = [code for code in chosen if code not in OPTIONAL or code in wanted]
    return [code for code in chosen if not ignore or not code.startswith(ignore)]
