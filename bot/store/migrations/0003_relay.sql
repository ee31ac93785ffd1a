-- Across the border: what translators do, what is remembered of their work, and what readers doubt.

-- The language in which the words are, where that is known to be another one than their author's; '' where not.
ALTER TABLE contribution ADD COLUMN written TEXT NOT NULL DEFAULT '';

-- `engine` and `version` made it, `via` the language in between. `state`: a `machine` made it and nobody has read it, it was
-- `reviewed` by the seat `by`, `questioned` by a reader, `withdrawn` by a translator, or is `held` for one: then the original
-- stands in its place. `edition` counts the texts that stood here; each is kept in `translation_edition`.
-- `findings` is a JSON list of what the checks say against it.
ALTER TABLE translation ADD COLUMN version TEXT NOT NULL DEFAULT '';
ALTER TABLE translation ADD COLUMN via TEXT NOT NULL DEFAULT '';
ALTER TABLE translation ADD COLUMN state TEXT NOT NULL DEFAULT 'machine'
    CHECK (state IN ('machine', 'reviewed', 'questioned', 'withdrawn', 'held'));
ALTER TABLE translation ADD COLUMN "by" TEXT NOT NULL DEFAULT '';
ALTER TABLE translation ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE translation ADD COLUMN findings TEXT NOT NULL DEFAULT '[]';
ALTER TABLE translation ADD COLUMN edition INTEGER NOT NULL DEFAULT 1;
CREATE TABLE translation_edition (
    assembly TEXT NOT NULL, contribution TEXT NOT NULL, language TEXT NOT NULL, edition INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (assembly, contribution, language, edition)
) WITHOUT ROWID;

-- What a message waits for before it leaves, at its hour at the latest: `contribution@language`, joined by spaces, or `!` where all
-- of it has come, but what was said before it has not left.
ALTER TABLE outbox ADD COLUMN awaits TEXT NOT NULL DEFAULT '';
CREATE INDEX outbox_awaits ON outbox (assembly, seq) WHERE awaits <> '' AND state = 'new';

-- The languages in which a message retells what stands in the room already; '' for the words themselves.
ALTER TABLE copy ADD COLUMN told TEXT NOT NULL DEFAULT '';

-- The translators' queue: what waits for a person, and why (`held`, `questioned`, `official`). `taken_by` has it until `until`.
-- `due` is when whoever waits for it goes on without it; `refused` a JSON list of the seats that have given it back. It is
-- `refused` once nobody is left.
CREATE TABLE wanted (
    assembly TEXT NOT NULL, contribution TEXT NOT NULL, language TEXT NOT NULL, source TEXT NOT NULL, why TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'taken', 'done', 'refused')),
    taken_by TEXT NOT NULL DEFAULT '', until INTEGER, due INTEGER, at INTEGER NOT NULL, refused TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (assembly, contribution, language)
) WITHOUT ROWID;
CREATE INDEX wanted_open ON wanted (assembly, at) WHERE state <> 'done';

-- Who has said that a translation looks wrong.
CREATE TABLE flag (
    assembly TEXT NOT NULL, contribution TEXT NOT NULL, language TEXT NOT NULL, seat TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (assembly, contribution, language, seat)
) WITHOUT ROWID;

-- What engines have given, by a hash of words, pair and glossary; sealed under the key of whose words they are.
CREATE TABLE machine_translation (
    key TEXT PRIMARY KEY, seat TEXT NOT NULL, engine TEXT NOT NULL, version TEXT NOT NULL, via TEXT NOT NULL,
    body BLOB NOT NULL, at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX machine_translation_of_seat ON machine_translation (seat);

-- The assembly's translation memory: what a person has translated or read. `hash` is an HMAC of the original words; both texts are
-- sealed under the key of whose words they are, or ('') of the house, where the memory was imported. `contribution` holds the
-- original words ('' where imported): what was taken back, hidden or changed is remembered no longer.
CREATE TABLE memory (
    assembly TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, hash BLOB NOT NULL, contribution TEXT NOT NULL,
    seat TEXT NOT NULL, original BLOB NOT NULL, body BLOB NOT NULL, "by" TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (assembly, source, target, hash)
) WITHOUT ROWID;
CREATE INDEX memory_of_seat ON memory (seat);
CREATE INDEX memory_of_contribution ON memory (assembly, contribution);

-- What a language model has worded, and each statement from which it did.
CREATE TABLE wording_source (
    assembly TEXT NOT NULL, source TEXT NOT NULL, wording TEXT NOT NULL, PRIMARY KEY (assembly, source, wording)
) WITHOUT ROWID;

-- The log is a chain: the `hash` of a line is over the one before it, its instant, its act, and over `who` and `what`, which bind `by`
-- and `data` without telling them (HMACs under a salt of the line's own). With the salt a person is erased from the log, and the
-- chain stays whole. Lines from before this version have no hash.
ALTER TABLE log ADD COLUMN who BLOB;
ALTER TABLE log ADD COLUMN what BLOB;
ALTER TABLE log ADD COLUMN hash BLOB;
CREATE TABLE log_salt (seq INTEGER PRIMARY KEY REFERENCES log (seq), salt BLOB NOT NULL);

-- What a table has drafted in a step: looked up at every table that closes.
DROP INDEX digest_of_step;
CREATE INDEX digest_at_table ON digest (assembly, step, table_id);
