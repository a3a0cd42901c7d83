"""Hostile strings wherever text of theirs may stand, in every form, read as the parsers and logs that obey read it."""

import csv
import io
import json
import os
import random
import re
from collections.abc import Callable, Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch
from xml.etree import ElementTree

import yaml

from promptstead import cli
from promptstead.config.settings import Config
from promptstead.console.output import echo, tell
from promptstead.digests import inputs_digest
from promptstead.documents.document import text_document
from promptstead.escapes import json_text
from promptstead.forge.own_comment import MARKER, body_of
from promptstead.model import Case, Span
from promptstead.report import run_csv, run_csv_rates, run_json, run_junit, run_markdown, run_text
from promptstead.report.comparison_markdown import comparison_markdown
from promptstead.report.csv_table import FORMULA
from promptstead.report.findings_github import annotations, review_annotations
from promptstead.report.findings_gitlab import code_quality
from promptstead.report.findings_rdjson import rdjson
from promptstead.report.findings_sarif import sarif
from promptstead.report.html.page import encode
from promptstead.report.markup import block, cell, code, html
from promptstead.report.review_markdown import comment_text
from promptstead.report.review_reader import read_review
from promptstead.report.review_text import review_lines
from promptstead.verdicts.comparison import ComparisonReport, RunContent, compare_runs
from promptstead.verdicts.run_report import RunReport
from promptstead.words.sentence import say
from promptstead.words.sentence_json import sentence_json
from promptstead.words.template import LANGUAGES, Language
from tests.attacks.outcome import Outcome
from tests.command_line import SENTENCE
from tests.conftest import ScratchRepository, make_repository
from tests.made_runs import RUN, row
from tests.report.findings import finding
from tests.report.parsers import not_ours
from tests.report.test_review_markdown import change, comparison, message, pair, prompt, review
from tests.report.test_review_markdown import finding as reported
from tests.samples import DATA, PARTIAL, PROMPT

CASES_FORMAT = "promptstead/cases/v1"
RUN_PAGE = "https://ci.example/runs/1"
EVERY = 20
"""One string in so many goes through a repository and the commands."""
FRAGMENTS = (
    "\n", "\n\n", "\r\n", "\r", "\t", " ", "    ", "> ", ">>> ", "- ", "* ", "1. ", "# zq", "\n===\n", "\n---\n",
    "***", "| zq | zq |\n|---|---|\n", "|", "\\", "\\|", "\\`", "**zq**", "_zq_", "~~zq~~", "@zq", "@zq/team ", "#77",
    "!77", "%zq", "~zq", ":zq:", ":tada:", "deadbeef0badc0de", "[zq](https://zq.example)",
    "![zq](https://zq.example/x)", "[zq]: https://zq.example", "[zq]", "[^zq]", "[^zq]: zq", "[[zq]]", "[_TOC_]",
    "- [x] zq", "https://zq.example", "www.zq.example", "zq@zq.example", "<https://zq.example>",
    "<img src=x onerror=zq()>", "</code>", "</pre>", "</summary>", "</details>", "<details>", "<!-- zq", "-->",
    "<!-- promptstead review -->", "<script>zq()</script>", "<a href='https://zq.example'>zq</a>", "<zq>",
    "<![CDATA[", "]]>", "<?zq", "&lt;b&gt;", "&#64;zq", "&commat;zq", "&#96;", "$zq$", "$`zq`$", "$$\nzq\n$$",
    "\n```math\nzq\n```\n", "\n```mermaid\nzq\n```\n", "\n```suggestion\nzq\n```\n", "\n```\n/close zq\n",
    "/close zq", "\n/approve\n", "{{ zq }}", "{% zq %}", "::error::zq", "\n::stop-commands::zq\n",
    "\n \t::add-mask::zq\n", "\u00a0::debug::zq", "##[error]zq", "##[add-mask]zq",
    "##vso[task.setvariable variable=zq]zq", "##teamcity[zq]", "section_start:0:zq\r\x1b[0K", "\x1b[2J",
    "\x1b]8;;https://zq.example\x07zq\x1b]8;;\x07", "\x9b2J", "\x07", "\x08", "\x0b", "\x0c", "\x85", "\0", "\u2028",
    "\u2029", "\u202e", "\u2066", "\u200b", "\ufeff", "\U000e0041", "\ud800", "\udcff", "=zq()", "+zq", "-zq",
    "@zq()", "\t=zq()", "＝zq()", "::", "##", "`", "``", "```", "~~~", "zq", "é",
)  # fmt: skip
COMMAND = re.compile(r"^\s*::|##(?:vso|teamcity)?\[", re.MULTILINE)
OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\u200b\ufeff]|section_(?:start|end):\\d+:\\w+\r"
)


