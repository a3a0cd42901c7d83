"""The repository at hand: opening it, its revisions, the base that a change is judged by."""
