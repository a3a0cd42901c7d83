"""One thin verb a file: read options, call the core, write the result, return an exit code."""
