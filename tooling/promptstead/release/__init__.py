"""Digests, approvals, the ledger and the bundle."""
