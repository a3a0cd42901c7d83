"""YAML and lines of JSON with the place of every key and value."""
