"""One rule a file; the docstring of each is its page. :mod:`promptstead.lint.rule_table` lists them."""
