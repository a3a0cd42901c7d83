"""The kinds of evaluator, one a file: ``prepare(options)`` returns the check."""
