"""``promptstead run``: ask a model once, and see what it says."""

import sys
from collections.abc import Sequence

import click

from promptstead.commands.options import format_option
from promptstead.commands.render import input_options
from promptstead.console.output import echo_data, echo_json, read_by_people, tell
from promptstead.errors import FINDINGS, INTERRUPTED, OK, PromptsteadError
from promptstead.evaluators.samples import conversation
from promptstead.model import Json, Step, Usage
from promptstead.operations.calls.limits import CallLimits, of_which
from promptstead.operations.calls.session import CallSession
from promptstead.operations.recording.answers_to_ask import refuse_unresolved, request_for, unusable
from promptstead.operations.workspace.case_inputs import chosen_cases
from promptstead.operations.workspace.current import open_workspace
from promptstead.operations.workspace.selected_prompts import one_prompt
from promptstead.outputs.calls import call_lines
from promptstead.prompts.conversation import Conversation
from promptstead.prompts.requests import Requests
from promptstead.providers.provider import Reply
from promptstead.words.sentence import say


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

    The prompt is filled from a case, from the inputs you give, or else from the examples that its inputs declare; of a
    case that is a conversation every turn is asked, and what the user and the tools say goes to stderr. The
    answer goes to stdout and the usage to stderr; nothing is recorded. Exit 1 if the answer was cut off or filtered.
    Rate limits, failing servers and broken connections are retried until part of the answer has been shown. On a
    terminal and in CI logs, anything that these would obey is escaped; a file or --format json has the exact text.
    """
    workspace = open_workspace((prompt,))
    loaded = one_prompt(workspace, prompt)
    requests = Requests(loaded)
    cases = chosen_cases(loaded, case_id, given, inputs_file)
    if len(cases) != 1:
        raise PromptsteadError("`run` asks about one case", hint="name that case; `record` asks about all")
    refuse_unresolved(requests.choice(model), workspace.config, loaded.path)
    label = requests.label(model)
    streams = sys.stdout.isatty() or not read_by_people()  # a log is shown whole lines, or it would miss a command
    text = output_format == "text"
    talk = Conversation(cases[0])
    steps: list[Step] = []
    why = None
    try:
        with CallSession(workspace, CallLimits(), quiet=True) as session:
            while not talk.over and not why:
                request = request_for(requests, cases[0], model, talk.transcript)
                reply, cost = session.once(request, _show if streams and text else None)
                steps.append(
                    Step(reply.text, reply.finish_reason, reply.usage, reply.tool_calls, "", reply.seconds, cost)
                )
                why = unusable(reply, requests.prompt.tools)
                if text:
                    _show_reply(reply, streams)
                    tell(_took(label, steps[-1]))
                if not cases[0].is_conversation:
                    break
                said = len(talk.transcript) + 1
                if not why:
                    talk.add(steps[-1])
                    endless = say("evaluators.called-without-end", turn=talk.turn) if talk.endless else None
                    why = talk.why or endless
                for turn in talk.transcript[said:] if text else ():
                    tell(f"{turn['role']}: {turn['content']}")
    except KeyboardInterrupt:
        tell("\nstopped")
        return INTERRUPTED
    if not text:
        echo_json(_json(label, steps))
    elif why:
        tell(f"this answer is not usable: {why}")
    return FINDINGS if why else OK


def _show_reply(reply: Reply, shown: bool) -> None:
    """Write an answer, or what is to follow one that was shown as it came."""
    _show("" if shown else reply.text)
    _show("" if reply.text.endswith("\n") or (reply.tool_calls and not reply.text) else "\n")
    for line in call_lines(reply.tool_calls):
        _show(line + "\n")


def _show(text: str) -> None:
    """Write a piece of the answer."""
    echo_data(text, end="")
    sys.stdout.flush()


def _took(label: str, step: Step) -> str:
    cost = "unknown" if step.cost is None else f"{step.cost:.4f}"
    return f"{label} · {_tokens(step.usage)} · cost {cost} · {step.seconds:.1f} s"


def _tokens(usage: Usage) -> str:
    sent, got = ("unknown" if count is None else f"{count:,}" for count in (usage.input, usage.output))
    cached = of_which(cached=usage.cached, written_to_the_cache=usage.cache_written)
    thought = of_which(reasoning=usage.reasoning)
    return f"tokens {sent} in{cached}, {got} out{thought}"


def _json(label: str, steps: Sequence[Step]) -> Json:
    whole = conversation(steps)
    document: dict[str, Json] = {
        "format": "promptstead/call/v1",
        "model": label,
        "output": whole.output,
        "finish_reason": whole.finish_reason,
        "tool_calls": list(whole.tool_calls),
        "usage": whole.usage._asdict(),
        "cost": whole.cost,
        "seconds": round(whole.seconds or 0.0, 3),
    }
    if len(steps) > 1:
        document["steps"] = [
            {"output": step.output, "finish_reason": step.finish_reason, "tool_calls": list(step.tool_calls)}
            for step in steps
        ]
    return document
