-- What a database of schema 2 holds, as sqlite3 dumps it, the index of words as rows: kept for ever, so that every later
-- program opens it.
CREATE TABLE schema_step (number INTEGER NOT NULL PRIMARY KEY) STRICT;
INSERT INTO schema_step VALUES(1);
INSERT INTO schema_step VALUES(2);
INSERT INTO schema_step VALUES(3);
INSERT INTO schema_step VALUES(4);
INSERT INTO schema_step VALUES(5);
INSERT INTO schema_step VALUES(6);
INSERT INTO schema_step VALUES(7);
INSERT INTO schema_step VALUES(8);
CREATE TABLE fact (
    seq INTEGER NOT NULL PRIMARY KEY,
    recorded_at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    words TEXT,
    salt BLOB,
    words_hash BLOB,
    hash BLOB NOT NULL,
    client TEXT NOT NULL,
    shelf INTEGER NOT NULL,
    first_period INTEGER NOT NULL,
    last_period INTEGER NOT NULL,
    subject TEXT NOT NULL,
    parent TEXT
) STRICT;
INSERT INTO fact VALUES(1,1795448279,'ada','user','{"id":"ada","role":"owner"}','{"name":"Ada Park"}',X'28eb4a939f29f04673017454ea290a71',X'729a5abbb78543c9527bc864b341f94468296cc1b58eefd89a68c3403f5ebefc',X'aa9434982c2a035078b34a43ed5b396b173309ade3affe3ae6472db6ed960aef','',6,0,0,'ada',NULL);
INSERT INTO fact VALUES(2,1795448279,'ada','terms','{"effective":"2021-01-01","yaml":"# The agency''s current terms, in the form that mainstay reads (docs/terms.md).\n# What its public page does not say is marked \"Not published\": there this example sets a value.\nmainstay_terms: 1\nname: Support terms\n# Not published: since when they hold.\neffective: 2021-01-01\ncurrency: USD\n\n# Over the purchased hours, where the signed contract has no rate of its own.\nlist_rate: 165.00\n\nservice_lines:\n  website-maintenance:\n    name: Website maintenance\n    about: your own website and shop, and training in their use; not the sync software\n    covers: [research, troubleshooting, module-installation, custom-development, content, training, hosting-care]\n  integration-support:\n    name: Integration support\n    about: >-\n      our own sync software, learning to use it, and troubleshooting it and the data it brings into the shop; no third-party\n      software and no customization, unless you asked for a custom rule\n    covers: [research, troubleshooting, training]\n    covers_when_approved: [custom-rule]\n\nwork_types:\n  research: {name: Research and discovery}\n  troubleshooting: {name: Troubleshooting}\n  module-installation: {name: Module installation}\n  custom-development: {name: Custom development}\n  content: {name: Content}\n  training: {name: Training}\n  hosting-care: {name: Hosting care}\n  custom-rule: {name: Custom rule}\n  third-party: {name: Third-party software}\n  # Any server-related issue is not charged.\n  server: {name: Server work, charged: never}\n\n# The hourly rate on a plan depends on its level. Not published: the levels, their hours, fees and rates.\nplans:\n  care-1: {name: Care 1, service_line: website-maintenance, hours: 1, fee: 150.00, overage_rate: 160.00}\n  care-2: {name: Care 2, service_line: website-maintenance, hours: 2, fee: 290.00, overage_rate: 155.00}\n  care-5: {name: Care 5, service_line: website-maintenance, hours: 5, fee: 700.00, overage_rate: 150.00}\n  care-10: {name: Care 10, service_line: website-maintenance, hours: 10, fee: 1350.00, overage_rate: 145.00}\n  care-20: {name: Care 20, service_line: website-maintenance, hours: 20, fee: 2600.00, overage_rate: 140.00}\n  sync-1: {name: Sync 1, service_line: integration-support, hours: 1, fee: 150.00, overage_rate: 160.00}\n  sync-3: {name: Sync 3, service_line: integration-support, hours: 3, fee: 430.00, overage_rate: 155.00}\n\n# Hours bought ahead: 150 an hour, in increments of 5 hours, generally for a project, usable in the following month to\n# complete it. Not published: that they can be used before they are paid for.\nblocks: {price_per_hour: 150.00, minimum: 5, step: 5, expires: following-month, usable: on-issue}\n\n# The current page names no increment, so time is billed as worked.\nincrement: none\n\n# Not published, and left out here, which means allow: when_hours_run_out, whether overage goes on, up to a limit, or only as far\n# as the client approves it.\n\n# Not published, and here as mainstay does it where a file does not say: what happens to time that is logged after its month\n# was closed, which hours pay for which work, what a first, partial month costs, and what an upgrade in mid-month does.\nlate_time: adjust\ndraw_order: best-for-client\nfirst_period: full\nupgrade: at-once\n\n# Or what the signed contract negotiated. Not published: that more than the rate is negotiable (another plan, or more hours,\n# are, by agreement).\nnegotiable: [overage_rate, hours, fee]\n\n# With a license, upgrades to the latest stable versions are free.\nlicensing: {billing: [monthly, annually], upgrades: free-while-current}\n"}',NULL,NULL,NULL,X'0edd3371360b8c502f1af6d7818a1adaf0fc5ce9626d01fe75ab0d3c95b01214','',6,0,0,'2021-01-01',NULL);
INSERT INTO fact VALUES(3,1795448279,'ada','client','{"id":"acme","zone":"America/Los_Angeles","currency":"USD"}','{"name":"Acme Outdoor"}',X'c7c9b648ca4fe2fadbb98af29c0b71db',X'16c7a5e62090831f610e5ede521846106cfb09f322298240899f75f6b69c4d78',X'322f734bfd842602e46962392de1456f96d341c78fc4099ff81770c870677bf6','acme',0,0,0,'acme',NULL);
INSERT INTO fact VALUES(4,1795448279,'ada','contact','{"id":"p-4","client":"acme"}','{"name":"Cy Chen","email":"cy@acme.example"}',X'a77ed54f3748532462fdac658c2ea7ac',X'ac4f85e3bc2c5cb84b98dcac52c9041a41627138552912826ccb776bf3d3f381',X'7324ebf3c11d65334b257b24bdde8a458c2a0bae8343265e723cd14266baba6b','acme',5,0,0,'p-4',NULL);
INSERT INTO fact VALUES(5,1795448279,'ada','contract','{"id":"acme-website-maintenance","client":"acme","service_line":"website-maintenance","plan":"care-2","from":"2026-09-01"}',NULL,NULL,NULL,X'dc2ec4a090769884c33958a377ad97016c2092d50d97ef1a750b3d3aa8b71ab5','acme',0,0,0,'acme-website-maintenance',NULL);
INSERT INTO fact VALUES(6,1795448279,'ada','request','{"id":"r-6","client":"acme","service_line":"website-maintenance"}','{"title":"Images are slow"}',X'bb51f364e5f64b9aaccaca41f1f3a068',X'1e7dc83ff8c84df7b0d83057a0554f779b5b144d79e35613af48ab6f33315972',X'da7562b19e03d527efc02b02dff3d08226fb879c619fff5089c1141cb7ce5922','acme',3,0,0,'r-6',NULL);
INSERT INTO fact VALUES(7,1795448279,'ada','time','{"id":"e-7","request":"r-6","work_type":"research","date":"2026-09-10","hours":"1:15"}','{"person":"ada"}',X'5f0ee15e8dd4ac79b08b075f9c50eb13',X'5504544ca628365c6c7b802f90746ebc4a4478233eff4b9b3ca9ef6b57401e35',X'c52fea530cd5c30255ea8564dcde1fe27d52bed20f5a4dd24b8cac7dc12cc82a','acme',1,24320,24320,'e-7','r-6');
INSERT INTO fact VALUES(8,1795448279,'ada','time','{"id":"e-8","request":"r-6","work_type":"content","date":"2026-10-10","hours":"1:30"}','{"person":"ada"}',X'f33e29db24d210385586146c62e565a8',X'168dfcfca5b9724d6929d79666f2a663f4bca8e4c312d05e6c2bcda3675ec47a',X'88f02bf54b627707cd6834d935bd299ad7950782e5cc9f78eafcc8c133da0474','acme',1,24321,24321,'e-8','r-6');
INSERT INTO fact VALUES(9,1795448279,'ada','closing','{"client":"acme","period":"2026-09","available":{"allotment:2026-09:acme-website-maintenance":"2:00"},"positions":[{"period":"2026-09","about":"fee:acme-website-maintenance","amount":"290.00"},{"period":"2026-09","about":"entry:e-7","worked":"1:15","draws":{"allotment:2026-09:acme-website-maintenance":"1:15"},"amount":"0.00"}]}',NULL,NULL,NULL,X'5386f3a0fdac6d0b9429f4dcfd9ce294f745923ac50c9b162e5388ae71cff656','acme',4,24320,24320,'acme/2026-09',NULL);
INSERT INTO fact VALUES(10,1795448279,'ada','time','{"id":"e-10","request":"r-6","work_type":"content","date":"2026-09-11","hours":"0:20"}','{"person":"ada"}',X'bb028ead0931f42b938e7cfec658e1be',X'a5960a248f310f705f9e10ec740df7d6ddd9493f98e6dd8e663fd576793471b2',X'1bc51a53847195203820b2cdbcc625b005d2802205a673299c88b040b32d930c','acme',1,24320,24320,'e-10','r-6');
INSERT INTO fact VALUES(11,1795448279,'ada','message','{"id":"m-11","request":"r-6","from":"ada","for":"client"}','{"text":"They are back"}',X'bb8e28d9c20e48eacafe119f0e183543',X'05b39d3805ab00c2373ec58b2c8dc1089181a123ea6139da45285401e2714c3e',X'd01930c9833b67c1ac236b679be36d1dbf3859cc939e61cffb24767df3842ef6','acme',5,0,0,'m-11','r-6');
CREATE TABLE audit (
    id INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    operation TEXT NOT NULL,
    client TEXT NOT NULL,
    subject TEXT NOT NULL,
    first_seq INTEGER,
    last_seq INTEGER,
    hash BLOB NOT NULL, state TEXT) STRICT;
