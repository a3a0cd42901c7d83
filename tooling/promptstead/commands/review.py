"""``promptstead review``: the report of a pull request."""

import click

from promptstead.commands.common import echo, echo_json, format_option, open_workspace
from promptstead.errors import FINDINGS, OK


@click.command()
@click.argument("revisions", metavar="BASE..HEAD")
@format_option("md", "json")
@click.option("--output", "-o", type=click.Path(dir_okay=False), help="Write the report to this file.")
def command(revisions: str, output_format: str, output: str | None) -> int:
    """Report what the change from BASE to HEAD does to prompts: words, contract, answers, scores, verdict.

    Recorded outputs of both sides are replayed; no model is called and nothing else is written. `A...B` starts from the
    merge base, as a pull request does; one revision alone is compared with the working tree. Exit 1 when the change may
    not go in: a regression, a hard check or a `must_pass` case that fails, a new error of the rules. The settings of
    BASE decide, so that a change cannot switch off a rule that it breaks.
    """
    import json

    from promptstead.commands.revisions import changed_prompts, open_revisions
    from promptstead.report.json_review import review_json
    from promptstead.report.markdown import review_markdown
    from promptstead.report.review import ORDER, Review, review_prompt
    from promptstead.workspace import write_file

    workspace = open_workspace()
    with open_revisions(workspace, revisions) as opened:
        policy = opened.base.config  # a change does not choose the rules that it is judged by
        reported: set[str] = set()
        reviewed = [review_prompt(pair.base, pair.head, policy, reported) for pair in changed_prompts(opened)]
        found = [prompt for prompt in reviewed if prompt is not None]
        found.sort(key=lambda prompt: (not prompt.blocks, ORDER.index(prompt.verdict), prompt.id))
        base, _, head = opened.label.partition("..")
        strict = policy.inconclusive == "fail"
        review = Review(base, head, tuple(found), strict, opened.base_commit, opened.head_commit)
    document = review_json(review)
    if output:
        text = (
            json.dumps(document, indent=2, ensure_ascii=False) + "\n"
            if output_format == "json"
            else review_markdown(document)
        )
        write_file(output, text.encode("utf-8", "backslashreplace").decode())  # a file name may hold any byte
    elif output_format == "json":
        echo_json(document)
    else:
        echo(review_markdown(document).rstrip("\n"))
    return FINDINGS if review.blocks else OK
