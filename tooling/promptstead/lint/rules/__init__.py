"""One rule a file; the docstring of each is its page. :mod:`promptstead.lint.table` lists them."""
