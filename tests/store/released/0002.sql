-- One row or more in every table of schema 2, as the program of that time wrote them under KeyFile.from_seed(7). Frozen.
INSERT INTO arrival (assembly, step, table_id, digest, engine, texts, at)
    VALUES ('a1', 'relay', 't2', 'd1', 'pseudo', '{"c1": "c1@de"}', 1790000000000);
INSERT INTO assembly (id, flow_ref, seed, state, created, data)
    VALUES ('a1', 'demo@0123456789ab', 'seed', 'running', 1790000000000, '{}');
INSERT INTO ballot (assembly, step, holder, question, item, site, table_id, choice)
    VALUES ('a1', 'vote', '85ddaf66147934283856475972eb56d4', 'q', '', 'fr', NULL, x'01ca8fa95b35bc22650481f908561f482d3735f26e5ab0400658dee0f6b4de673d49afb949bd47e67ad530e9aaf0a6ac01');
INSERT INTO binding (hash, assembly, table_id, seat, made, expires)
    VALUES (x'00959338daa8396a9440fb8233e6a5379f54a2f485a425b8437522278c349c78', 'a1', 't1', 'wi6mwrzz46m4', 1790000000000, 1790000000001);
INSERT INTO button (key, assembly, holder, step, presses, made)
    VALUES ('abcdefghij234567', 'a1', 'wi6mwrzz46m4', 'vote', '["vote:q::yes"]', 1790000000000);
INSERT INTO channel (lookup, seat, helper)
    VALUES (x'dca7a66a87741c6c0354231f98676ee6cd11c142723df9a8685cbdba287d2653', 'wi6mwrzz46m4', 0);
INSERT INTO code (hash, assembly, role, site, table_id, uses_left, expires, made, seat, guest, way, shared)
    VALUES (x'f882c90f25b5a5a440f95ec7268120048030f5458f5537889c5ffbcf9f23af48', 'a1', 'facilitator', 'fr', 't1', 1, 1790000000001, 1790000000000, '', NULL, '', 0);
INSERT INTO consent (seat, purpose, at, assembly, given, version, language)
    VALUES ('wi6mwrzz46m4', 'quotes', 1790000000000, 'a1', 1, 'v1', 'fr');
INSERT INTO contribution (seq, assembly, id, step, table_id, site, seat, kind, side, language, target, body, at, state, shared, helped, shown, media)
    VALUES (1, 'a1', 'c1', 'talk', 't1', 'fr', 'wi6mwrzz46m4', 'idea', '', 'fr', '', x'017529a1ad3121bcb5175935499263422723730804a8573e5158b4997ea1944cecc8d4e1ce02615fe3d45459b479b335fa8311eea0cd0ac3c12cb71adced', 1790000000000, 'live', 1, 0, 0, '');
INSERT INTO copy (holder, remote, account, contribution, assembly, original, at, reach)
    VALUES ('wi6mwrzz46m4', '17', '', 'c1', 'a1', 0, 1790000000000, 1);
INSERT INTO counter (assembly, step, unit, name, value)
    VALUES ('a1', 'talk', 'course:fr', 'done', 1);
INSERT INTO course (assembly, id, data)
    VALUES ('a1', 'fr', '{"s":"running","at":{"":1},"open":{"talk":[1790000000000000,null,false,false,false]},"done":{"welcome":"done"},"session":1790000000000000,"started":1790000000000000}');
INSERT INTO cursor (account, value, heard)
    VALUES ('telegram', '12', 0);
INSERT INTO digest (assembly, id, step, table_id, site, language, state, data, at)
    VALUES ('a1', 'd1', 'sum', 't1', 'fr', 'fr', 'approved', '{"sentences":[{"sources":["c1"],"support":3,"against":1,"minority":false,"left_out":""}],"unheard":1,"members":6}', 1790000000000);
INSERT INTO file_ref (account, id, sealed)
    VALUES ('x', 'x', x'01');
INSERT INTO flow (ref, id, title, body, published)
    VALUES ('demo@0123456789ab', 'demo', 'Demo', '{}', 1790000000000);
INSERT INTO guest (assembly, lookup, sealed, role, site, language, table_id, issue, seat, made)
    VALUES ('x', x'01', x'01', 'x', 'x', 'x', 'x', 1, 'x', 1);
INSERT INTO hold (scope, until, slow_until)
    VALUES (x'658f9f482b4fd28485a77344cfea4519af18ddb8c7295969d227dff4528a8565', 1790000000001, 1790000000002);
INSERT INTO identity (lookup, sealed, current_seat, seen, lost, told)
    VALUES (x'dca7a66a87741c6c0354231f98676ee6cd11c142723df9a8685cbdba287d2653', x'0111133620d8dad57cab26d921baa957bfd6d3ea166adedf91a07f72c0ae9f58cf4932147e4aefccfba52779e0dbdd4c3ed16b4ebcedd8a2696ad98e297909d4432a02569b8f087dc0763ba78c233255147ffeaa2071c123bb0ca8f409cc92', 'wi6mwrzz46m4', 1790000000000, '', 0);
INSERT INTO inbox (seq, key, assembly, kind, at, received, seat, body, state, tries, error)
    VALUES (1, 'in-1', 'a1', 'heard', 1790000000000, 1790000000000, 'wi6mwrzz46m4', x'016149d627ee14ff7558a8d35e9610ddd73715631a9ebb06e104e28f3b832818e97ae8ed4f4e47c035a242d6bffe', 'new', 0, '');
