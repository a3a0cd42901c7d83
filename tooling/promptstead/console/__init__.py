"""The streams of a command: lines of the result, lines for people, progress."""
