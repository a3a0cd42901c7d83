"""``promptstead rule``: a rule's page, or the list of rules."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from promptstead.commands.options import format_option
from promptstead.console.output import echo, echo_json, plural, tell
from promptstead.did_you_mean import nearest
from promptstead.errors import FINDINGS, OK, PromptsteadError

if TYPE_CHECKING:
    from promptstead.lint.rule import Rule


@click.command()
@click.argument("code", required=False)
@click.option("--data", is_flag=True, help="List the dated tables of facts; exit 1 if one is older than 180 days.")
@format_option("text", "json")
def command(code: str | None, data: bool, output_format: str) -> int:
    """Explain the lint rule CODE: what it finds, why it matters, and how to fix it. Without CODE, list the rules."""
    from promptstead.lint.rule_table import OPTIONAL, TABLE, all_rules, page, rule

    if data:
        if code is not None:
            raise PromptsteadError("--data lists all tables", hint=f"leave out `{code}`")
        return _tables(output_format)

    if code is None:
        brought = _brought()
        rules = [brought.get(each) or rule(each) for each in all_rules(brought)]
        if output_format == "json":
            echo_json(
                [
                    {"code": each.code, "name": each.name, "summary": each.summary, "levels": dict(each.levels)}
                    for each in rules
                ]
            )
        else:
            for each in rules:
                level = "off" if each.code in OPTIONAL else each.levels.get("review", "off")
                echo(f"{each.code}  {level:<8} {each.name:<24} {each.summary}")
        return OK
    wanted = code.upper()
    brought = {} if wanted in TABLE else _brought()
    if wanted not in TABLE and wanted not in brought:
        near = nearest(wanted, all_rules(brought))
        hint = f"did you mean {near}?" if near else "run promptstead rule to list them"
        raise PromptsteadError(f"there is no rule `{code}`", hint=hint)
    found = brought.get(wanted) or rule(wanted)
    text = found.page or page(wanted)
    if output_format == "json":
        echo_json(
            {
                "code": found.code,
                "name": found.name,
                "summary": found.summary,
                "levels": dict(found.levels),
                "fix": found.fix,
                "page": text,
            }
        )
        return OK
    levels = ", ".join(f"{level} at {stage}" for stage, level in found.levels.items())
    levels += "; off unless the settings name it" if found.code in OPTIONAL else ""
    echo(f"{found.code} {found.name} ({levels})\n\n{text.strip()}")
    return OK


def _brought() -> Mapping[str, "Rule"]:
    """Return the rules of packages that the repository at hand has; our own are shown where it has no settings."""
    from promptstead.operations.reviewing.lint_run import brought_rules
    from promptstead.operations.workspace.current import open_workspace

    try:
        return brought_rules(open_workspace())
    except PromptsteadError as error:
        tell(str(error))
        return {}


def _tables(output_format: str) -> int:
    """Show each table's date, age and sources; old ones make the command fail, so that a schedule can watch them."""
    import time

    from promptstead.lint.facts import MAX_AGE, TABLES, days_between, load_facts

    today = time.strftime("%Y-%m-%d", time.gmtime())
    tables = [(name, load_facts(name)) for name in TABLES]
    ages = {name: days_between(table["date"], today) for name, table in tables}
    if output_format == "json":
        echo_json(
            [
                {"name": name, "age_days": ages[name], "old": ages[name] > MAX_AGE, **_about(table)}
                for name, table in tables
            ]
        )
    else:
        for name, table in tables:
            echo(f"{name}  {table['title']}\n  checked {table['date']}, {plural(ages[name], 'day')} ago")
            for source in table["sources"]:
                note = f"\n    {source['note']}" if source.get("note") else ""
                echo(f"  {source['of']}\n    {source['url']} (seen {source['seen']}){note}")
    old = [name for name, age in ages.items() if age > MAX_AGE]
    for name in old:
        tell(f"table `{name}` is older than {MAX_AGE} days: update promptstead, or check its sources")
    return FINDINGS if old else OK


def _about(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: table[key] for key in ("title", "date", "sources")}
