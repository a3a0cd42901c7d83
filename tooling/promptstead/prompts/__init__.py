"""What a prompt is: its schema, its names, its files, its cases, its requests."""
