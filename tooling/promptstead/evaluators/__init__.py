"""What judges an answer: the registry of kinds, and the examination of an answer by those of a prompt."""