def hostile(rng: random.Random) -> str:
    """Return a text of a few fragments, runs of backticks and tildes of any length among them."""
    pieces = []
    for _ in range(rng.randint(1, 9)):
        kind = rng.random()
        if kind < 0.2:
            pieces.append(rng.choice("``~") * rng.choice((1, 2, 3, 20, 21, 79, 80, 81, 255, 256, rng.randint(1, 300))))
        elif kind < 0.22:
            pieces.append(rng.choice(FRAGMENTS) * 2_000)
        else:
            pieces.append(rng.choice(FRAGMENTS))
    return "".join(pieces)


def attack(count: int, seed: int, folder: Path) -> Outcome:
    """Try *count* strings, every 20th in a repository of its own, with all commands that show text."""
    outcome = Outcome()
    forms = commands = 0
    for number in range(count):
        rng = random.Random(f"{seed} {number}")
        text = hostile(rng)
        for form, found in _problems(text, rng):
            forms += 1
            outcome.failures += (
                f"seed {seed}, string {number}, {form}: {each} of {text[:200]!r}" for each in dict.fromkeys(found)
            )
        if number % EVERY == 0:
            for form, found in _commands(text, rng, make_repository(folder / str(number))):
                commands += 1
                outcome.failures += (
                    f"seed {seed}, string {number}, {form}: {each} of {text[:200]!r}" for each in found
                )
        outcome.tried += 1
    outcome.failures = [each.encode(errors="backslashreplace").decode() for each in outcome.failures]
    outcome.facts = {"texts in a form": forms, "commands": commands}
    return outcome


Found = Iterator[tuple[str, list[str]]]


def _problems(text: str, rng: random.Random) -> Found:
    """Yield each form and what does not hold in it."""

    def another() -> str:
        return text if rng.random() < 0.7 else hostile(rng)

    yield "code", _active(f"before {code(text)} after\n\n- {code(another())}: {code(another())}\n")
    yield "block", _active(f"<details><summary>{html(text)}</summary>\n\nInput\n{block(text)}\n\n</details>\n")
    rows = f"| a | b |\n| --- | --- |\n| {cell(text)} | {cell(another())} |\n"
    yield "cell", _active(rows)
    document: Any = read_review(json.dumps(_filled(_review(), another)).encode(), "r.json")
    for language in LANGUAGES:
        body = body_of(partial(_comment, document, language), 65_000)
        yield "comment", [*_active(body), *_first(body)]
        yield "review text", _in_log(partial(_echo_review, document, language))
    yield "annotations", _annotated(review_annotations(document))

    one = finding("a", Span(0, 1), message=another(), hint=another(), path=f"p{_on_disk(another())}.yml")
    documents = {one.path: text_document(one.path, "a")}
    yield "github", _annotated(annotations([one]))
    yield "gitlab", _json(code_quality([one]))
    yield "sarif", _json(sarif([one], documents))
    findings: Any = rdjson([one], documents)
    yield "rdjson", _json(findings)
    # reviewdog makes a comment of it; mere words of theirs may stand there
    yield "rdjson comment", _active(findings["diagnostics"][0]["message"].replace("zq", "words"))

    report = _run_report(another)
    yield "run text", _in_log(lambda: echo(run_text.render(report)))
    yield "run json", _raw(run_json.render(report))
    yield "run junit", _xml(run_junit.render(report))
    yield "run csv", _csv(run_csv.render(report))
    yield "rates csv", _csv(run_csv_rates.render(report))
    yield "run markdown", _active(run_markdown.render(report))
    yield "comparison", _active(comparison_markdown(_compared(another)))
    yield "page", _raw(encode({"text": another()}))
    yield "told", _in_log(lambda: tell(another()))


