"""What applications import to load released prompts and render them: the standard library only."""
