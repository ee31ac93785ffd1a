-- The cockpit: who gave which rights.

-- The seat that has made a code; '' where nobody with a role did, but whoever runs the program. With its maker's role what was not
-- used is good for nothing any more.
ALTER TABLE code ADD COLUMN "by" TEXT NOT NULL DEFAULT '';
CREATE INDEX code_by ON code ("by") WHERE "by" <> '';

-- What somebody was called before, sealed like the name: a list in JSON. Others may have said it, and pseudonyms take its place too.
ALTER TABLE seat ADD COLUMN former BLOB;
