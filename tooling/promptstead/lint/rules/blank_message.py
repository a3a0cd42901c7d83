"""A message that is empty, or may be, to an API that refuses empty messages.

**Why it matters.** Anthropic's Messages API answers with an error where the text of a turn is empty or white space
("text content blocks must contain non-whitespace text"), and where there is no turn but the system's. promptstead makes
no such request, and never leaves a turn out on its own: the model would answer something else. So the call fails, in
production as in `record`.

**Example.** `model: anthropic/claude-haiku-4-5-20251001` and a user message that is `{{ question }}` alone, where
nothing says that a question has a text.

**How to fix.** Put fixed text around the value, as `fence` does, or give its input `minLength: 1`, so that the
application is told which input is wrong. No fix is offered.

It is an error where the message is always empty, else a warning. Models are those of the prompt and of its
environments. An empty message of the system says nothing and is left out, so that it is not reported. `minLength`,
`pattern`, `format`, `enum` and `const` are taken for a text that is not blank.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from promptstead.lint.models import asked_through, named_models
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.model import Message, Problem
from promptstead.template.nodes import Emit, Expression, Filtered, For, If, Literal, Logic, Node, Path, Text
from promptstead.words.sentence import say

_TURNS = ("user", "assistant")
_NEVER_BLANK = frozenset({"fence", "tojson", "length"})
_TEXT_OF_ITS_OWN = frozenset({"pattern", "format"})


def check(context: Context) -> Iterator[Problem]:
    """Report each turn that can be blank where one of the prompt's models refuses such a turn."""
    prompt = context.prompt
    if prompt.dialect != "promptstead" or not any(
        asked_through(model.choice, context.config)[1].api == "messages" for model in named_models(context)
    ):
        return
    from promptstead.runtime.apis.anthropic_messages import NAME  # few prompts are asked in its words

    messages = prompt.messages
    if messages and all(message.role in ("system", "developer") and not message.slot for message in messages):
        span = context.document.span(("messages",))
        yield Problem(
            "MOD705", say("rules.MOD705-system", api=NAME), span, say("rules.MOD705-system-hint"), level="error"
        )
    for turn in messages:
        if turn.slot or turn.role not in _TURNS or not turn.parts:
            continue
        span = context.document.span(turn.parts[0].at)
        if all(part.type == "text" and not part.template.strip() for part in turn.parts):
            yield Problem("MOD705", say("rules.MOD705", api=NAME), span, say("rules.MOD705-hint"), level="error")
        elif _may_be_blank(context, turn):
            yield Problem("MOD705", say("rules.MOD705-may", api=NAME), span, say("rules.MOD705-may-hint"))


def _may_be_blank(context: Context, message: Message) -> bool:
    for part in message.parts:
        template = context.loaded.templates.get(part.at)
        if part.type != "text" or template is None or not _blank(context, template.body):
            return False
    return True


def _blank(context: Context, nodes: tuple[Node, ...]) -> bool:
    """Tell whether what *nodes* write can be blank."""
    return all(_blank_node(context, node) for node in nodes)


def _blank_node(context: Context, node: Node) -> bool:
    match node:
        case Text():
            return not node.value.strip()
        case Emit():
            return _blank_value(context, node.value)
        case If():
            return any(_blank(context, body) for _, body in node.branches) or _blank(context, node.otherwise)
        case For():
            filled = isinstance(node.over, Path) and _schema(context, node.over).get("minItems")
            return _blank(context, node.body) or (not filled and _blank(context, node.otherwise))
    return node.template is not None and _blank(context, node.template.body)


def _blank_value(context: Context, value: Expression) -> bool:
    match value:
        case Literal():
            return isinstance(value.value, str) and not value.value.strip()
        case Path():
            return _blank_text(_schema(context, value))
        case Filtered():
            names = {call.name for call in value.filters}
            return not names & _NEVER_BLANK and _blank_value(context, value.value)
        case Logic():
            return _blank_value(context, value.items[-1])
    return False


def _blank_text(schema: Mapping[str, Any]) -> bool:
    """Tell whether a value can be a text that is blank; where the schema says nothing of a type, it is not told."""
    if "enum" in schema or "const" in schema:
        allowed = schema.get("enum", [schema.get("const")])
        return any(isinstance(each, str) and not each.strip() for each in allowed)
    kinds = schema.get("type")
    is_text = kinds == "string" or (isinstance(kinds, list) and "string" in kinds)
    return is_text and not schema.get("minLength") and not _TEXT_OF_ITS_OWN & schema.keys()


def _schema(context: Context, path: Path) -> Mapping[str, Any]:
    """Return the schema of the value at *path*; empty where nothing says it."""
    declared = context.declared(path.root)
    schema: Mapping[str, Any] = declared.schema if declared is not None else {}
    for key in path.keys:
        inner: Any = schema.get("items") if isinstance(key, int) else (schema.get("properties") or {}).get(key)
        schema = inner if isinstance(inner, Mapping) else {}
    return schema


RULE = Rule(
    "MOD705",
    "blank-message",
    "a message that may be empty, which the model's API refuses",
    everywhere("warning"),
    check,
)
