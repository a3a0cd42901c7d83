"""Two files give the same id, or the file's name is no id.

**Why it matters.** A prompt's id is its path below the prompt root. Applications, cases and approvals name prompts by
it, so each id must mean one file, and must be easy to type and to put in a URL.

**Example.** `prompts/hr/leave.prompt.yml` beside `prompts/hr/leave.prompt.yaml`; `prompts/hr/leave (copy).prompt.yml`.

**How to fix.** Keep one of the two files; rename with letters, digits, `.`, `_` and `-`. After a rename, list the
former id in `aliases`.
"""

from promptstead.lint.rule import Rule, everywhere, found_while_reading

RULE = Rule(
    "SCH004",
    "prompt-id",
    "two files with one id, or a name that is no id",
    everywhere("error"),
    found_while_reading,
)
