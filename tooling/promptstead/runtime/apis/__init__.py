"""One request in the words of each API: what the vendor's own client takes as ``create(**request)``."""
