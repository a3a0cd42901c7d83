"""``promptstead accept``: a person says that answers are right, those of a model and those written by hand."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import date

import click

from promptstead.commands.options import language_option, prompts_argument, refuse_ignored
from promptstead.console.output import echo, tell
from promptstead.errors import FINDINGS, OK, PromptsteadError, one_line
from promptstead.model import Json
from promptstead.operations.recording.decisions import Choice, Counts, Decisions
from promptstead.operations.recording.input_ties import tied, unfit
from promptstead.operations.recording.pending_answers import PendingAnswers
from promptstead.operations.recording.pending_file import is_pending_at_hand
from promptstead.operations.recording.pending_judgements import PendingJudgements, accepted, current, has_judges
from promptstead.operations.recording.person import name_of_person
from promptstead.operations.recording.recorded_answers import (
    all_pending,
    count_pending,
    in_ci,
    load_valid,
    refuse_unknown,
)
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.selected_prompts import selected_paths
from promptstead.operations.workspace.trusted_settings import answer_store
from promptstead.operations.workspace.workspace import Workspace
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests
from promptstead.report.some_names import some_names
from promptstead.words.sentence import say_in
from promptstead.words.template import Language

MAX_WHY = 1000
MAX_NAMES = 10
"""Most cases that are named of those whose answers were tied to their inputs."""


@click.command()
@prompts_argument
@click.option("--case", "case_ids", multiple=True, metavar="ID", help="Decide only about this case; may be repeated.")
@click.option("--all", "everything", is_flag=True, help="Accept every pending answer without asking.")
@click.option(
    "--even-failing",
    is_flag=True,
    help="With --all, also accept answers that fail a hard evaluator or a `must_pass` case.",
)
@click.option("--reject", is_flag=True, help="Reject instead: drop the answers, so that `record` asks again.")
@click.option("--why", default="", metavar="TEXT", help="Say why the answers are right; kept with them.")
@language_option
def command(
    prompts: tuple[str, ...],
    case_ids: tuple[str, ...],
    everything: bool,
    even_failing: bool,
    reject: bool,
    why: str,
    language: Language,
) -> int:
    """Accept model answers, and tie hand-written answers to their inputs.

    `promptstead record` leaves its answers pending beside the prompt. On a terminal, `accept` shows each one with what
    changed in its words, its evaluators' results and its tokens; accept, reject or skip it, or quit. Elsewhere, name
    cases with --case or take all with --all. --all leaves answers that fail a hard evaluator or a `must_pass` case: it
    lists them and exits 1. An accepted answer goes into `outputs.yml` with your name, the date and --why.

    Answers that you write into `outputs.yml` yourself (reference, imported) get the digest of their case's inputs. When
    the inputs change later, such an answer is stale until it is accepted again.

    Judgements of accepted answers are kept with them, in `judgements.jsonl`. They are measurements, so there is nothing
    to choose.
    """
    if reject and not (everything or case_ids):
        raise PromptsteadError("--reject needs answers to reject", hint="add --all, or --case ID")
    if reject:
        refuse_ignored("even_failing", "why", where="with --reject", hint="leave it out")
    if not everything:
        refuse_ignored(
            "even_failing", where="without --all", hint="answers named by --case are accepted, failing or not"
        )
    workspace = open_workspace(prompts)
    loaded = [load_valid(workspace, path) for path in selected_paths(workspace, prompts)]
    refuse_unknown(case_ids, {case.id for each in loaded if each.prompt for case in each.prompt.cases})
    for each in loaded:
        if each.private and (everything or case_ids):
            answer_store(workspace).open()  # without it nobody knows what is pending
    pending = {each.path: count_pending(workspace, each, case_ids) for each in loaded}
    for each in loaded:
        if has_judges(each) and is_pending_at_hand(workspace, each):
            PendingJudgements(workspace, each).close()  # what waits is read before anything is written
    by_hand, left_out = (0, 0) if reject else _tie(workspace, loaded, case_ids, language)
    choice = Choice(case_ids, everything, reject, why, even_failing, language)
    counts = _decide(workspace, {path: count for path, count in pending.items() if count}, choice)
    decided = everything or bool(case_ids) or (sys.stdin.isatty() and sys.stdout.isatty())
    judgements = _accept_judgements(workspace, loaded) if decided and not in_ci() else 0
    kept = f" · {say_in(language, 'listings.judgements-kept', n=judgements)}" if judgements else ""
    tell(_said(by_hand, counts, language) + kept)
    if counts.failing:
        tell(say_in(language, "listings.left-failing"))
    return FINDINGS if counts.failing or left_out else OK


def _tie(
    workspace: Workspace, prompts: Sequence[Loaded], case_ids: tuple[str, ...], language: Language
) -> tuple[int, int]:
    """Tie the hand-written answers of *prompts*; return how many were, and how many do not fit their case's script."""
    found: dict[str, tuple[Iterable[str], list[str]]] = {}
    left = 0
    for loaded in prompts:
        if loaded.outputs is not None and loaded.prompt is not None:
            cases = {case.id: case for case in loaded.prompt.cases if not case_ids or case.id in case_ids}
            for case, why in unfit(loaded.outputs, cases).items():
                left += 1
                del cases[case]
                tell(say_in(language, "listings.not-tied", prompt=loaded.id, case=case, why=why))
            found[loaded.outputs.path] = tied(loaded.outputs, cases)
    for path, (parts, changed) in found.items():
        if changed:
            workspace.tree.write_parts(path, parts)
            echo(f"{path}: {some_names(language, changed, MAX_NAMES)}")
    return sum(len(changed) for _, changed in found.values()), left


