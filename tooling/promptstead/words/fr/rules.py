"""What the rules of lint find, and what to do about it; a key begins with the code of its rule."""

WORDS: dict[str, str] = {}
