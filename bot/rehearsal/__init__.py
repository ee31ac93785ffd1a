"""Rehearsals: invented people walk through a flow on a clock that moves by itself, months in seconds."""
