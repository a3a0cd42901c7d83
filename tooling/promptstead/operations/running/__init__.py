"""Runs: live, replayed, scored again, compared live; which cases they take, and what they show."""
