"""Judging answers: evaluators, the replay of recorded outputs, statistics and the gate."""
