-- A studio's database as the last of ten unreleased migrations left it, with something in every table.
-- Written by that version's own store; the tests open it with today's.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0010');
CREATE TABLE api_keys (
	id VARCHAR(16) NOT NULL,
	name VARCHAR(64) NOT NULL,
	hash VARCHAR(64) NOT NULL,
	prefix VARCHAR(16) NOT NULL,
	created_at FLOAT NOT NULL,
	revoked_at FLOAT,
	requests_per_minute INTEGER,
	usd_day FLOAT,
	usd_month FLOAT,
	PRIMARY KEY (id),
	UNIQUE (hash)
);
INSERT INTO "api_keys" VALUES('e42fcfe1c1c980fd','ci','e42fcfe1c1c980fd4da553e792dfadee2232441197741434232363a40bf3c2e5','studio_NJu5',1764000000.0,NULL,60,1.0,20.0);
INSERT INTO "api_keys" VALUES('0c981cfc2ab57f7b','old','0c981cfc2ab57f7b39eda807732bcb2ec3cd9c0599f4b8210cfa260409ffe17c','studio_WJpp',1764000001.0,1764000002.0,NULL,NULL,NULL);
CREATE TABLE calls (
	job_id VARCHAR(32) NOT NULL,
	position INTEGER NOT NULL,
	endpoint TEXT NOT NULL,
	body JSON NOT NULL,
	state VARCHAR(16) NOT NULL,
	ticket JSON,
	warnings JSON NOT NULL,
	reported_usd FLOAT,
	charged VARCHAR(8) NOT NULL,
	error JSON,
	submitted_at FLOAT,
	finished_at FLOAT, reserved_usd FLOAT, seed BIGINT,
	PRIMARY KEY (job_id, position),
	FOREIGN KEY(job_id) REFERENCES jobs (id)
);
INSERT INTO "calls" VALUES('job00000000000000000000000000001',0,'/v1/flux-2-pro','{"prompt": "A fox 1 \u2602", "width": 1024}','succeeded','{"id": "ticket-0", "polling_url": "https://api.example/p"}','[]',0.03,'yes',NULL,1764000002.0,1764000006.0,0.03,77);
INSERT INTO "calls" VALUES('job00000000000000000000000000001',1,'/v1/flux-2-pro','{"prompt": "A fox 1 \u2602", "width": 1024}','succeeded','{"id": "ticket-1", "polling_url": "https://api.example/p"}','[]',0.03,'yes',NULL,1764000002.0,1764000007.0,0.03,78);
INSERT INTO "calls" VALUES('job00000000000000000000000000002',0,'/v1/flux-2-pro','{"prompt": "A fox 2 \u2602", "width": 1024}','failed',NULL,'[]',NULL,'no','{"code": "PROVIDER_ERROR", "message": "Black Forest Labs failed: the task ended.", "details": {"charged": "no", "provider": "bfl"}}',1764000003.0,1764000008.0,0.03,NULL);
INSERT INTO "calls" VALUES('job00000000000000000000000000003',0,'/v1/flux-2-pro','{"prompt": "A fox 3 \u2602", "width": 1024}','uncertain','{"id": "t3"}','[]',NULL,'unknown','{"code": "PROVIDER_ERROR", "message": "The answer was lost.", "details": {"charged": "unknown"}}',1764000004.0,1764000009.0,0.03,NULL);
INSERT INTO "calls" VALUES('job00000000000000000000000000004',0,'/v1/flux-2-pro','{"prompt": "A fox 4 \u2602", "width": 1024}','accepted','{"id": "t4"}','[]',NULL,'unknown',NULL,1764000005.0,NULL,0.03,NULL);
INSERT INTO "calls" VALUES('job00000000000000000000000000005',0,'/v1/flux-2-pro','{"prompt": "\u591c\u306e\u6771\u4eac\u30bf\u30ef\u30fc", "width": 1024}','planned',NULL,'[]',NULL,'no',NULL,NULL,NULL,0.03,NULL);
INSERT INTO "calls" VALUES('job00000000000000000000000000006',0,'/v1/flux-2-pro','{"prompt": "A fox 6 \u2602", "width": 1024}','dropped',NULL,'[]',NULL,'no',NULL,NULL,NULL,0.03,NULL);
INSERT INTO "calls" VALUES('job00000000000000000000000000007',0,'/v1/flux-2-pro','{"prompt": "\u8d64\u3044\u72d0 in the snow", "width": 1024}','succeeded',NULL,'[]',NULL,'no',NULL,1764000007.0,1764000012.0,0.03,NULL);
INSERT INTO "calls" VALUES('job00000000000000000000000000008',0,'/v1/flux-2-pro','{"prompt": "Make it night", "width": 1024}','succeeded',NULL,'[]',0.05,'yes',NULL,1764000008.0,1764000013.0,0.03,NULL);
INSERT INTO "calls" VALUES('job00000000000000000000000000009',0,'/v1/flux-2-pro','{"prompt": "A fox 9 \u2602", "width": 1024}','unstored','{"id": "t9"}','[]',NULL,'yes','{"code": "INTERNAL_ERROR", "message": "The disk is full.", "details": {}}',1764000009.0,1764000014.0,0.03,NULL);
CREATE TABLE comparison_entries (
	comparison_id VARCHAR(32) NOT NULL,
	place INTEGER NOT NULL,
	model VARCHAR(64) NOT NULL,
	settings JSON NOT NULL,
	job_id VARCHAR(32),
	error JSON,
	PRIMARY KEY (comparison_id, place),
	FOREIGN KEY(comparison_id) REFERENCES comparisons (id),
	FOREIGN KEY(job_id) REFERENCES jobs (id)
);
INSERT INTO "comparison_entries" VALUES('cmp00000000000000000000000000001',1,'flux-2-pro','{"seed": 1}','job00000000000000000000000000001',NULL);
INSERT INTO "comparison_entries" VALUES('cmp00000000000000000000000000001',2,'imagen-4','{}','job00000000000000000000000000008',NULL);
INSERT INTO "comparison_entries" VALUES('cmp00000000000000000000000000001',3,'recraft-v4','{}',NULL,'{"code": "MODEL_UNAVAILABLE", "message": "No key.", "details": {}}');
CREATE TABLE comparisons (
	id VARCHAR(32) NOT NULL,
	owner VARCHAR(64) NOT NULL,
	created_at FLOAT NOT NULL,
	prompt TEXT NOT NULL,
	wishes JSON NOT NULL,
	blind BOOLEAN NOT NULL,
	demo BOOLEAN NOT NULL,
	"key" VARCHAR(255),
	fingerprint VARCHAR(64) NOT NULL,
	winner INTEGER,
	shown JSON,
	voted_at FLOAT,
	PRIMARY KEY (id),
	UNIQUE (owner, "key")
);
INSERT INTO "comparisons" VALUES('cmp00000000000000000000000000001','ann',1764000050.0,'A fox','{"aspect_ratio": "1:1"}',1,0,'cmp-key','cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',2,'[1, 2]',1764000100.0);
CREATE TABLE durations (
	model VARCHAR(64) NOT NULL,
	count INTEGER NOT NULL,
	mean FLOAT NOT NULL,
	squares FLOAT NOT NULL,
	PRIMARY KEY (model)
);
INSERT INTO "durations" VALUES('flux-2-pro',9,1.68525351491694164174e+00,2.06409504325710396743e-02);
CREATE TABLE "files" (
	id VARCHAR(32) NOT NULL,
	kind VARCHAR(16) NOT NULL,
	name TEXT NOT NULL,
	mime_type VARCHAR(64) NOT NULL,
	width INTEGER NOT NULL,
	height INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	created_at FLOAT NOT NULL,
	owner VARCHAR(64) NOT NULL,
	job_id VARCHAR(32),
	call INTEGER,
	position INTEGER NOT NULL,
	favourite BOOLEAN DEFAULT 0 NOT NULL,
	gone VARCHAR(16),
	gone_at FLOAT,
	PRIMARY KEY (id),
	FOREIGN KEY(job_id, call) REFERENCES calls (job_id, position)
);
INSERT INTO "files" VALUES('file0000000000000000000000000001','result','01/file0000000000000000000000000001.png','image/png',1024,768,123456,'0000000000000000000000000000000000000000000000000000000000000001',1764000006.0,'ann','job00000000000000000000000000001',0,0,1,NULL,NULL);
INSERT INTO "files" VALUES('file0000000000000000000000000002','result','02/file0000000000000000000000000002.png','image/png',1024,768,123456,'0000000000000000000000000000000000000000000000000000000000000002',1764000007.0,'ann','job00000000000000000000000000001',1,0,0,'binned',1764000100.0);
INSERT INTO "files" VALUES('file0000000000000000000000000007','result','07/file0000000000000000000000000007.png','image/png',1024,768,123456,'0000000000000000000000000000000000000000000000000000000000000007',1764000012.0,'ann','job00000000000000000000000000007',0,0,0,NULL,NULL);
INSERT INTO "files" VALUES('file0000000000000000000000000020','input','20/file0000000000000000000000000020.png','image/png',1024,768,123456,'0000000000000000000000000000000000000000000000000000000000000014',1764000025.0,'ann',NULL,NULL,0,0,NULL,NULL);
INSERT INTO "files" VALUES('file0000000000000000000000000008','result','08/file0000000000000000000000000008.png','image/png',1024,768,123456,'0000000000000000000000000000000000000000000000000000000000000008',1764000013.0,'ann','job00000000000000000000000000008',0,0,0,NULL,NULL);
CREATE TABLE idempotency_keys (
	owner VARCHAR(64) NOT NULL,
	"key" VARCHAR(255) NOT NULL,
	fingerprint VARCHAR(64) NOT NULL,
	job_id VARCHAR(32) NOT NULL,
	created_at FLOAT NOT NULL,
	PRIMARY KEY (owner, "key"),
	FOREIGN KEY(job_id) REFERENCES jobs (id)
);
INSERT INTO "idempotency_keys" VALUES('ann','key-1','ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','job00000000000000000000000000001',1764000001.0);
CREATE TABLE job_keys (
	job_id VARCHAR(32) NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (job_id),
	FOREIGN KEY(job_id) REFERENCES jobs (id)
);
INSERT INTO "job_keys" VALUES('job00000000000000000000000000004',X'017365616C6564FF006B6579');
CREATE TABLE "jobs" (
	id VARCHAR(32) NOT NULL,
	owner VARCHAR(64) NOT NULL,
	task VARCHAR(16) NOT NULL,
	status VARCHAR(16) NOT NULL,
	model VARCHAR(64) NOT NULL,
	provider VARCHAR(32) NOT NULL,
	served_by VARCHAR(128),
	demo BOOLEAN NOT NULL,
	created_at FLOAT NOT NULL,
	started_at FLOAT,
	finished_at FLOAT,
	asked JSON NOT NULL,
	prompt TEXT NOT NULL,
	controls JSON NOT NULL,
	response_format VARCHAR(16) NOT NULL,
	input_file VARCHAR(32),
	estimated_usd FLOAT,
	warnings JSON NOT NULL,
	error JSON,
	replaces VARCHAR(32),
	webhook_url TEXT,
	origin TEXT,
	worker VARCHAR(64),
	lease INTEGER DEFAULT '0' NOT NULL,
	lease_until FLOAT,
	payer VARCHAR(16) DEFAULT 'studio' NOT NULL,
	guest BOOLEAN DEFAULT 0 NOT NULL,
	PRIMARY KEY (id)
);
INSERT INTO "jobs" VALUES('job00000000000000000000000000001','ann','generate','succeeded','flux-2-pro','bfl','BFL',0,1764000001.0,1764000002.0,1764000007.0,'{"prompt": "A fox 1 \u2602", "model": "flux-2-pro"}','A fox 1 ☂','{"seed": 4294967295, "aspect_ratio": "1:1"}','auto',NULL,0.03,'["The seed was taken as it is."]',NULL,NULL,'https://hooks.example/a','http://127.0.0.1:7860',NULL,1,NULL,'studio',0);
INSERT INTO "jobs" VALUES('job00000000000000000000000000002','session:bob','generate','failed','flux-2-pro','bfl','BFL',0,1764000002.0,1764000003.0,1764000008.0,'{"prompt": "A fox 2 \u2602", "model": "flux-2-pro"}','A fox 2 ☂','{"seed": 4294967295, "aspect_ratio": "1:1"}','auto',NULL,0.03,'["The seed was taken as it is."]','{"code": "PROVIDER_ERROR", "message": "Black Forest Labs failed: the task ended.", "details": {"charged": "no", "provider": "bfl"}}',NULL,'https://hooks.example/b','http://127.0.0.1:7860',NULL,1,NULL,'studio',1);
INSERT INTO "jobs" VALUES('job00000000000000000000000000003','ann','generate','uncertain','flux-2-pro','bfl','BFL',0,1764000003.0,1764000004.0,1764000009.0,'{"prompt": "A fox 3 \u2602", "model": "flux-2-pro"}','A fox 3 ☂','{"seed": 4294967295, "aspect_ratio": "1:1"}','auto',NULL,0.03,'["The seed was taken as it is."]','{"code": "PROVIDER_ERROR", "message": "The answer was lost. Its ticket can be looked at again, free of charge (look_again). It can be run again as a new job (run_again); if this one was accepted, both are charged.", "details": {"charged": "unknown", "offers": ["look_again", "run_again"]}}',NULL,NULL,'http://127.0.0.1:7860',NULL,1,NULL,'studio',0);
INSERT INTO "jobs" VALUES('job00000000000000000000000000004','session:bob','generate','running','flux-2-pro','bfl','BFL',0,1764000004.0,1764000005.0,NULL,'{"prompt": "A fox 4 \u2602", "model": "flux-2-pro"}','A fox 4 ☂','{"seed": 4294967295, "aspect_ratio": "1:1"}','auto',NULL,0.03,'["The seed was taken as it is."]',NULL,NULL,NULL,'http://127.0.0.1:7860','process-a',1,1764000034.0,'visitor',1);
INSERT INTO "jobs" VALUES('job00000000000000000000000000005','ann','generate','queued','flux-2-pro','bfl','BFL',1,1764000005.0,NULL,NULL,'{"prompt": "\u591c\u306e\u6771\u4eac\u30bf\u30ef\u30fc"}','夜の東京タワー','{"seed": 4294967295, "aspect_ratio": "1:1"}','auto',NULL,0.03,'["The seed was taken as it is."]',NULL,NULL,NULL,'http://127.0.0.1:7860',NULL,0,NULL,'nobody',0);
INSERT INTO "jobs" VALUES('job00000000000000000000000000006','ann','generate','canceled','flux-2-pro','bfl','BFL',0,1764000006.0,NULL,1764000010.0,'{"prompt": "A fox 6 \u2602", "model": "flux-2-pro"}','A fox 6 ☂','{"seed": 4294967295, "aspect_ratio": "1:1"}','auto',NULL,0.03,'["The seed was taken as it is."]',NULL,NULL,NULL,'http://127.0.0.1:7860','process-a',1,1764000036.0,'studio',0);
INSERT INTO "jobs" VALUES('job00000000000000000000000000007','ann','generate','succeeded','flux-2-pro','bfl','BFL',1,1764000007.0,1764000007.0,1764000012.0,'{"prompt": "\u8d64\u3044\u72d0 in the snow"}','赤い狐 in the snow','{"seed": 4294967295, "aspect_ratio": "1:1"}','auto',NULL,0.03,'["The seed was taken as it is."]',NULL,NULL,NULL,'http://127.0.0.1:7860',NULL,1,NULL,'nobody',0);
INSERT INTO "jobs" VALUES('job00000000000000000000000000008','ann','edit','succeeded','flux-2-pro','bfl','BFL',0,1764000008.0,1764000008.0,1764000013.0,'{"prompt": "A fox 8 \u2602", "model": "flux-2-pro"}','Make it night','{"seed": 4294967295, "aspect_ratio": "1:1"}','auto','file0000000000000000000000000001',0.03,'["The seed was taken as it is."]',NULL,'job00000000000000000000000000003',NULL,'http://127.0.0.1:7860',NULL,1,NULL,'studio',0);
INSERT INTO "jobs" VALUES('job00000000000000000000000000009','ann','generate','failed','flux-2-pro','bfl','BFL',0,1764000009.0,1764000009.0,1764000014.0,'{"prompt": "A fox 9 \u2602", "model": "flux-2-pro"}','A fox 9 ☂','{"seed": 4294967295, "aspect_ratio": "1:1"}','auto',NULL,0.03,'["The seed was taken as it is."]','{"code": "INTERNAL_ERROR", "message": "The disk is full.", "details": {}}',NULL,NULL,'http://127.0.0.1:7860',NULL,1,NULL,'studio',0);
CREATE TABLE library (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	file_id VARCHAR(32) NOT NULL,
	owner VARCHAR(64) NOT NULL,
	created_at FLOAT NOT NULL,
	model VARCHAR(64) NOT NULL,
	provider VARCHAR(32) NOT NULL,
	task VARCHAR(16) NOT NULL,
	favourite BOOLEAN NOT NULL,
	shown BOOLEAN NOT NULL,
	UNIQUE (file_id)
);
INSERT INTO "library" VALUES(1,'file0000000000000000000000000001','ann',1764000006.0,'flux-2-pro','bfl','generate',1,1);
INSERT INTO "library" VALUES(2,'file0000000000000000000000000002','ann',1764000007.0,'flux-2-pro','bfl','generate',0,0);
INSERT INTO "library" VALUES(3,'file0000000000000000000000000007','ann',1764000012.0,'flux-2-pro','bfl','generate',0,1);
INSERT INTO "library" VALUES(4,'file0000000000000000000000000008','ann',1764000013.0,'flux-2-pro','bfl','edit',0,1);
CREATE VIRTUAL TABLE library_search USING fts5(owner, prompt, content='', prefix='1 2 3', tokenize='unicode61 remove_diacritics 2');
DELETE FROM "library_search_config";
INSERT INTO "library_search_config" VALUES('version',4);
DELETE FROM "library_search_data";
INSERT INTO "library_search_data" VALUES(1,X'04040F');
INSERT INTO "library_search_data" VALUES(10,X'000000000104040004010101020101030101040101');
INSERT INTO "library_search_data" VALUES(137438953473,X'0000006D023031010601010401016101060101020103666F78010601010301076F3631366536650102020002313101060101040101610106010102010166010601010301016F010202000332666F010601010301026F36010202000433666F78010601010301036F36310102020408080A0C090808060A070B');
INSERT INTO "library_search_data" VALUES(274877906945,X'0000006D023031020601010401016102060101020103666F78020601010301076F3631366536650202020002313102060101040101610206010102010166020601010301016F020202000332666F020601010301026F36020202000433666F78020601010301036F36310202020408080A0C090808060A070B');
INSERT INTO "library_search_data" VALUES(412316860417,X'000000C90330696E030601010501076F3631366536650302020104736E6F770306010107010374686503060101060103E3818403060101030103E78B9003060101040103E8B5A4030601010200023169030601010501016F030202010173030601010701017403060101060103E3818403060101030103E78B9003060101040103E8B5A40306010102000332696E030601010501026F360302020102736E03060101070102746803060101060004336F36310302020103736E6F03060101070103746865030601010604090C0B0A0A0A0A090608080A0A0A0A070909090A');
INSERT INTO "library_search_data" VALUES(549755813889,X'0000008F03306974040601010301046D616B65040601010201056E69676874040601010401076F36313665366504020200023169040601010301016D040601010201016E040601010401016F0402020003326974040601010301026D61040601010201026E69040601010401026F360402020004336D616B040601010201036E6967040601010401036F363104020204090B0C0C090808060A0909070B0A');
DELETE FROM "library_search_docsize";
INSERT INTO "library_search_docsize" VALUES(1,X'0103');
INSERT INTO "library_search_docsize" VALUES(2,X'0103');
INSERT INTO "library_search_docsize" VALUES(3,X'0106');
INSERT INTO "library_search_docsize" VALUES(4,X'0103');
DELETE FROM "library_search_idx";
INSERT INTO "library_search_idx" VALUES(1,X'',2);
INSERT INTO "library_search_idx" VALUES(2,X'',2);
INSERT INTO "library_search_idx" VALUES(3,X'',2);
INSERT INTO "library_search_idx" VALUES(4,X'',2);
CREATE TABLE prompt_words (
	job_id VARCHAR(32) NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (job_id),
	FOREIGN KEY(job_id) REFERENCES jobs (id)
);
INSERT INTO "prompt_words" VALUES('job00000000000000000000000000005',' 夜  の  東  京  タ  ワ  ー ');
INSERT INTO "prompt_words" VALUES('job00000000000000000000000000007',' 赤  い  狐  in the snow');
CREATE TABLE shares (
	file_id VARCHAR(32) NOT NULL,
	token VARCHAR(32) NOT NULL,
	created_at FLOAT NOT NULL,
	PRIMARY KEY (file_id),
	FOREIGN KEY(file_id) REFERENCES files (id),
	UNIQUE (token)
);
INSERT INTO "shares" VALUES('file0000000000000000000000000001','4hoDrkgNht4zOkz9Brb3gw',1764000100.0);
CREATE TABLE webhooks (
	id VARCHAR(32) NOT NULL,
	job_id VARCHAR(32) NOT NULL,
	url TEXT NOT NULL,
	attempts INTEGER NOT NULL,
	due_at FLOAT,
	delivered_at FLOAT,
	last_error TEXT,
	created_at FLOAT NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(job_id) REFERENCES jobs (id)
);
INSERT INTO "webhooks" VALUES('msg_01a22db7ebc79169d13bae6bfda3','job00000000000000000000000000001','https://hooks.example/a',1,NULL,1764000021.0,NULL,1764000007.0);
INSERT INTO "webhooks" VALUES('msg_01a22db7ebff23e4fdf16a0de30f','job00000000000000000000000000002','https://hooks.example/b',1,1764000300.0,NULL,'HTTP 503',1764000008.0);
CREATE INDEX calls_by_state ON calls (state);
CREATE INDEX webhooks_by_due ON webhooks (due_at);
CREATE INDEX webhooks_by_job ON webhooks (job_id);
CREATE INDEX jobs_by_time ON jobs (created_at);
CREATE INDEX jobs_by_owner_and_time ON jobs (owner, created_at);
CREATE INDEX jobs_by_owner ON jobs (owner, id);
CREATE INDEX jobs_by_worker ON jobs (worker);
CREATE INDEX jobs_by_status ON jobs (status);
CREATE INDEX files_by_job ON files (job_id);
CREATE INDEX files_by_owner ON files (owner, favourite, created_at);
CREATE INDEX files_by_time ON files (created_at);
CREATE INDEX jobs_by_input ON jobs (input_file);
CREATE INDEX library_by_owner ON library (owner, shown, id, created_at, model, provider, task, favourite, file_id);
CREATE TRIGGER library_adds AFTER INSERT ON files BEGIN INSERT INTO library (file_id, owner, created_at, model, provider, task, favourite, shown) SELECT files.id, files.owner, files.created_at, jobs.model, jobs.provider, jobs.task, files.favourite, files.gone IS NULL FROM files JOIN jobs ON jobs.id = files.job_id WHERE files.kind = 'result' AND (files.gone IS NULL OR files.gone = 'binned') AND files.id = new.id; END;
CREATE TRIGGER library_follows AFTER UPDATE OF favourite, gone ON files BEGIN UPDATE library SET favourite = new.favourite, shown = new.gone IS NULL WHERE file_id = new.id; DELETE FROM library WHERE file_id = new.id AND new.gone IS NOT NULL AND new.gone <> 'binned'; END;
CREATE INDEX comparisons_by_owner ON comparisons (owner, id);
CREATE INDEX comparison_entries_by_job ON comparison_entries (job_id);
CREATE TRIGGER library_indexes AFTER INSERT ON library BEGIN INSERT INTO library_search (rowid, owner, prompt) SELECT library.id, 'o' || hex(library.owner), coalesce((SELECT text FROM prompt_words WHERE prompt_words.job_id = jobs.id), jobs.prompt) FROM library JOIN files ON files.id = library.file_id JOIN jobs ON jobs.id = files.job_id WHERE library.id = new.id; END;
CREATE TRIGGER library_forgets BEFORE DELETE ON library BEGIN INSERT INTO library_search (library_search, rowid, owner, prompt) SELECT 'delete', library.id, 'o' || hex(library.owner), coalesce((SELECT text FROM prompt_words WHERE prompt_words.job_id = jobs.id), jobs.prompt) FROM library JOIN files ON files.id = library.file_id JOIN jobs ON jobs.id = files.job_id WHERE library.id = old.id; END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('library',4);
COMMIT;