INSERT INTO audit VALUES(1,1795448279,'ada','user.add','','ada',1,1,X'f850d4cc039487533f698168f602578f6ffa8c198bea38f2e7e6a7ed39786f55',NULL);
INSERT INTO audit VALUES(2,1795448279,'ada','terms.add','','terms',2,2,X'82cc308669239fafd901cc732839c0c62346b5a92178d96d11162605a70522ce',NULL);
INSERT INTO audit VALUES(3,1795448279,'ada','client.add','acme','acme',3,3,X'aa80235599db3ea09258284f60f16504d319a462c7475b2beafb722a36bc9072',NULL);
INSERT INTO audit VALUES(4,1795448279,'ada','contact.add','acme','contact',4,4,X'4b4d7a673e831dc84c8bcc73f21655f9e776eb7b9708559c6552726f088fa889',NULL);
INSERT INTO audit VALUES(5,1795448279,'ada','contract.sign','acme','care-2',5,5,X'5d5e32f2ec4b2b18d3edd93060326e4ab359e15a218ddc31bf8717a4be9c007c',NULL);
INSERT INTO audit VALUES(6,1795448279,'ada','request.open','acme','Images are slow',6,6,X'158266874084a8ef44f6458e8e5165c52a94245950a7632f74ebf479cc4e618c',NULL);
INSERT INTO audit VALUES(7,1795448279,'ada','time.log','','r-6',7,7,X'aa114dd478917bad5bf424d3b6a6319b4a5e37feeed37b4583bbdcfa08420d97',NULL);
INSERT INTO audit VALUES(8,1795448279,'ada','time.log','','r-6',8,8,X'040f0a2c8954197de35f83529b0694800e7f8253c76e05764cff9d296fcdbebf',NULL);
INSERT INTO audit VALUES(9,1795448279,'ada','period.close','acme','2026-09',9,9,X'd9322f908b65cce5131160b0f5b1b2c63b3caf57456508d2d8bc146f712450e2',NULL);
INSERT INTO audit VALUES(10,1795448279,'ada','time.log','','r-6',10,10,X'07cc2ab08858ea29b59cbbdcb9dd05976b9057f975f06a7ebf9e7d448f1e34d7',NULL);
INSERT INTO audit VALUES(11,1795448279,'ada','request.message','','r-6',11,11,X'6d4e60297a9a5ca7680187a589aea9287e7258aad182f27ff4a3565ebb2328dc',NULL);
CREATE TABLE outbox (
    id INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    client TEXT NOT NULL,
    body TEXT NOT NULL,
    hash BLOB NOT NULL,
    delivered_at INTEGER
) STRICT;
INSERT INTO outbox VALUES(1,1795448279,'request.opened','acme','{"request":"r-6"}',X'da296b195be46ea1f7b5c0e92d59816cb3067737854fc672efbcbacc1cb98174',NULL);
INSERT INTO outbox VALUES(2,1795448279,'period.closed','acme','{"period":"2026-09","total":"$290.00"}',X'0c5c7d71acb927d10a9ae4c7828e9306af308ee9b584ac17056b65b656b1800e',NULL);
INSERT INTO outbox VALUES(3,1795448279,'request.answered','acme','{"request":"r-6","message":"m-11"}',X'c7e63ba46e974156c68535130384df3aa6cb81a0449177f4f7e810eb48857e3b',NULL);
CREATE TABLE idempotency (
    actor TEXT NOT NULL,
    key TEXT NOT NULL,
    operation TEXT NOT NULL,
    digest BLOB NOT NULL,
    answer TEXT NOT NULL,
    at INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (actor, key)
) STRICT;
INSERT INTO idempotency VALUES('ada','setup/ada','user.add',X'58396c2aa93d899889e693d4e70b5f23a64ea824e300e2507c732ef7beacd74e','{"id":"ada","remarks":[]}',1795448279,X'78a846d0289d0da165144dc9906f97f40bfcc594f5e495454fe11f6e61f8f140');
INSERT INTO idempotency VALUES('ada','k1','time.log',X'7de5ca1bdeccbfaec9a881a8b70ab54e2c82d84ee97eb286f9c34e0dd30964d0','{"id":"e-7","remarks":[]}',1795448279,X'23b33a7574db8ed0a3426b0c445f0452e563b3f8a8b670bbe54bd44dfc955077');
CREATE TABLE snapshot (
    client TEXT NOT NULL,
    period INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (client, period)
) STRICT;
CREATE TABLE account (
    user_id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    password TEXT,
    totp_secret BLOB,
    totp_step INTEGER NOT NULL,
    single_keys INTEGER NOT NULL, salt BLOB) STRICT;