def _comment(document: Any, language: Language, most: int) -> str:
    return comment_text(document, most, RUN_PAGE, language)


def _echo_review(document: Any, language: Language) -> None:
    echo("\n".join(review_lines(document, language=language)))


def _review() -> Any:
    pieces = [["added", "x"], ["removed", "x"], ["same", "x"], ["moved to", "x"]]
    said = sentence_json(say("verdicts.of-prompt", prompt="x", text="x"))
    failing = {"case": "x", "check": "x", "reason": said}
    left = [{"case": "x", "why": said}]
    words = change(
        messages=[message(*pieces) | {"position": 0, "old_position": 0}],
        contract={"consequence": "breaking", "reasons": [{"reason": said, "consequence": "breaking"}] * 2},
    )
    compared = comparison(fixed=[pair("x")], violations=[failing], left_out=left)
    return review(
        prompt(1, change=words, comparisons=[compared], lint={"new": [reported(hint="x")], "failing": 1, "fixed": 0}),
        prompt(2, error=said),
    )


def _filled(value: Any, text: Callable[[], str], key: str = "") -> Any:
    """Return a report with a text of theirs in place of every text, but for what chooses how it is shown."""
    if isinstance(value, dict) and value.keys() == SENTENCE:  # what they put into a sentence of ours
        return value | {"arguments": _filled(value["arguments"], text), "text": text()}
    if isinstance(value, dict):
        keep = {"outcomes": "regression", "counts": "REGRESSION"}.get(key)
        return {
            keep or (text() if key == "inputs" else name): _filled(item, text, name) for name, item in value.items()
        }
    if isinstance(value, list):
        return [_filled(item, text, key) for item in value]
    return text() if isinstance(value, str) and key not in ("format", "kind", "consequence") else value


def _run_rows(text: Callable[[], str], name: str) -> Iterator[Any]:
    for case, passes in ((f"1{text()}", True), (f"2{text()}", False)):
        found = Case(case, {"review": text()}, "good", True)
        yield row(found, passes, model=text(), prompt=name, answer=text(), reason=text())


def _run_report(text: Callable[[], str]) -> RunReport:
    name = text()
    report = RunReport(RUN._replace(prompts=(RUN.prompts[0]._replace(id=name, path=name),)), keep=True)
    for each in _run_rows(text, name):
        report.add(each)
    return report


def _compared(text: Callable[[], str]) -> ComparisonReport:
    """Return the comparison of two runs in which a case broke."""
    run, cases = _run_report(text).run, [Case(f"{number}{text()}", {"review": text()}) for number in (1, 2)]
    name, model = run.prompts[0].id, text()
    base, head = (
        RunContent(text(), run, tuple(row(case, passes, model=model, prompt=name) for case in cases), None)
        for passes in (True, False)
    )
    return compare_runs(base, head, Config())


def _active(markdown: str) -> list[str]:
    right = frozenset({MARKER, f"<a href={RUN_PAGE}>"})
    return list(not_ours(markdown.encode(errors="backslashreplace").decode(), right))


def _first(body: str) -> list[str]:
    """Return the lines of a comment that a bot would take for a command to it."""
    return [line[:80] for line in body.split("\n") if line.startswith("/")]


def _obeyed(text: str) -> list[str]:
    return [repr(found[0]) for found in (COMMAND.search(text), OBEYED.search(text)) if found]


def _annotated(lines: Iterator[str]) -> list[str]:
    """Return the lines that the log takes for anything but one annotation each."""
    return [line for line in lines if not re.match(r"::(error|warning|notice) file=[^\r\n]*$", line)]


def _in_log(write: Callable[[], object]) -> list[str]:
    """Return what the log of a job obeys of what is written."""
    out = io.StringIO()
    with patch.dict(os.environ, {"GITHUB_ACTIONS": "true"}), redirect_stdout(out), redirect_stderr(out):
        write()
    return _obeyed(out.getvalue())


