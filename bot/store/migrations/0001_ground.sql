-- The ground. Times are whole milliseconds since 1970, UTC; `data` is JSON text without words or choices; "sealed" blobs are
-- encrypted (bot/store/keys.py). Platform identities stand in `identity` and `channel` only: everything else knows a seat.
-- In a table WITHOUT ROWID the columns of the primary key come first, in its order: where they do not, quick_check of SQLite
-- 3.40 takes a sound table for a damaged one.

CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE lease (name TEXT PRIMARY KEY, holder TEXT NOT NULL, fence INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE cursor (account TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE flow (
    ref TEXT PRIMARY KEY, id TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, published INTEGER NOT NULL
);
CREATE TABLE assembly (
    id TEXT PRIMARY KEY, flow_ref TEXT NOT NULL REFERENCES flow (ref), seed TEXT NOT NULL, state TEXT NOT NULL,
    created INTEGER NOT NULL, data TEXT NOT NULL
);

-- People. `lookup` is an HMAC of account and user; `sealed` holds them, and where to write to.
CREATE TABLE identity (lookup BLOB PRIMARY KEY, sealed BLOB NOT NULL, current_seat TEXT, seen INTEGER NOT NULL);
CREATE TABLE channel (
    lookup BLOB NOT NULL REFERENCES identity (lookup) ON DELETE CASCADE, seat TEXT NOT NULL, helper INTEGER NOT NULL,
    PRIMARY KEY (lookup, seat)
) WITHOUT ROWID;
CREATE INDEX channel_of_seat ON channel (seat);
-- `wrapped` is NULL once the key is erased.
CREATE TABLE seat_key (seat TEXT PRIMARY KEY, wrapped BLOB) WITHOUT ROWID;
CREATE TABLE seat (
    id TEXT PRIMARY KEY, assembly TEXT NOT NULL, role TEXT NOT NULL, site TEXT NOT NULL, status TEXT NOT NULL,
    language TEXT NOT NULL, table_id TEXT NOT NULL DEFAULT '', chair INTEGER NOT NULL DEFAULT 0, name BLOB, attributes BLOB,
    focus TEXT NOT NULL DEFAULT '', walk TEXT NOT NULL DEFAULT '', helped INTEGER NOT NULL DEFAULT 0, heard INTEGER,
    joined INTEGER NOT NULL, number INTEGER NOT NULL
);
CREATE UNIQUE INDEX seat_by_site ON seat (assembly, site, number);
CREATE INDEX seat_by_table ON seat (assembly, table_id, chair);
CREATE INDEX seat_by_role ON seat (assembly, role, site, number);
CREATE TABLE tables (
    assembly TEXT NOT NULL, id TEXT NOT NULL, plan TEXT NOT NULL, site TEXT NOT NULL, number INTEGER NOT NULL,
    languages TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'open', PRIMARY KEY (assembly, id)
) WITHOUT ROWID;
CREATE TABLE membership (
    assembly TEXT NOT NULL, table_id TEXT NOT NULL, seat TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER,
    PRIMARY KEY (assembly, table_id, seat, since)
) WITHOUT ROWID;
CREATE INDEX membership_now ON membership (assembly, seat) WHERE until IS NULL;
CREATE TABLE code (
    hash BLOB PRIMARY KEY, assembly TEXT NOT NULL, role TEXT NOT NULL, site TEXT NOT NULL, table_id TEXT NOT NULL,
    uses_left INTEGER NOT NULL, expires INTEGER NOT NULL, made INTEGER NOT NULL
) WITHOUT ROWID;

-- Where everybody stands.
CREATE TABLE course (assembly TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (assembly, id)) WITHOUT ROWID;
CREATE TABLE stage (
    assembly TEXT NOT NULL, step TEXT NOT NULL, unit TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (assembly, step, unit)
) WITHOUT ROWID;
CREATE TABLE counter (
    assembly TEXT NOT NULL, step TEXT NOT NULL, unit TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,
    PRIMARY KEY (assembly, step, unit, name)
) WITHOUT ROWID;
CREATE TABLE job (
    assembly TEXT NOT NULL, key TEXT NOT NULL, job TEXT NOT NULL, data TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'new',
    tries INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (assembly, key)
);
CREATE INDEX job_new ON job (assembly, key) WHERE state = 'new';
CREATE TABLE log (
    seq INTEGER PRIMARY KEY, assembly TEXT NOT NULL, at INTEGER NOT NULL, act TEXT NOT NULL, "by" TEXT NOT NULL, data TEXT NOT NULL
);
CREATE INDEX log_of_assembly ON log (assembly, seq);

-- The one door in and the one door out. A body is sealed under the seat's key; NULL is a tombstone.
CREATE TABLE inbox (
    seq INTEGER PRIMARY KEY, key TEXT NOT NULL, assembly TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL,
    received INTEGER NOT NULL, seat TEXT, body BLOB, state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'done', 'parked')),
    tries INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '', UNIQUE (key, assembly)
);
CREATE INDEX inbox_new ON inbox (at, seq) WHERE state = 'new';
CREATE INDEX inbox_parked ON inbox (seq) WHERE state = 'parked';
-- `at` orders, `due` is when to try (again). `door` is the lookup of somebody who has no seat yet.
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY, key TEXT NOT NULL, assembly TEXT NOT NULL, seat TEXT, door BLOB, lane INTEGER NOT NULL,
    step TEXT NOT NULL, at INTEGER NOT NULL, due INTEGER NOT NULL, body BLOB,
    state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'sending', 'sent', 'gone', 'held')),
    tries INTEGER NOT NULL DEFAULT 0, receipt TEXT NOT NULL DEFAULT '', sent INTEGER, UNIQUE (key, assembly)
);
CREATE INDEX outbox_new ON outbox (lane, at, seq) WHERE state = 'new';
CREATE INDEX outbox_due ON outbox (due) WHERE state = 'new';
CREATE INDEX outbox_of_step ON outbox (assembly, step, seat) WHERE lane = 1;
CREATE INDEX outbox_sending ON outbox (seq) WHERE state = 'sending';
CREATE INDEX outbox_of_seat ON outbox (seat, at, seq) WHERE seat IS NOT NULL AND state IN ('new', 'sending');
CREATE INDEX outbox_of_door ON outbox (door, at, seq) WHERE door IS NOT NULL AND state IN ('new', 'sending');

