"""What is decided and said of a change, a run or a repository, as data that renderers show."""
