"""Python code of others, in processes of its own: bounded in time and in what it says."""
