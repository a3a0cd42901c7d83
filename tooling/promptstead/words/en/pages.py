"""What the pages of a run and a review say around their data."""

WORDS: dict[str, str] = {}
