"""Recorded outputs: the file that holds them."""
