"""The kinds of evaluator, one a file: ``prepare(options)`` returns what judges an answer."""
