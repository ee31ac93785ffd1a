"""Translating citizens' words: engines behind one port, a memory of what people have reviewed, checks, and one service over all.

Interface texts never go through here: they come from the catalogs.
"""
