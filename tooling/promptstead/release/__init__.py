"""Bundles: the files that applications load, made of the prompts of one commit."""
