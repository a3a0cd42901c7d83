"""Where changes are discussed: GitHub and GitLab. Adapters, which know the errors and nothing else."""
