"""The report: what an organiser hands on after an assembly, so that a stranger can read and recount it.

`export` writes the folder, `results` is the short summary. Everything in here reads the database once, in one snapshot, and
is a pure function of it: two exports of one database are equal to the byte.
"""
