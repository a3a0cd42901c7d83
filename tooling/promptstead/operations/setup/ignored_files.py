"""What Git is told of the files that promptstead makes."""

from promptstead.storage.replacement import PREFIX

FILE = ".gitignore"
LINES = ("outputs.new.jsonl", "judgements.new.jsonl", "*.run.jsonl", ".promptstead/", f"{PREFIX}*", "*.bundle")
"""What waits for its author to accept it, run files, what a killed command leaves, and built bundles."""
