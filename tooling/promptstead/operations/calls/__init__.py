"""Calls of models: the session of a command, and its limits."""
