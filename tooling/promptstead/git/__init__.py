"""Git, read only but for settings: how it is started, its repositories, the files of a revision."""
