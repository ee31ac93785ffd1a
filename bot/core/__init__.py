"""The core: what a dialogue is and how it moves, without I/O, clock or chance.

Everything here is a pure function of its arguments or a value. Imports: the standard library and pydantic, nothing else.
"""
