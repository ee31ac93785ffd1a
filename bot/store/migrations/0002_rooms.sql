-- Rooms, copies of messages, files, guests: what chat platforms need.

-- A room is where a table meets; `made` is 1 where we made it ourselves. Its address may change while it lives; `lookup` is an HMAC
-- of account and place, `chat` one of the chat that the place is a part of (itself, where it is a whole chat), `sealed` holds
-- account and place.
CREATE TABLE room (
    id BLOB PRIMARY KEY, assembly TEXT NOT NULL, table_id TEXT NOT NULL, account TEXT NOT NULL, bound INTEGER NOT NULL,
    "by" TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'lost')), made INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX room_of_table ON room (assembly, table_id) WHERE state = 'open';
CREATE TABLE room_address (
    lookup BLOB PRIMARY KEY, room BLOB NOT NULL REFERENCES room (id) ON DELETE CASCADE, chat BLOB NOT NULL,
    sealed BLOB NOT NULL, since INTEGER NOT NULL, current INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX address_in_chat ON room_address (chat);
CREATE INDEX address_of_room ON room_address (room) WHERE current = 1;

-- What holds the rooms that an account makes for an assembly: `key` names them to the platform, so that none is made twice; `sealed`
-- is the place, once it is there.
CREATE TABLE space (
    assembly TEXT NOT NULL, account TEXT NOT NULL, key TEXT NOT NULL, sealed BLOB, PRIMARY KEY (assembly, account)
) WITHOUT ROWID;
-- Work that waits for a platform is tried again, not before `due`.
ALTER TABLE job ADD COLUMN due INTEGER NOT NULL DEFAULT 0;

-- A code with which a room is bound to a table, by the seat that asked for it and nobody else.
CREATE TABLE binding (
    hash BLOB PRIMARY KEY, assembly TEXT NOT NULL, table_id TEXT NOT NULL, seat TEXT NOT NULL, made INTEGER NOT NULL,
    expires INTEGER NOT NULL
) WITHOUT ROWID;

-- `room` is where a person reads what the table says; NULL for the private chat. `lost` says why nobody can write to them.
ALTER TABLE seat ADD COLUMN room BLOB;
ALTER TABLE seat ADD COLUMN lost TEXT NOT NULL DEFAULT '';
CREATE INDEX seat_lost ON seat (assembly) WHERE lost <> '';
-- Why nobody can be written to through this identity; '' where they can. A seat is lost when all its channels are.
ALTER TABLE identity ADD COLUMN lost TEXT NOT NULL DEFAULT '';

-- `act` is say, edit, delete or menu; `target` the remote id of the message that is edited or deleted; `about` the contribution
-- that it carries. A message to a room has the room's id as its `door`. A person may have chats on several accounts: `account` is the
-- one where the target stands, or, of what was sent, where it went.
ALTER TABLE outbox ADD COLUMN act TEXT NOT NULL DEFAULT 'say';
ALTER TABLE outbox ADD COLUMN target TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN about TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN silent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN account TEXT NOT NULL DEFAULT '';
-- The sender looks through what waits in the order in which people read it, and after a restart at what was sent a moment ago.
DROP INDEX outbox_new;
DROP INDEX outbox_due;
CREATE INDEX outbox_new ON outbox (at, seq) WHERE state = 'new';
CREATE INDEX outbox_sent ON outbox (sent) WHERE sent IS NOT NULL;

-- Where a contribution stands in people's chats. `holder` is a seat or, in hexadecimal, a room; `remote` the platform's id on the
-- `account`; `reach` is 0 where nobody can change or delete it any more (the room has moved, or is lost).
CREATE TABLE copy (
    holder TEXT NOT NULL, remote TEXT NOT NULL, account TEXT NOT NULL, contribution TEXT NOT NULL, assembly TEXT NOT NULL,
    original INTEGER NOT NULL, at INTEGER NOT NULL, reach INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (holder, remote, account, contribution)
) WITHOUT ROWID;
CREATE INDEX copy_of_contribution ON copy (assembly, contribution);

-- What the buttons of a sent message stand for: `presses` is a JSON list. The key and a number are what a button carries.
CREATE TABLE button (
    key TEXT PRIMARY KEY, assembly TEXT NOT NULL, holder TEXT NOT NULL, step TEXT NOT NULL, presses TEXT NOT NULL,
    made INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX button_of_holder ON button (holder);
-- The same where there are no buttons to press, and people write a mark or a label: `sealed` holds, under the key of the seat that
-- reads it (of the house, for a `room`), what the choices stand for and what stands on each; `offers` is 1 where a step offers them.
-- `lettered` says that letters are the marks, since a number would be the answer itself; `asks` is the question that words in
-- reply to the message answer. `remote` is the platform's id of it, "" until it has arrived. `said` orders all messages;
-- `follows` is 1 where it answers what somebody has done; `over` once it shows no choices any more, `passed` once something was
-- written below it.
CREATE TABLE question (
    key TEXT PRIMARY KEY, holder TEXT NOT NULL, account TEXT NOT NULL, remote TEXT NOT NULL DEFAULT '', room INTEGER NOT NULL,
    sealed BLOB NOT NULL, offers INTEGER NOT NULL, lettered INTEGER NOT NULL, asks TEXT NOT NULL, follows INTEGER NOT NULL,
    said INTEGER NOT NULL, over INTEGER NOT NULL DEFAULT 0, passed INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX question_of_chat ON question (holder, account, said);
CREATE INDEX question_said ON question (said);
-- With which message somebody has answered which of them: an edit of it answers anew.
CREATE TABLE typed (
    holder TEXT NOT NULL, account TEXT NOT NULL, remote TEXT NOT NULL, question TEXT NOT NULL,
    PRIMARY KEY (holder, account, remote)
) WITHOUT ROWID;

-- What kind of file came with a contribution, '' where none did. The platform keeps its bytes; `sealed` holds the platform's name
-- for them, under the key of whoever sent it.
ALTER TABLE contribution ADD COLUMN media TEXT NOT NULL DEFAULT '';
CREATE TABLE media (
    assembly TEXT NOT NULL, id TEXT NOT NULL, seat TEXT NOT NULL, account TEXT NOT NULL, kind TEXT NOT NULL,
    sealed BLOB NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (assembly, id)
) WITHOUT ROWID;
CREATE INDEX media_of_seat ON media (seat);
-- An account's own name for a file that it has sent before.
CREATE TABLE file_ref (
    account TEXT NOT NULL, id TEXT NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (account, id)
) WITHOUT ROWID;

-- Earlier words of contributions, sealed under their author's key.
CREATE TABLE version (
    assembly TEXT NOT NULL, contribution TEXT NOT NULL, n INTEGER NOT NULL, seat TEXT NOT NULL, body BLOB NOT NULL,
    at INTEGER NOT NULL, PRIMARY KEY (assembly, contribution, n)
) WITHOUT ROWID;
CREATE INDEX version_of_seat ON version (seat);

-- People who are expected. `lookup` is an HMAC of the organiser's own word for them, `sealed` that word and what else the list said
-- of them, empty once they are erased. An invite's code derives from word, `issue` and the key file.
CREATE TABLE guest (
    assembly TEXT NOT NULL, lookup BLOB NOT NULL, sealed BLOB NOT NULL, role TEXT NOT NULL, site TEXT NOT NULL,
    language TEXT NOT NULL, table_id TEXT NOT NULL, issue INTEGER NOT NULL DEFAULT 1, seat TEXT NOT NULL DEFAULT '',
    made INTEGER NOT NULL, PRIMARY KEY (assembly, lookup)
) WITHOUT ROWID;
CREATE INDEX guest_of_seat ON guest (seat) WHERE seat <> '';
-- `seat` is whose code it was once it is used, or whom it moves to another chat; `guest` is set where it is somebody's own invite;
-- `way` where it is the link of an open assembly; `shared` where several people were given the same one. A code that a newer one
-- has replaced has -1 uses left.
ALTER TABLE code ADD COLUMN seat TEXT NOT NULL DEFAULT '';
ALTER TABLE code ADD COLUMN guest BLOB;
ALTER TABLE code ADD COLUMN way TEXT NOT NULL DEFAULT '';
ALTER TABLE code ADD COLUMN shared INTEGER NOT NULL DEFAULT 0;
CREATE INDEX code_of_seat ON code (seat) WHERE seat <> '';

-- How a person without a code of their own came in: `open`, or by which link. When somebody at the door was last told how to come in.
ALTER TABLE seat ADD COLUMN way TEXT NOT NULL DEFAULT '';
CREATE INDEX seat_by_way ON seat (assembly, joined, site, status) WHERE way <> '';
ALTER TABLE identity ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
-- Whether people come in without a code of their own, and when more of them came than the alarm allows.
CREATE TABLE joining (assembly TEXT PRIMARY KEY, paused INTEGER NOT NULL, rung INTEGER NOT NULL) WITHOUT ROWID;

-- Somebody has shown the used invite of a seat in another chat, whose `lookup` it is; they have until `expires` to write, in a chat of
-- the seat, the number of which `number` is an HMAC. `seat` has one such request at a time; `told` is when it was last told of one, `tries` counts wrong numbers.
CREATE TABLE linking (
    seat TEXT PRIMARY KEY, lookup BLOB NOT NULL, number BLOB NOT NULL, expires INTEGER NOT NULL, told INTEGER NOT NULL,
    tries INTEGER NOT NULL
) WITHOUT ROWID;

-- Wrong codes at the door, by the lookup of who tried: until when no code of theirs is looked at, and whether they know; and what
-- has to wait because a platform said so.
CREATE TABLE wrong_code (
    lookup BLOB PRIMARY KEY, tries INTEGER NOT NULL, until INTEGER NOT NULL, told INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX wrong_code_until ON wrong_code (until);
CREATE TABLE hold (
    scope BLOB PRIMARY KEY, until INTEGER NOT NULL, slow_until INTEGER NOT NULL
) WITHOUT ROWID;

-- When an account was last heard, so that an outage is noticed.
ALTER TABLE cursor ADD COLUMN heard INTEGER NOT NULL DEFAULT 0;
