"""YAML text to prompts with exact positions: reading, schema validation, canonical form, loading and compiling."""
