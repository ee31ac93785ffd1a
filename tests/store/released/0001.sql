-- One row or more in every table of schema 1, as the program of that time wrote them under KeyFile.from_seed(7). Frozen.
INSERT INTO arrival (assembly, step, table_id, digest, engine, texts, at)
    VALUES ('a1', 'relay', 't2', 'd1', 'pseudo', '{"c1": "c1@de"}', 1790000000000);
INSERT INTO assembly (id, flow_ref, seed, state, created, data)
    VALUES ('a1', 'demo@0123456789ab', 'seed', 'running', 1790000000000, '{}');
INSERT INTO ballot (assembly, step, holder, question, item, site, table_id, choice)
    VALUES ('a1', 'vote', '8f4213ad080515c2d917857c9f2dc919', 'q', '', 'fr', NULL, x'016d1948d2ebda54ecc69aae1b81a6a3c83f61b66fcbc0a37bc2be77b1c9b1ac55d30da8e6c7b09a9d534078a50a26b385');
INSERT INTO channel (lookup, seat, helper)
    VALUES (x'dca7a66a87741c6c0354231f98676ee6cd11c142723df9a8685cbdba287d2653', 'wi6mwrzz46m4', 0);
INSERT INTO code (hash, assembly, role, site, table_id, uses_left, expires, made)
    VALUES (x'a90d968827b08f6e5e642517908e815443d6a66b6b86f85c29aef359034e1be5', 'a1', 'facilitator', 'fr', 't1', 1, 1790000000001, 1790000000000);
INSERT INTO consent (seat, purpose, at, assembly, given, version, language)
    VALUES ('wi6mwrzz46m4', 'quotes', 1790000000000, 'a1', 1, 'v1', 'fr');
INSERT INTO contribution (seq, assembly, id, step, table_id, site, seat, kind, side, language, target, body, at, state, shared, helped, shown)
    VALUES (1, 'a1', 'c1', 'talk', 't1', 'fr', 'wi6mwrzz46m4', 'idea', '', 'fr', '', x'01d05cef3e2a83356f5711aa536ec60eaec6062219f08c805581c8dfc02c96ba1a69cd664fc5ab7f242a4ea265ae9a4167b18ba1b5ca0a6d75700f87b95e', 1790000000000, 'live', 1, 0, 0);
INSERT INTO counter (assembly, step, unit, name, value)
    VALUES ('a1', 'talk', 'course:fr', 'done', 1);
INSERT INTO course (assembly, id, data)
    VALUES ('a1', 'fr', '{"s":"running","at":{"":1},"open":{"talk":[1790000000000000,null,false,false,false]},"done":{"welcome":"done"},"session":1790000000000000,"started":1790000000000000}');
INSERT INTO cursor (account, value)
    VALUES ('telegram', '12');
INSERT INTO digest (assembly, id, step, table_id, site, language, state, data, at)
    VALUES ('a1', 'd1', 'sum', 't1', 'fr', 'fr', 'approved', '{"sentences":[{"sources":["c1"],"support":3,"against":1,"minority":false,"left_out":""}],"unheard":1,"members":6}', 1790000000000);
INSERT INTO flow (ref, id, title, body, published)
    VALUES ('demo@0123456789ab', 'demo', 'Demo', '{}', 1790000000000);
INSERT INTO identity (lookup, sealed, current_seat, seen)
    VALUES (x'dca7a66a87741c6c0354231f98676ee6cd11c142723df9a8685cbdba287d2653', x'01b883e8194dd8b9ee10927db69c18196c3abcd140c31c566e4d1a88c5e87372716e295fb1948eeb183dfcc3f6181571743c66a4d9a0b50d04dcd279fa33dbad394102363c6d25db98b47be4b3e268a6e110b7ddd33f8bb8395ec9', 'wi6mwrzz46m4', 1790000000000);
