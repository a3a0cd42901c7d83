"""Static rules over prompt files: one finding model, one file a rule, one explicit table."""
