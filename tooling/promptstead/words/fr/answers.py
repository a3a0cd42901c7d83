"""Why there is no answer to judge: nothing recorded, stale, unavailable; what a person must decide."""

WORDS: dict[str, str] = {}
