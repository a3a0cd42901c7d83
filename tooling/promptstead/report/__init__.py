"""Renderers: what was found and decided, as data, becomes text, JSON, Markdown or a page. No I/O."""
