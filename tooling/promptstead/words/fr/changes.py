"""What changed in a prompt: summaries, what it means for callers, what weakens its evidence."""

WORDS: dict[str, str] = {}
