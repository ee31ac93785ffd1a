"""Digests on their way to a person's approval: the draft, what its authors and those who lead the table do with it."""
