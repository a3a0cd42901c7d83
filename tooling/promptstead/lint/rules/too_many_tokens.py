"""The messages may get larger than the budget or than the model's context window.

**Why it matters.** A request that exceeds the window is refused; one that exceeds the budget is paid for. Both happen
with the longest inputs only, in production.

**Example.** `max_input_tokens = 8000` in the policy, and an input with `maxLength: 40000`.

**How to fix.** Lower `maxLength` (or `maxItems`) of the inputs, shorten the text, split the work over several calls, or
raise the budget: `[policy] max_input_tokens`.

Tokens are bounded from above, not counted: a byte of UTF-8 is one token at most, a character of an input four bytes.
The true number is often a third of the bound, so it is a note. Where the bound is within the limit, the messages surely
are; where an input's schema allows any length, the longest value among cases and examples stands for it. Earlier turns
(`slot: history`) and attachments are not counted. The window is what the table of models says (`promptstead rule
--data`), less the cap on the answer; without a budget and with a model that is not in the table nothing is reported.
"""

from collections.abc import Iterator

from promptstead.lint.models import model_facts, named_models
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.lint.sizes import largest_render
from promptstead.model import Problem
from promptstead.words.sentence import say


def check(context: Context) -> Iterator[Problem]:
    """Report the smallest limit, if the largest render may exceed it."""
    limits = sorted(_limits(context))
    if not limits:
        return
    limit, model = limits[0]
    bound = largest_render(context)
    if bound > limit:
        span = context.document.key_span(("messages",))
        message = (
            say("rules.TOK801-window", model=model, limit=limit) if model else say("rules.TOK801-budget", limit=limit)
        )
        # The bound moves with every word: in the message it would make each edit a new finding.
        yield Problem("TOK801", message, span, say("rules.TOK801-hint", bound=bound))


def _limits(context: Context) -> Iterator[tuple[int, str]]:
    """Yield each limit in tokens, and the model whose window it is; empty for the budget."""
    if context.config.max_input_tokens:
        yield context.config.max_input_tokens, ""
    for model in named_models(context):
        facts = model_facts(model.choice)
        if facts is not None and facts.window:
            params = model.choice.params
            cap = next((params[key] for key in ("max_completion_tokens", "max_tokens") if key in params), 0)
            yield max(0, facts.window - cap), model.choice.snapshot


RULE = Rule("TOK801", "too-many-tokens", "largest render above the budget or the window", everywhere("note"), check)
