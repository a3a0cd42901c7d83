"""What is wrong with a file as it is read: YAML, schema, templates, names, datasets, recorded answers."""

WORDS: dict[str, str] = {}