-- What people gave. `body` is sealed under the author's key.
CREATE TABLE contribution (
    seq INTEGER PRIMARY KEY, assembly TEXT NOT NULL, id TEXT NOT NULL, step TEXT NOT NULL, table_id TEXT NOT NULL,
    site TEXT NOT NULL, seat TEXT NOT NULL, kind TEXT NOT NULL, side TEXT NOT NULL, language TEXT NOT NULL, target TEXT NOT NULL,
    body BLOB NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL, shared INTEGER NOT NULL, helped INTEGER NOT NULL,
    shown INTEGER NOT NULL DEFAULT 0, UNIQUE (assembly, id)
);
CREATE INDEX contribution_by_table ON contribution (assembly, step, table_id);
CREATE INDEX contribution_least_shown ON contribution (assembly, step, site, shown, id);
CREATE INDEX contribution_by_seat ON contribution (seat);
CREATE TABLE translation (
    assembly TEXT NOT NULL, contribution TEXT NOT NULL, language TEXT NOT NULL, engine TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (assembly, contribution, language)
) WITHOUT ROWID;
CREATE TABLE consent (
    seat TEXT NOT NULL, purpose TEXT NOT NULL, at INTEGER NOT NULL, assembly TEXT NOT NULL, given INTEGER NOT NULL,
    version TEXT NOT NULL, language TEXT NOT NULL, PRIMARY KEY (seat, purpose, at)
) WITHOUT ROWID;

-- Votes. Who has voted stands apart from what was voted. WITHOUT ROWID on `ballot` keeps no order of arrival.
CREATE TABLE vote_cast (
    assembly TEXT NOT NULL, step TEXT NOT NULL, seat TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (assembly, step, seat)
) WITHOUT ROWID;
CREATE TABLE ballot (
    assembly TEXT NOT NULL, step TEXT NOT NULL, holder TEXT NOT NULL, question TEXT NOT NULL, item TEXT NOT NULL,
    site TEXT NOT NULL, table_id TEXT, choice BLOB NOT NULL, PRIMARY KEY (assembly, step, holder, question, item)
) WITHOUT ROWID;
-- `wrapped` is NULL once a secret vote is sealed off.
CREATE TABLE step_key (assembly TEXT NOT NULL, step TEXT NOT NULL, wrapped BLOB, PRIMARY KEY (assembly, step)) WITHOUT ROWID;

CREATE TABLE result (
    assembly TEXT NOT NULL, step TEXT NOT NULL, unit TEXT NOT NULL, data TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (assembly, step, unit)
) WITHOUT ROWID;
CREATE TABLE digest (
    assembly TEXT NOT NULL, id TEXT NOT NULL, step TEXT NOT NULL, table_id TEXT NOT NULL, site TEXT NOT NULL,
    language TEXT NOT NULL, state TEXT NOT NULL, data TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (assembly, id)
) WITHOUT ROWID;
CREATE INDEX digest_of_step ON digest (assembly, step);
-- A digest that has been carried to a table.
CREATE TABLE arrival (
    assembly TEXT NOT NULL, step TEXT NOT NULL, table_id TEXT NOT NULL, digest TEXT NOT NULL, engine TEXT NOT NULL,
    texts TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (assembly, step, table_id, digest)
) WITHOUT ROWID;
