"""The prompt has fewer test cases than the policy asks for.

**Why it matters.** With two cases nobody sees a regression: one answer in ten that gets worse goes unnoticed in seven
of ten reviews of three cases.

**Example.** A prompt with two cases, where the policy asks for five.

**How to fix.** Add cases; real ones, with the rare and the awkward among them. How many is the policy's choice, for
all prompts or by risk class; 0 turns this rule off:

```toml
[tool.promptstead.policy]
min_cases = { default = 5, high = 30 }    # or one number for all
```

Nobody who is still writing is told: this is a warning in a review and an error for a release.
"""

from collections.abc import Iterator

from promptstead.lint.rule import Context, Levels, Rule
from promptstead.model import Problem
from promptstead.words.sentence import say


def check(context: Context) -> Iterator[Problem]:
    """Compare the number of cases with the policy."""
    prompt = context.prompt
    governance = prompt.data.get("governance", {}) if prompt.dialect == "promptstead" else {}
    risk = governance.get("risk", "default")
    policy = context.config.min_cases
    wanted = policy.get(risk, policy["default"])
    if len(prompt.cases) < wanted:
        key = "testData" if prompt.dialect == "github-models" else "cases"
        span = context.document.key_span((key,)) if key in prompt.data else context.document.key_span(("messages",))
        # The number of cases is no part of the message, or each case that is added would make a new finding.
        by_risk = risk in policy and risk != "default"
        message = (
            say("rules.TST601-by-risk", wanted=wanted, risk=risk) if by_risk else say("rules.TST601", wanted=wanted)
        )
        cases = len(prompt.cases)
        hint = say("rules.TST601-hint", cases=cases) if cases else say("rules.TST601-none-hint")
        yield Problem("TST601", message, span, hint)


LEVELS: Levels = {"review": "warning", "release": "error"}
RULE = Rule("TST601", "few-cases", "fewer cases than the policy asks", LEVELS, check)
