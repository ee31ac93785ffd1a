-- One row or more in every table of schema 3, as the program of that time wrote them under KeyFile.from_seed(7). Frozen.
INSERT INTO arrival (assembly, step, table_id, digest, engine, texts, at)
    VALUES ('a1', 'relay', 't2', 'd1', 'pseudo', '{"c1": "c1@de"}', 1790000000000);
INSERT INTO assembly (id, flow_ref, seed, state, created, data)
    VALUES ('a1', 'demo@0123456789ab', 'seed', 'running', 1790000000000, '{}');
INSERT INTO ballot (assembly, step, holder, question, item, site, table_id, choice)
    VALUES ('a1', 'vote', '21a17ca9aac4e00e42aa6342912cf863', 'q', '', 'fr', NULL, x'0143c4192960cf6371205e1436e80a0e765007283333d656a911b028eb64cf06b7038a6f71f786bf28ec368a6bb18bbdd4');
INSERT INTO binding (hash, assembly, table_id, seat, made, expires)
    VALUES (x'b881b68051ae465d9127254fc07fb1b9af8e6163431c5f1c6316cb05080e4265', 'a1', 't1', 'wi6mwrzz46m4', 1790000000000, 1790000000001);
INSERT INTO button (key, assembly, holder, step, presses, made)
    VALUES ('abcdefghij234567', 'a1', 'wi6mwrzz46m4', 'vote', '["vote:q::yes"]', 1790000000000);
INSERT INTO channel (lookup, seat, helper)
    VALUES (x'dca7a66a87741c6c0354231f98676ee6cd11c142723df9a8685cbdba287d2653', 'wi6mwrzz46m4', 0);
INSERT INTO code (hash, assembly, role, site, table_id, uses_left, expires, made, seat, guest, way, shared)
    VALUES (x'452fe269a8f50236ae4759fd34b8c0036f95c50ea8e5916f43ff03a660311848', 'a1', 'facilitator', 'fr', 't1', 1, 1790000000001, 1790000000000, '', NULL, '', 0);
INSERT INTO consent (seat, purpose, at, assembly, given, version, language)
    VALUES ('wi6mwrzz46m4', 'quotes', 1790000000000, 'a1', 1, 'v1', 'fr');
INSERT INTO contribution (seq, assembly, id, step, table_id, site, seat, kind, side, language, target, body, at, state, shared, helped, shown, media, written)
    VALUES (1, 'a1', 'c1', 'talk', 't1', 'fr', 'wi6mwrzz46m4', 'idea', '', 'fr', '', x'01520cd788e37794eed61f6be306c6edec5948db486cb0d4866ff75a64e00fe067088cc09e3d7ce649ce5391daefe04a9344227fbee358f4ab3fcddabafa', 1790000000000, 'live', 1, 0, 0, '', '');
INSERT INTO copy (holder, remote, account, contribution, assembly, original, at, reach, told)
    VALUES ('wi6mwrzz46m4', '17', '', 'c1', 'a1', 0, 1790000000000, 1, '');
INSERT INTO counter (assembly, step, unit, name, value)
    VALUES ('a1', 'talk', 'course:fr', 'done', 1);
INSERT INTO course (assembly, id, data)
    VALUES ('a1', 'fr', '{"s":"running","at":{"":1},"open":{"talk":[1790000000000000,null,false,false,false]},"done":{"welcome":"done"},"session":1790000000000000,"started":1790000000000000}');
INSERT INTO cursor (account, value, heard)
    VALUES ('telegram', '12', 0);
INSERT INTO digest (assembly, id, step, table_id, site, language, state, data, at)
    VALUES ('a1', 'd1', 'sum', 't1', 'fr', 'fr', 'approved', '{"sentences":[{"sources":["c1"],"support":3,"against":1,"minority":false,"left_out":"","words":"","model":""}],"unheard":1,"members":6,"answers":"","more":0}', 1790000000000);
INSERT INTO file_ref (account, id, sealed)
    VALUES ('x', 'x', x'01');
INSERT INTO flag (assembly, contribution, language, seat, at)
    VALUES ('a1', 'c1', 'de', 'wi6mwrzz46m4', 1790000000000);
INSERT INTO flow (ref, id, title, body, published)
    VALUES ('demo@0123456789ab', 'demo', 'Demo', '{}', 1790000000000);
