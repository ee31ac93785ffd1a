"""Pnyx: citizen assemblies in the chat apps people already have."""