def _decide(workspace: Workspace, pending: Mapping[str, int], choice: Choice) -> Counts:
    """Decide about the pending answers, on a terminal by asking; return what became of them.

    :param pending: prompt file -> how many answers to it are pending.
    """
    if not pending:
        return Counts()
    asking = sys.stdin.isatty() and sys.stdout.isatty() and not choice.everything and not choice.reject
    if not asking and not choice.everything and not choice.case_ids:
        count = sum(pending.values())
        tell(say_in(choice.language, "listings.left-unasked", n=count))
        return Counts()
    if in_ci():
        raise PromptsteadError("answers cannot be accepted in CI", hint="run promptstead accept on a terminal")
    golden = {} if choice.reject else _golden(workspace, choice.why)
    counts = Counts()
    for path in pending:
        # read again: hand-written answers may just have been tied
        with closing(PendingAnswers(workspace, load_valid(workspace, path))) as answers:
            decisions = Decisions(workspace.config, answers, golden, choice)
            if asking:
                decisions.ask(lambda: _asked_person(choice.language))
            else:
                decisions.decide_all()
        counts = counts.plus(decisions.counts)
        if decisions.quit:
            break
    return counts


def _accept_judgements(workspace: Workspace, prompts: Sequence[Loaded]) -> int:
    """Keep what judges said of the accepted answers, and return how many judgements that are."""
    count = 0
    for path in [each.path for each in prompts if has_judges(each) and is_pending_at_hand(workspace, each)]:
        loaded = load_valid(workspace, path)  # read again: answers may just have been accepted
        others = list(current(loaded, all_pending(workspace, loaded, Requests(loaded))))
        with closing(PendingJudgements(workspace, loaded)) as judging:
            count += judging.accept(accepted(loaded), others)
    return count


def _golden(workspace: Workspace, why: str) -> dict[str, Json]:
    """Return who accepts, when and why; whoever commits here is who accepts.

    :raises PromptsteadError: nobody is named.
    """
    name = name_of_person(workspace, "accepts the answers")
    golden: dict[str, Json] = {"sample": 1, "by": name, "on": date.today().isoformat()}
    return golden | ({"why": one_line(why, MAX_WHY)} if why else {})


def _said(by_hand: int, counts: Counts, language: Language) -> str:
    accepted = say_in(language, "listings.accepted", n=by_hand + counts.accepted)
    rejected = f", {say_in(language, 'listings.rejected', n=counts.rejected)}" if counts.rejected else ""
    return accepted + rejected + (f", {say_in(language, 'listings.left-count', n=counts.left)}" if counts.left else "")


def _asked_person(language: Language) -> str:
    choices = click.Choice(["a", "r", "s", "q"])
    question, mark = say_in(language, "listings.question"), say_in(language, "listings.question-mark")
    said: str = click.prompt(question, type=choices, prompt_suffix=mark, err=True)
    return said