INSERT INTO inbox (seq, key, assembly, kind, at, received, seat, body, state, tries, error)
    VALUES (1, 'in-1', 'a1', 'heard', 1790000000000, 1790000000000, 'wi6mwrzz46m4', x'011cf49852bb40d7b9d234bacb9b07a1a4cd19149d595273cf5325664ea46fa3bc599c1470a56f355effe4842599', 'new', 0, '');
INSERT INTO job (assembly, key, job, data, state, tries)
    VALUES ('a1', 'job-1', 'seating', '{"course":"fr","step":"assign","unit":"","args":{}}', 'new', 0);
INSERT INTO lease (name, holder, fence, until)
    VALUES ('writer', 'one', 1, 1790000001000);
INSERT INTO log (seq, assembly, at, act, "by", data)
    VALUES (1, 'a1', 1790000000000, 'opened', 'wi6mwrzz46m4', '{"step":"talk"}');
INSERT INTO membership (assembly, table_id, seat, since, until)
    VALUES ('a1', 't1', 'wi6mwrzz46m4', 1790000000000, NULL);
INSERT INTO meta (name, value)
    VALUES ('filled', x'01');
INSERT INTO outbox (seq, key, assembly, seat, door, lane, step, at, due, body, state, tries, receipt, sent)
    VALUES (1, 'out-1', 'a1', 'wi6mwrzz46m4', NULL, 0, '', 1790000000000, 1790000000000, x'018b9492da78a5d41e541b526729c6b0fb668c1e3fb6f265e9994c7027a70a2bc587cc034ed3bbdfd42ef50abf41bcac', 'new', 0, '', NULL);
INSERT INTO result (assembly, step, unit, data, at)
    VALUES ('a1', 'vote', 'site:fr', '{"yes":1}', 1790000000000);
INSERT INTO seat (id, assembly, role, site, status, language, table_id, chair, name, attributes, focus, walk, helped, heard, joined, number)
    VALUES ('wi6mwrzz46m4', 'a1', 'participant', 'fr', 'active', 'fr', 't1', 1, x'0184b29fda44511ab8b37b2947ac2520f7df75352bb2d832c2fb1ef5aadc2595c245b56492cebff8c5d45ea31c7ebbfc', x'01fc32030128b21860925a24b46bf75d67a8e2462529d7156aaaa6e02af886fa86b81be20ae3105840b3298ef9ca674d0ecd933d81ca63', '', '', 0, NULL, 1790000000000, 1);
INSERT INTO seat_key (seat, wrapped)
    VALUES ('wi6mwrzz46m4', x'0123bfe55052fcc09e526d58513d1ab87069d7ec91ac428de15b2ce06d4eb9f851d7ff774e75aae533ed7be1a0e0698e54900bc7d8fe7d0b167dbc13e5');
INSERT INTO stage (assembly, step, unit, data)
    VALUES ('a1', 'talk', 'table:t1', '[1790000000000000,null,"open",0,{"turn":1}]');
INSERT INTO step_key (assembly, step, wrapped)
    VALUES ('a1', 'vote', x'0127d002dd5e62edfda76c72a8421ff833ad6982a14393393c16b8d64ac07c837bbdf5a24ea65fc8b194bbc66c3acf522d55ad7c1c8443d4a2721b9ebb');
INSERT INTO tables (assembly, id, plan, site, number, languages, state)
    VALUES ('a1', 't1', 'mixed', 'fr', 1, 'fr de', 'open');
INSERT INTO translation (assembly, contribution, language, engine, body)
    VALUES ('a1', 'c1', 'de', 'pseudo', x'0166c564615ec40a1102a8698c888de504a04342dd4abfe8390414e441cdb773d1acbef5453dfecda6a3391f00da9d6d15c6ad67');
INSERT INTO vote_cast (assembly, step, seat, at)
    VALUES ('a1', 'vote', 'wi6mwrzz46m4', 1790000000000);
