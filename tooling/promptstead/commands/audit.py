"""``promptstead audit``: how far the judges of prompts can be trusted, against people and against themselves."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from typing import Any

import click

from promptstead.commands.options import (
    format_option,
    language_option,
    prompts_argument,
    refuse_ignored,
    refuse_language_of_data,
)
from promptstead.console.output import echo, echo_data, echo_json, first_lines, plural, tell
from promptstead.documents.version_line import version_line
from promptstead.errors import OK, UNUSABLE, one_line
from promptstead.escapes import escaped
from promptstead.evaluators.shared.judge_requests import judges_of
from promptstead.evaluators.shared.turns import as_text, judged_answers
from promptstead.model import Case, EvaluatorSpec, Json, Prompt, Sample
from promptstead.operations.recording.pending_judgements import accepted
from promptstead.operations.recording.recorded_answers import load_valid
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.selected_prompts import selected_paths
from promptstead.operations.workspace.workspace import Workspace
from promptstead.prompts.loaded import Loaded
from promptstead.report.audit_text import audit_lines
from promptstead.runs.calibration import (
    FILE,
    VERSION,
    Audit,
    HumanLabel,
    answer_digest,
    audit,
    judge_specs,
    parse_labels,
)
from promptstead.words.sentence import say_in
from promptstead.words.template import Language

MAX_LINES = 20


@click.command()
@prompts_argument
@click.option(
    "--sheet",
    is_flag=True,
    help="Print a line for labels.jsonl for each answer without a label; fill in `label` and `by`.",
)
@format_option("text", "json")
@language_option
def command(prompts: tuple[str, ...], sheet: bool, output_format: str, language: Language) -> int:
    """Show how far the judges of PROMPTS agree with people and with themselves.

    People's labels are in `labels.jsonl` beside the prompt, one a line: `evaluator`, `answer` (the digest of the text
    that was judged), `label` and `by`. `--sheet` prints such lines, with the answer to read. A label is a value of the
    judge (a score or a word), or true or false for whether the evaluator should pass.

    The report gives the agreement with Wilson's interval, Cohen's kappa, which leaves out agreement by chance, and for
    scores the kappa with quadratic weights. Both kappas have 95 % intervals from 20 answers on. Where an answer was
    judged twice or more (`record --judge-samples 2`), it also shows how often the judge contradicts itself. No model is
    called.

    Labels of answers that no longer exist are counted and left out. Lines that are not valid labels are listed, and the
    exit code is 2.
    """
    if sheet:
        refuse_ignored("output_format", "language", where="with --sheet", hint="it prints JSON lines")
    refuse_language_of_data(output_format)
    workspace = open_workspace(prompts)
    found: list[tuple[Loaded, Audit]] = []
    wrong: list[str] = []
    for path in selected_paths(workspace, prompts):
        loaded = load_valid(workspace, path)
        assert loaded.prompt is not None
        specs = _judges(loaded.prompt)
        if not specs:
            continue
        labels, broken = _labels(workspace, loaded, {spec.name for spec in specs})
        wrong += broken
        judges, answers = judges_of(loaded), accepted(loaded)
        if sheet:
            for line in _sheet(specs, labels, answers):
                echo_data(line)
            continue
        found += ((loaded, audit(spec, judges, answers, labels)) for spec in specs)
    if sheet:
        return _listed(wrong)
    if output_format == "json":
        echo_json({"format": "promptstead/audit/v1", "judges": [_as_json(loaded, each) for loaded, each in found]})
        return _listed(wrong)
    for loaded, each in found:
        for line in audit_lines(loaded.id, each, language):
            echo(line)
    if not found:
        tell(say_in(language, "runs.no-judge"))
    return _listed(wrong)


def _listed(wrong: Sequence[str]) -> int:
    """List what is wrong with labels, and return the exit code."""
    if not wrong:
        return OK
    tell(f"not complete: {plural(len(wrong), 'problem')} in {FILE}")
    for line in first_lines(wrong, MAX_LINES):
        tell(one_line(line))
    return UNUSABLE


def _judges(prompt: Prompt) -> list[EvaluatorSpec]:
    """Return the judges of a prompt, and those of single cases that have a name of their own."""
    every = judge_specs(prompt.every_evaluator())
    return list({spec.name: spec for spec in reversed(every)}.values())[::-1]


def _labels(workspace: Workspace, loaded: Loaded, judges: Set[str]) -> tuple[list[HumanLabel], list[str]]:
    """Return people's labels, and what is wrong with the lines of their file: no label, or one of no judge here."""
    path = workspace.library.companion_path(loaded.path, FILE)
    text = (workspace.tree.read(path) or b"").decode("utf-8", "replace")
    labels, problems = parse_labels(text)
    wrong = []
    line = at = 0
    for problem in problems:
        line += text.count("\n", at, problem.span.start)
        at = problem.span.start
        wrong.append(f"{path}:{line + 1}: {problem.message} ({problem.hint})")
    strange = Counter(label.evaluator for label in labels if label.evaluator not in judges)
    for name, count in strange.items():
        wrong.append(f"{path}: {plural(count, 'label')} of `{name}`, which is no judge of this prompt")
    return labels, wrong


def _sheet(specs: list[EvaluatorSpec], labels: list[HumanLabel], answers: list[tuple[Case, Sample]]) -> Iterator[str]:
    """Yield the lines that people fill in; what they are is said first, wherever they are put."""
    done = {(label.evaluator, label.answer) for label in labels}
    said = False
    for spec in specs:
        for answer in (each for case, sample in answers for _, each in judged_answers([spec], case, sample)):
            key = spec.name, answer_digest(answer.text)
            if key not in done:
                done.add(key)
                if not said:
                    yield version_line(VERSION).rstrip()
                    said = True
                before = {"transcript": as_text(answer.transcript)} if answer.transcript else {}
                entry = {
                    "case": answer.case.id,
                    "evaluator": spec.name,
                    "answer": key[1],
                    **before,
                    "output": answer.text,
                    "label": None,
                    "by": "",
                }
                yield escaped(json.dumps(entry, ensure_ascii=False))


def _as_json(loaded: Loaded, found: Audit) -> Json:
    entry: dict[str, Any] = {"prompt": loaded.id} | found._asdict()
    entry["itself"] = found.itself._asdict()
    entry["agreement"] = found.agreement._asdict()
    entry["weighted"] = found.weighted._asdict() if found.weighted else None
    entry["confusion"] = [
        {"human": human, "judge": judge, "answers": count} for (human, judge), count in found.confusion.items()
    ]
    return entry
