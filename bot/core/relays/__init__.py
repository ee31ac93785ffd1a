"""Digests on their way to other tables, and answers on their way back."""
