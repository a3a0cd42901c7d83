"""What a prompt declares for its evaluation, and what is wrong with it: combinations, judges, gates, formulas."""
