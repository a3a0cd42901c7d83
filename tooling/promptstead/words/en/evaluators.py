"""Why an evaluator passes, fails or scores an answer as it does, and why it cannot."""

WORDS: dict[str, str] = {}
