"""What a repository can set: settings with their defaults, the file that has them, an organisation's policy over it."""
