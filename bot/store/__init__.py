"""The store: one SQLite file that holds an assembly, written by one hand, sealed where it is personal.

`connection` opens it, `migrate` brings it up to date, `keys` seals and opens. The queries are plain functions `f(db, ...)` that
run inside `Store.transact` or `Store.read`: `queue` (inbox and outbox), `people`, `opinions`, `courses`, `lease`. Times are whole
milliseconds since 1970, UTC.
"""
