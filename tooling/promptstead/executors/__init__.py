"""Where work is done: in this process, in forks of it, in a pool of processes. What the work is, it does not know."""
