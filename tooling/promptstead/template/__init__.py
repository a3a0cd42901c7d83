"""The template language: a small, exact subset of Jinja2 with a parser of its own, an analysis and a compiler."""
