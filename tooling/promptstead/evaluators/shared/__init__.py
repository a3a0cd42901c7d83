"""What kinds of evaluator have in common."""