INSERT INTO guest (assembly, lookup, sealed, role, site, language, table_id, issue, seat, made)
    VALUES ('x', x'01', x'01', 'x', 'x', 'x', 'x', 1, 'x', 1);
INSERT INTO hold (scope, until, slow_until)
    VALUES (x'658f9f482b4fd28485a77344cfea4519af18ddb8c7295969d227dff4528a8565', 1790000000001, 1790000000002);
INSERT INTO identity (lookup, sealed, current_seat, seen, lost, told)
    VALUES (x'dca7a66a87741c6c0354231f98676ee6cd11c142723df9a8685cbdba287d2653', x'0153860a15456db8b599fa4e5b11685d2ce18fa8d42a6a1d6d6bf45c66f2ea700daf96d544f0236f8ea15267a329e111fc4473fc4bc38eceb181079479a4a239bd98c2eaa03125ffe29014b269be195cb8ffeb8521e1eb03d4d607559c89ae', 'wi6mwrzz46m4', 1790000000000, '', 0);
INSERT INTO inbox (seq, key, assembly, kind, at, received, seat, body, state, tries, error)
    VALUES (1, 'in-1', 'a1', 'heard', 1790000000000, 1790000000000, 'wi6mwrzz46m4', x'01f8a7a08a14579794e84fc28b5b7a61f668a822cf27eeb461bcf29501a51fc8059f1370f525625aeb18b3ffd014', 'new', 0, '');
INSERT INTO job (assembly, key, job, data, state, tries, due)
    VALUES ('a1', 'job-1', 'seating', '{"course":"fr","step":"assign","unit":"","args":{}}', 'new', 0, 0);
INSERT INTO joining (assembly, paused, rung)
    VALUES ('x', 1, 1);
INSERT INTO lease (name, holder, fence, until)
    VALUES ('writer', 'one', 1, 1790000001000);
INSERT INTO linking (seat, lookup, number, expires, told, tries)
    VALUES ('x', x'01', x'01', 1, 1, 1);
INSERT INTO log (seq, assembly, at, act, "by", data, who, what, hash)
    VALUES (1, 'a1', 1790000000000, 'opened', 'wi6mwrzz46m4', '{"step":"talk"}', x'891f07517c2ebe31d1ecf8d0ab8deb003c459fb3b7034c9f25c6755a1924f387', x'401c140cd88b4bd80fa39d78ea357352672907ae89b663df3c47074b42e37584', x'95ca2bcfa9f94f86a4bcf9d8b8b2f1c6343197d7ba3b4002ac6846fd37a93cc4');
INSERT INTO log_salt (seq, salt)
    VALUES (1, x'd7bf2e6ee56c02e0f228c4820a73c105');
INSERT INTO machine_translation (key, seat, engine, version, via, body, at)
    VALUES ('x', 'x', 'x', 'x', 'x', x'01', 1);
INSERT INTO media (assembly, id, seat, account, kind, sealed, at)
    VALUES ('x', 'x', 'x', 'x', 'x', x'01', 1);
INSERT INTO membership (assembly, table_id, seat, since, until)
    VALUES ('a1', 't1', 'wi6mwrzz46m4', 1790000000000, NULL);
INSERT INTO memory (assembly, source, target, hash, contribution, seat, original, body, "by", at)
    VALUES ('x', 'x', 'x', x'01', 'x', 'x', x'01', x'01', 'x', 1);
INSERT INTO meta (name, value)
    VALUES ('filled', x'01');
INSERT INTO outbox (seq, key, assembly, seat, door, lane, step, at, due, body, state, tries, receipt, sent, act, target, about, silent, account, awaits)
    VALUES (1, 'out-1', 'a1', 'wi6mwrzz46m4', NULL, 0, '', 1790000000000, 1790000000000, x'01c11f5b515214980748946b37f34ec69b741b3354be53d86e9c84f9d8261e772a884135b82fb5082dd30387e82d0794', 'new', 0, '', NULL, 'say', '', '', 0, '', '');
INSERT INTO question (key, holder, account, remote, room, sealed, offers, lettered, asks, follows, said, over, passed)
    VALUES ('x', 'x', 'x', 'x', 1, x'01', 1, 1, 'x', 1, 1, 1, 1);
INSERT INTO result (assembly, step, unit, data, at)
    VALUES ('a1', 'vote', 'site:fr', '{"yes":1}', 1790000000000);
