"""Run files: writing, reading, counting, choosing cases."""
