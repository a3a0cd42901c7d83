"""What changed between two versions of a prompt: in words, in meaning, and for those who call it."""
