"""``promptstead run``: ask a model once, and see what it says."""

import sys

import click

from promptstead.commands.options import format_option
from promptstead.commands.render import input_options
from promptstead.console.output import echo_data, echo_json, read_by_people, tell
from promptstead.errors import FINDINGS, INTERRUPTED, OK, PromptsteadError
from promptstead.model import Json
from promptstead.operations.calls.limits import CallLimits, of_which
from promptstead.operations.calls.session import CallSession
from promptstead.operations.recording.answers_to_ask import refuse_unresolved, request_for, unusable
from promptstead.operations.workspace.case_inputs import chosen_cases
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.selected_prompts import one_prompt
from promptstead.outputs.calls import call_lines
from promptstead.prompts.requests import Requests
from promptstead.providers.provider import Reply


@click.command()
@click.argument("prompt")
@input_options("Ask about this case.")
@click.option("--model", default="", metavar="NAME", help="Ask this model: an alias or provider/model.")
@format_option("text", "json")
def command(
    prompt: str,
    case_id: str | None,
    given: tuple[str, ...],
    inputs_file: str | None,
    model: str,
    output_format: str,
) -> int:
    """Send PROMPT, an id or a file, to its model once and show the answer as it arrives.

    The prompt is filled from a case, from the inputs you give, or else from the examples that its inputs declare. The
    answer goes to stdout and the usage to stderr; nothing is recorded. Exit 1 if the answer was cut off or filtered.
    Rate limits, failing servers and broken connections are retried until part of the answer has been shown. On a
    terminal and in CI logs, anything that these would obey is escaped; a file or --format json has the exact text.
    """
    workspace = open_workspace((prompt,))
    loaded = one_prompt(workspace, prompt)
    requests = Requests(loaded)
    cases = chosen_cases(requests.prompt, case_id, given, inputs_file)
    if len(cases) != 1:
        raise PromptsteadError("`run` asks about one case", hint="name that case; `record` asks about all")
    refuse_unresolved(requests.choice(model), workspace.config, loaded.path)
    label = requests.label(model)
    request = request_for(requests, cases[0], model)
    streams = sys.stdout.isatty() or not read_by_people()  # a log is shown whole lines, or it would miss a command
    try:
        with CallSession(workspace, CallLimits(), quiet=True) as session:
            reply, cost = session.once(request, _show if streams and output_format == "text" else None)
    except KeyboardInterrupt:
        tell("\nstopped")
        return INTERRUPTED
    why = unusable(reply, requests.prompt.tools)
    if output_format == "text":
        _show("" if streams else reply.text)
        _show("" if reply.text.endswith("\n") or (reply.tool_calls and not reply.text) else "\n")
        for line in call_lines(reply.tool_calls):
            _show(line + "\n")
        tell(
            f"{label} · {_tokens(reply)} · cost {'unknown' if cost is None else f'{cost:.4f}'} · {reply.seconds:.1f} s"
        )
        if why:
            tell(f"this answer is not usable: {why}")
    else:
        echo_json(_json(label, reply, cost))
    return FINDINGS if why else OK


def _show(text: str) -> None:
    """Write a piece of the answer."""
    echo_data(text, end="")
    sys.stdout.flush()


def _tokens(reply: Reply) -> str:
    usage = reply.usage
    sent, got = ("unknown" if count is None else f"{count:,}" for count in (usage.input, usage.output))
    cached, thought = of_which(usage.cached, "cached"), of_which(usage.reasoning, "reasoning")
    return f"tokens {sent} in{cached}, {got} out{thought}"


def _json(label: str, reply: Reply, cost: float | None) -> Json:
    return {
        "format": "promptstead/answer/v1",
        "model": label,
        "output": reply.text,
        "finish_reason": reply.finish_reason,
        "tool_calls": list(reply.tool_calls),
        "usage": reply.usage._asdict(),
        "cost": cost,
        "seconds": round(reply.seconds, 3),
    }