def _raw(text: str) -> list[str]:
    json.loads(text)
    return _obeyed(text)


def _json(document: Any) -> list[str]:
    text = json_text(document)
    return _obeyed(text) + ([] if json.loads(text) == document else ["other data"])


def _xml(text: str) -> list[str]:
    ElementTree.fromstring(text)
    return _obeyed(text)


def _csv(text: str) -> list[str]:
    cells = [cell for line in csv.reader(io.StringIO(text, newline="")) for cell in line]
    return [cell[:80] for cell in cells if cell.startswith(FORMULA) and not re.fullmatch(r"-?[\d.e+-]+", cell)]


SHOWING = (
    ("review", "HEAD"), ("review", "HEAD", "--format", "text"), ("review", "HEAD", "--format", "json"),
    ("lint",), ("lint", "--format", "json"), ("lint", "--format", "sarif"), ("lint", "--format", "rdjson"),
    ("check",), ("eval",), ("eval", "--format", "json"), ("eval", "--format", "junit"), ("eval", "--format", "csv"),
    ("diff", "HEAD"), ("outputs", "list"), ("outputs", "list", "--format", "json"), ("compare", "HEAD"),
)  # fmt: skip


def _commands(text: str, rng: random.Random, repository: ScratchRepository) -> Found:
    """Yield each command that shows a repository full of *text*, and what the log of its job would obey."""
    name, said = _file_name(text) or "x", re.sub("[\ud800-\udfff]", "", text)[:2_000]
    case = Case("c1", {"review": said})
    listed = {"id": case.id, "inputs": dict(case.inputs), "expected": "good"}
    repository.write(PARTIAL, DATA)
    repository.write(f"prompts/{name}/cases.yml", json.dumps({"schema": CASES_FORMAT, "cases": [listed]}))
    for words, answer in (("before", "good"), (said, said)):
        repository.write(f"prompts/{name}.prompt.yml", json.dumps(_prompt(words)))
        entry = {"case": case.id, "model": "m@1", "source": "imported", "inputs": inputs_digest(case)}
        repository.write(f"prompts/{name}/outputs.jsonl", json.dumps(entry | {"samples": [{"output": answer}]}))
        if words == "before":
            repository.commit()
    path = f"prompts/{name}.prompt.yml"
    more = (("render", path), ("outputs", "show", path, case.id), ("textconv", path), ("render", f"nothing {text}"))
    with chdir(repository.root), patch.dict(os.environ, {"GITHUB_ACTIONS": "true"}):
        for arguments in (*SHOWING, *more):
            yield " ".join(arguments[:3])[:60], _printed([_on_disk(each) for each in arguments])


def _prompt(words: str) -> Any:
    """Return the data of the sample prompt with *words* wherever it has words."""
    found = yaml.safe_load(PROMPT)
    found["title"] = " ".join(words.split())[:60] or "x"
    found["description"] = words
    found["inputs"]["review"]["description"] = words
    found["messages"][0]["content"] += "{% raw %}" + words.replace("{%", "{ %") + "{% endraw %}"
    return found


def _printed(arguments: list[str]) -> list[str]:
    written = io.BytesIO()
    with io.TextIOWrapper(written, newline="", write_through=True) as stream:
        with redirect_stdout(stream), redirect_stderr(stream):
            exit_code = cli.run(arguments)
        text = written.getvalue().decode()
    problems = [f"exit code {exit_code}"] if exit_code not in (0, 1, 2) else []
    return problems + _obeyed(text)


def _on_disk(text: str) -> str:
    """Return *text* as a path or an argument can hold it: with bytes that are no UTF-8, but without NUL."""
    return re.sub("[\0\ud800-\udc7f\udd00-\udfff]", "", text)


def _file_name(text: str) -> str:
    """Return a name that a file may have: a single part of a path, of no more than 100 bytes."""
    return os.fsdecode(os.fsencode(_on_disk(text).replace("/", "⁄"))[:100])