INSERT INTO room (id, assembly, table_id, account, bound, "by", state, made)
    VALUES (x'1bac9b656f79b84991f1cfa487ba142c', 'a1', 't1', 'test:main', 1790000000000, 'wi6mwrzz46m4', 'open', 0);
INSERT INTO room_address (lookup, room, chat, sealed, since, current)
    VALUES (x'247c1a47ebdf7f721621b1e4405423e31e327398d492a75462a3650b9cfb6077', x'1bac9b656f79b84991f1cfa487ba142c', x'247c1a47ebdf7f721621b1e4405423e31e327398d492a75462a3650b9cfb6077', x'01a3bc8449467b48304c34663a107aaa8ce3587e964f8b671d6f47e58c3c59074816bff3d1bac372bae2c29a3f66a326ecb275ab2f6adfe77bb93dede50e', 1790000000000, 1);
INSERT INTO seat (id, assembly, role, site, status, language, table_id, chair, name, attributes, focus, walk, helped, heard, joined, number, room, lost, way)
    VALUES ('wi6mwrzz46m4', 'a1', 'participant', 'fr', 'active', 'fr', 't1', 1, x'0153a7245f7eeef1ad7f52db0bf51149d9cf037eebff560971a9a81ed8fd9a79a0d2282f3f422d6aa06e24d3a7320b08', x'0147cea162b0c743e6af0a1043e13826a8a9e6505dccc1a331b0c64707b87ff8f03ed012e48fa5bb20d4529687befe5c40ca4fc391cdb6', '', '', 0, NULL, 1790000000000, 1, NULL, '', '');
INSERT INTO seat_key (seat, wrapped)
    VALUES ('wi6mwrzz46m4', x'01d255e2b9c68b94f38f33710dc5dda8680e0dffb664c1ac4e67477f8f663b0859e239c9a46232200f764c555cd9611fde84986a7ec2e8c7be0570bafa');
INSERT INTO space (assembly, account, key, sealed)
    VALUES ('x', 'x', 'x', x'01');
INSERT INTO stage (assembly, step, unit, data)
    VALUES ('a1', 'talk', 'table:t1', '[1790000000000000,null,"open",0,{"turn":1}]');
INSERT INTO step_key (assembly, step, wrapped)
    VALUES ('a1', 'vote', x'01bd1fbf55b14f9c730564afc80d31bd096b4013ee80f916d44f0c1dca8af7c423f31ccf9919c4a1b97e1f5cdc2e5fb2e0b8ec4bdc3d9030312466e657');
INSERT INTO tables (assembly, id, plan, site, number, languages, state)
    VALUES ('a1', 't1', 'mixed', 'fr', 1, 'fr de', 'open');
INSERT INTO translation (assembly, contribution, language, engine, body, version, via, state, "by", at, findings, edition)
    VALUES ('a1', 'c1', 'de', 'pseudo', x'0125653f7e077513c09402f3bf4f64f6c2a587729b5c150b31450237c1b83bead9c0578a74be6d41d5ecf3a7fe4ec7c0881ab227', '', '', 'machine', '', 1790000000000, '[]', 1);
INSERT INTO translation_edition (assembly, contribution, language, edition, body)
    VALUES ('a1', 'c1', 'de', 1, x'01ce5c3ae49f88936e6468d28cf34b231b1e6bf07766b3115b1f153a9e9f2d4f1e5c160380d6d8663b38fff04423769480aaa3ec');
INSERT INTO typed (holder, account, remote, question)
    VALUES ('x', 'x', 'x', 'x');
INSERT INTO version (assembly, contribution, n, seat, body, at)
    VALUES ('x', 'x', 1, 'x', x'01', 1);
INSERT INTO vote_cast (assembly, step, seat, at)
    VALUES ('a1', 'vote', 'wi6mwrzz46m4', 1790000000000);
INSERT INTO wanted (assembly, contribution, language, source, why, state, taken_by, until, due, at, refused)
    VALUES ('a1', 'c1', 'de', 'fr', 'questioned', 'waiting', '', NULL, 1790000000000, 1790000000000, '[]');
INSERT INTO wording_source (assembly, source, wording)
    VALUES ('x', 'x', 'x');
INSERT INTO wrong_code (lookup, tries, until, told)
    VALUES (x'01', 1, 1, 1);
