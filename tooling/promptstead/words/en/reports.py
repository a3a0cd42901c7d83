"""What the reports for terminals and forges say around their data: headlines, heads of tables, counts."""

WORDS: dict[str, str] = {}
