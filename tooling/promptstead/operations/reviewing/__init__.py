"""What a change and the state of a repository amount to: findings, fixes, comparisons, the comment."""
