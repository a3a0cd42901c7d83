"""Files on disk: the working tree, journals, files that replace others, private answers, clean prompts remembered."""
