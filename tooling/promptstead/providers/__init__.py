"""Calling models: one protocol, the servers that speak it, and many calls at once. Imported when a model is called."""