INSERT INTO job (assembly, key, job, data, state, tries, due)
    VALUES ('a1', 'job-1', 'seating', '{"course":"fr","step":"assign","unit":"","args":{}}', 'new', 0, 0);
INSERT INTO joining (assembly, paused, rung)
    VALUES ('x', 1, 1);
INSERT INTO lease (name, holder, fence, until)
    VALUES ('writer', 'one', 1, 1790000001000);
INSERT INTO linking (seat, lookup, number, expires, told, tries)
    VALUES ('x', x'01', x'01', 1, 1, 1);
INSERT INTO log (seq, assembly, at, act, "by", data)
    VALUES (1, 'a1', 1790000000000, 'opened', 'wi6mwrzz46m4', '{"step":"talk"}');
INSERT INTO media (assembly, id, seat, account, kind, sealed, at)
    VALUES ('x', 'x', 'x', 'x', 'x', x'01', 1);
INSERT INTO membership (assembly, table_id, seat, since, until)
    VALUES ('a1', 't1', 'wi6mwrzz46m4', 1790000000000, NULL);
INSERT INTO meta (name, value)
    VALUES ('filled', x'01');
INSERT INTO outbox (seq, key, assembly, seat, door, lane, step, at, due, body, state, tries, receipt, sent, act, target, about, silent, account)
    VALUES (1, 'out-1', 'a1', 'wi6mwrzz46m4', NULL, 0, '', 1790000000000, 1790000000000, x'012695d3862beff7b1f569f612109400a835c8c9dfe5f0c1da1089449ce9fd684ddb4e6956a262e0226c3d65762f4643', 'new', 0, '', NULL, 'say', '', '', 0, '');
INSERT INTO question (key, holder, account, remote, room, sealed, offers, lettered, asks, follows, said, over, passed)
    VALUES ('x', 'x', 'x', 'x', 1, x'01', 1, 1, 'x', 1, 1, 1, 1);
INSERT INTO result (assembly, step, unit, data, at)
    VALUES ('a1', 'vote', 'site:fr', '{"yes":1}', 1790000000000);
INSERT INTO room (id, assembly, table_id, account, bound, "by", state, made)
    VALUES (x'24c7a0ef27ab085902a0003b9b89ea09', 'a1', 't1', 'test:main', 1790000000000, 'wi6mwrzz46m4', 'open', 0);
INSERT INTO room_address (lookup, room, chat, sealed, since, current)
    VALUES (x'247c1a47ebdf7f721621b1e4405423e31e327398d492a75462a3650b9cfb6077', x'24c7a0ef27ab085902a0003b9b89ea09', x'247c1a47ebdf7f721621b1e4405423e31e327398d492a75462a3650b9cfb6077', x'01a5439804abb2cc06c27152fd3a4e35cc658d760e6dd2a500ebaf3f202833089033547441993ee7023850a1d88ba2a826212cef07a26b80e45b48b9dc4c', 1790000000000, 1);
INSERT INTO seat (id, assembly, role, site, status, language, table_id, chair, name, attributes, focus, walk, helped, heard, joined, number, room, lost, way)
    VALUES ('wi6mwrzz46m4', 'a1', 'participant', 'fr', 'active', 'fr', 't1', 1, x'01a6461170d91adb4ce1f52896d35eb60545a9b8a572cee91ccb765dea9e0799889dee1daf631047582ac6393f857a0c', x'01df9bd42b369030f4ed7898bfb1578f9213879ec3ef95a114115ac77dda2944bb1d93711ae42d0b9e6308318d8615a98d3317ec35d4d1', '', '', 0, NULL, 1790000000000, 1, NULL, '', '');
INSERT INTO seat_key (seat, wrapped)
    VALUES ('wi6mwrzz46m4', x'01893be559e7234780ec49dea8fde605c8fb4057adbcd646b4c1747aaf12c8208cc5756c613e9a7f577cd65dab56cfb2449595dc92bc2803611046bec5');
INSERT INTO space (assembly, account, key, sealed)
    VALUES ('x', 'x', 'x', x'01');
INSERT INTO stage (assembly, step, unit, data)
    VALUES ('a1', 'talk', 'table:t1', '[1790000000000000,null,"open",0,{"turn":1}]');
INSERT INTO step_key (assembly, step, wrapped)
    VALUES ('a1', 'vote', x'01c8e72b72919cc647f6401e81acf5f266119f1782363e826d4eaee2c0b3bf888cf3e678f1560d3dbf7faccaefe4603d504f08740a7468abc57df6e850');
INSERT INTO tables (assembly, id, plan, site, number, languages, state)
    VALUES ('a1', 't1', 'mixed', 'fr', 1, 'fr de', 'open');
INSERT INTO translation (assembly, contribution, language, engine, body)
    VALUES ('a1', 'c1', 'de', 'pseudo', x'01ed74c5841df05864b71747538e37f8102ecfdf364d067e050e8742b99af6ef4dfc25447d53a4a4219f162e1222b343fc2756e1');
INSERT INTO typed (holder, account, remote, question)
    VALUES ('x', 'x', 'x', 'x');
INSERT INTO version (assembly, contribution, n, seat, body, at)
    VALUES ('x', 'x', 1, 'x', x'01', 1);
INSERT INTO vote_cast (assembly, step, seat, at)
    VALUES ('a1', 'vote', 'wi6mwrzz46m4', 1790000000000);
INSERT INTO wrong_code (lookup, tries, until, told)
    VALUES (x'01', 1, 1, 1);
