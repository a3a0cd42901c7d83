"""Setting a repository up, and taking that back: each module knows one thing that is added, and how to tell it."""