INSERT INTO account VALUES('ada','ada@example.com','$scrypt$ln=15,r=8,p=3$c2FsdHNhbHRzYWx0c2FsdA$AAAA',NULL,0,1,NULL);
CREATE TABLE session (
    token_hash BLOB NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    is_half INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
) STRICT;
CREATE TABLE sign_in_link (
    token_hash BLOB NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    by_mail INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE throttle (
    subject TEXT NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE TABLE content (
    sha256 BLOB NOT NULL PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;
CREATE TABLE request_state (
    id TEXT NOT NULL PRIMARY KEY,
    client TEXT NOT NULL,
    service_line TEXT NOT NULL,
    project TEXT,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    is_over INTEGER NOT NULL,
    assignee TEXT,
    work_type TEXT,
    snoozed_until INTEGER NOT NULL,
    merged_into TEXT,
    opened_at INTEGER NOT NULL,
    first_answer_at INTEGER,
    changed_seq INTEGER NOT NULL
) STRICT;
INSERT INTO request_state VALUES('r-6','acme','website-maintenance',NULL,'Images are slow','open',0,NULL,NULL,0,NULL,1795448279,1795448279,11);
CREATE VIRTUAL TABLE search USING fts5(
    words, kind UNINDEXED, id UNINDEXED, client UNINDEXED, request UNINDEXED, tokenize = 'unicode61'
);
INSERT INTO search(rowid, words, kind, id, client, request) VALUES(3,'acme acme outdoor','client','acme','acme',NULL);
INSERT INTO search(rowid, words, kind, id, client, request) VALUES(4,'cy chen cy acme example','contact','p-4','acme',NULL);
INSERT INTO search(rowid, words, kind, id, client, request) VALUES(6,'r 6 images are slow','request','r-6','acme','r-6');
INSERT INTO search(rowid, words, kind, id, client, request) VALUES(11,'they are back','message','m-11','','r-6');
CREATE INDEX fact_on_shelf ON fact (client, shelf, first_period);
CREATE INDEX fact_by_subject ON fact (subject);
CREATE INDEX fact_by_parent ON fact (parent) WHERE parent IS NOT NULL;
CREATE INDEX audit_by_client ON audit (client, id);
CREATE INDEX outbox_waiting ON outbox (id) WHERE delivered_at IS NULL;
CREATE INDEX session_by_user ON session (user_id);
CREATE INDEX request_state_lately ON request_state (is_over, changed_seq);
CREATE INDEX request_state_by_state ON request_state (state, changed_seq);
CREATE INDEX request_state_by_client ON request_state (client, is_over, changed_seq);
CREATE INDEX request_state_by_assignee ON request_state (assignee, is_over, changed_seq);
CREATE INDEX request_state_merged ON request_state (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX audit_by_actor ON audit (actor, id);
CREATE TABLE api_token (
    token_hash BLOB NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX api_token_by_owner ON api_token (owner);
CREATE TABLE delivery (
    id INTEGER NOT NULL PRIMARY KEY,
    outbox_id INTEGER NOT NULL,
    person TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    result TEXT NOT NULL,
    token TEXT,
    UNIQUE (outbox_id, person)
) STRICT;
CREATE INDEX delivery_waiting ON delivery (next_at) WHERE state = 'waiting';
CREATE TABLE feed (
    owner TEXT NOT NULL PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE
) STRICT;
CREATE INDEX idempotency_by_time ON idempotency (at);
CREATE TABLE hours_alert (
    client TEXT NOT NULL,
    service_line TEXT NOT NULL,
    period INTEGER NOT NULL,
    mark INTEGER NOT NULL,
    PRIMARY KEY (client, service_line, period, mark)
) STRICT;
CREATE TABLE webhook (
    id TEXT NOT NULL PRIMARY KEY,
    url TEXT NOT NULL,
    kinds TEXT NOT NULL,
    secret TEXT NOT NULL,
    old_secret TEXT,
    old_until INTEGER,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    off_reason TEXT
) STRICT;
CREATE TABLE webhook_delivery (
    id INTEGER NOT NULL PRIMARY KEY,
    outbox_id INTEGER NOT NULL,
    webhook TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    tried_at INTEGER,
    result TEXT NOT NULL,
    UNIQUE (outbox_id, webhook)
) STRICT;
CREATE INDEX webhook_delivery_waiting ON webhook_delivery (webhook, next_at) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_by_webhook ON webhook_delivery (webhook, id);
CREATE INDEX webhook_delivery_tried ON webhook_delivery (tried_at);
CREATE INDEX delivery_by_token ON delivery (token) WHERE token IS NOT NULL;
CREATE TABLE mail_in (
    id INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    person TEXT NOT NULL,
    outcome TEXT NOT NULL,
    request TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX mail_in_by_person ON mail_in (person, at);
CREATE INDEX mail_in_by_time ON mail_in (at);
CREATE INDEX fact_contacts ON fact (subject) WHERE kind = 'contact';
CREATE INDEX account_by_email ON account (email);
CREATE INDEX fact_contact_emails ON fact (subject) WHERE kind = 'contact-email';
CREATE TABLE address_change (
    id INTEGER NOT NULL PRIMARY KEY,
    person TEXT NOT NULL,
    email TEXT NOT NULL,
    old TEXT,
    token_hash BLOB,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE TABLE mail_waiting (
    id INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    sender TEXT NOT NULL,
    reason TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX delivery_sent ON delivery (next_at) WHERE state = 'sent';
CREATE INDEX delivery_failed ON delivery (next_at) WHERE state = 'failed';
CREATE INDEX audit_backups ON audit (id) WHERE operation = 'database.backup';
CREATE TRIGGER fact_stays BEFORE UPDATE OF
    seq, recorded_at, actor, kind, body, words_hash, hash, client, shelf, first_period, last_period, subject, parent
    ON fact BEGIN SELECT RAISE(ABORT, 'facts are never changed'); END;
CREATE TRIGGER fact_remains BEFORE DELETE ON fact BEGIN SELECT RAISE(ABORT, 'facts are never deleted'); END;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END;
CREATE TRIGGER audit_remains BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit trail is never deleted'); END;
