"""Pages that stand alone: one file with its data, style and script, which asks nobody for anything."""
