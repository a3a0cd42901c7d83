"""Methods with their sources; nothing here knows of prompts."""
