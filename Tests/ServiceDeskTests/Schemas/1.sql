-- What a database of schema 1 holds, as sqlite3 dumps it: kept for ever, so that every later program opens it.
CREATE TABLE schema_step (number INTEGER NOT NULL PRIMARY KEY) STRICT;
INSERT INTO schema_step VALUES(1);
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
INSERT INTO fact VALUES(1,1795447894,'ada','user','{"id":"ada","role":"owner"}','{"name":"Ada Park"}',X'324dfe0ecf63dd841cec7cd67f27b795',X'82975126211391487500b029b959f8307cb4a10583202263d41e7c4fbc87deb8',X'8811b93950f474fa95d6efe3cddf710b72024c2aa8e5bfaa05a841bd21f4c209','',6,0,0,'ada',NULL);
INSERT INTO fact VALUES(2,1795447894,'ada','terms','{"effective":"2021-01-01","yaml":"# The agency''s current terms, in the form that mainstay reads (docs/terms.md).\n# What its public page does not say is marked \"Not published\": there this example sets a value.\nmainstay_terms: 1\nname: Support terms\n# Not published: since when they hold.\neffective: 2021-01-01\ncurrency: USD\n\n# Over the purchased hours, where the signed contract has no rate of its own.\nlist_rate: 165.00\n\nservice_lines:\n  website-maintenance:\n    name: Website maintenance\n    about: your own website and shop, and training in their use; not the sync software\n    covers: [research, troubleshooting, module-installation, custom-development, content, training, hosting-care]\n  integration-support:\n    name: Integration support\n    about: >-\n      our own sync software, learning to use it, and troubleshooting it and the data it brings into the shop; no third-party\n      software and no customization, unless you asked for a custom rule\n    covers: [research, troubleshooting, training]\n    covers_when_approved: [custom-rule]\n\nwork_types:\n  research: {name: Research and discovery}\n  troubleshooting: {name: Troubleshooting}\n  module-installation: {name: Module installation}\n  custom-development: {name: Custom development}\n  content: {name: Content}\n  training: {name: Training}\n  hosting-care: {name: Hosting care}\n  custom-rule: {name: Custom rule}\n  third-party: {name: Third-party software}\n  # Any server-related issue is not charged.\n  server: {name: Server work, charged: never}\n\n# The hourly rate on a plan depends on its level. Not published: the levels, their hours, fees and rates.\nplans:\n  care-1: {name: Care 1, service_line: website-maintenance, hours: 1, fee: 150.00, overage_rate: 160.00}\n  care-2: {name: Care 2, service_line: website-maintenance, hours: 2, fee: 290.00, overage_rate: 155.00}\n  care-5: {name: Care 5, service_line: website-maintenance, hours: 5, fee: 700.00, overage_rate: 150.00}\n  care-10: {name: Care 10, service_line: website-maintenance, hours: 10, fee: 1350.00, overage_rate: 145.00}\n  care-20: {name: Care 20, service_line: website-maintenance, hours: 20, fee: 2600.00, overage_rate: 140.00}\n  sync-1: {name: Sync 1, service_line: integration-support, hours: 1, fee: 150.00, overage_rate: 160.00}\n  sync-3: {name: Sync 3, service_line: integration-support, hours: 3, fee: 430.00, overage_rate: 155.00}\n\n# Hours bought ahead: 150 an hour, in increments of 5 hours, generally for a project, usable in the following month to\n# complete it. Not published: that they can be used before they are paid for.\nblocks: {price_per_hour: 150.00, minimum: 5, step: 5, expires: following-month, usable: on-issue}\n\n# The current page names no increment, so time is billed as worked.\nincrement: none\n\n# Not published, and left out here, which means allow: when_hours_run_out, whether overage goes on, up to a limit, or only as far\n# as the client approves it.\n\n# Not published, and here as mainstay does it where a file does not say: what happens to time that is logged after its month\n# was closed, which hours pay for which work, what a first, partial month costs, and what an upgrade in mid-month does.\nlate_time: adjust\ndraw_order: best-for-client\nfirst_period: full\nupgrade: at-once\n\n# Or what the signed contract negotiated. Not published: that more than the rate is negotiable (another plan, or more hours,\n# are, by agreement).\nnegotiable: [overage_rate, hours, fee]\n\n# With a license, upgrades to the latest stable versions are free.\nlicensing: {billing: [monthly, annually], upgrades: free-while-current}\n"}',NULL,NULL,NULL,X'97589ccf747209e2265017dceec9964031920d3d6545aa0d8469134530f996bc','',6,0,0,'2021-01-01',NULL);
INSERT INTO fact VALUES(3,1795447894,'ada','client','{"id":"acme","zone":"America/Los_Angeles","currency":"USD"}','{"name":"Acme Outdoor"}',X'1fdf31c3eae89cb90cffe6c0c0649aed',X'b5fa43a8d8fdadbe1975b26b8f9f75f3d7c6f088dd11db1b93f207ae6ca548e8',X'18f71eabd871120dc6b0cec4b051e3c7c028969042e71590d5ba84c1e8a330c1','acme',0,0,0,'acme',NULL);
INSERT INTO fact VALUES(4,1795447894,'ada','contact','{"id":"p-4","client":"acme"}','{"name":"Cy Chen","email":"cy@acme.example"}',X'12f25dec504857e0bec062aba9181450',X'e28e69822a50e96af974eba5487910ef62d7c1c6c5af0e209bb0d2c0937b1f2c',X'f7c3da38c82fdf97bbabe4a1e90baa50e133828ba4d55c4d117099990e0f5123','acme',5,0,0,'p-4',NULL);
INSERT INTO fact VALUES(5,1795447894,'ada','contract','{"id":"acme-website-maintenance","client":"acme","service_line":"website-maintenance","plan":"care-2","from":"2026-09-01"}',NULL,NULL,NULL,X'075162487d2794a54765f1aba25b4d24b8ee9aa5e792095a5dd7675f44b9fdda','acme',0,0,0,'acme-website-maintenance',NULL);
INSERT INTO fact VALUES(6,1795447894,'ada','request','{"id":"r-6","client":"acme","service_line":"website-maintenance"}','{"title":"Images are slow"}',X'fcf021ec144f26f53d3ac5967ca02051',X'402fc34fd847e3a12f12360ac18fd2f02b2df12c5485852d290e03802ca80e42',X'b4eb20c3d5e3e5c97ff41dfafc49bee371c53ffc0aa5cc0018c9ffa588149571','acme',3,0,0,'r-6',NULL);
INSERT INTO fact VALUES(7,1795447894,'ada','time','{"id":"e-7","request":"r-6","work_type":"research","date":"2026-09-10","hours":"1:15"}','{"person":"ada"}',X'aa2d01900212481fb5d4bddbcb6d0e7a',X'3290422cd4935461e9ad91307498aeb97166dc4ce245611655e025ce7ba27f51',X'0db70e70a8575d8449f298ea028d62acfd979535a20186cebfd352ec74e42322','acme',1,24320,24320,'e-7','r-6');
INSERT INTO fact VALUES(8,1795447894,'ada','time','{"id":"e-8","request":"r-6","work_type":"content","date":"2026-10-10","hours":"1:30"}','{"person":"ada"}',X'bcb96bb2792df7e1452efac744d46964',X'e2713c500776db8d0640f7b2ef40e3c2224d995df5d7b5c3920e74339c2d1c79',X'7314e580dd0bb282baea5d16c7ca53bbbc5fccbe25e29f5d643d9b356b6bf7ac','acme',1,24321,24321,'e-8','r-6');
INSERT INTO fact VALUES(9,1795447894,'ada','closing','{"client":"acme","period":"2026-09","available":{"allotment:2026-09:acme-website-maintenance":"2:00"},"positions":[{"period":"2026-09","about":"fee:acme-website-maintenance","amount":"290.00"},{"period":"2026-09","about":"entry:e-7","worked":"1:15","draws":{"allotment:2026-09:acme-website-maintenance":"1:15"},"amount":"0.00"}]}',NULL,NULL,NULL,X'5de9b177c81e1beb05dbf129e478c1601419f8c490f7ab7f4224b74bd161a907','acme',4,24320,24320,'acme/2026-09',NULL);
INSERT INTO fact VALUES(10,1795447894,'ada','time','{"id":"e-10","request":"r-6","work_type":"content","date":"2026-09-11","hours":"0:20"}','{"person":"ada"}',X'4e8afebf465bda5e60c7f9e499fc2705',X'99f5414db2ed9867963d125798400af23420e8db09449ea3bb8900ee184d78e3',X'c982748773e0ac192e6374348c2644b35a2061cf1327ba732cd587e4a4c338e7','acme',1,24320,24320,'e-10','r-6');
INSERT INTO fact VALUES(11,1795447894,'ada','message','{"id":"m-11","request":"r-6","from":"ada","for":"client"}','{"text":"They are back"}',X'4d3a78df07ea38fe19a9ae8b443cf66f',X'a57b62c5eb1e5ca5757d15c69f8f6be98ab6db238478ef503b9d72e4aec1e91e',X'39e9180f18358d474738fa92c718788717f7fb33bfbe1b55a7a38651d075f1aa','acme',5,0,0,'m-11','r-6');
CREATE TABLE audit (
    id INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    operation TEXT NOT NULL,
    client TEXT NOT NULL,
    subject TEXT NOT NULL,
    first_seq INTEGER,
    last_seq INTEGER,
    hash BLOB NOT NULL
) STRICT;
INSERT INTO audit VALUES(1,1795447894,'ada','user.add','','ada',1,1,X'e2aff9b18cefdeefde17ae45c3d21b61d49dfd0e9c1dffab755a24b2f615fc63');
INSERT INTO audit VALUES(2,1795447894,'ada','terms.add','','terms',2,2,X'abe143d38d585d54990bb7c541e4ae0cbbe43b813549b846b13bafb53dfd54aa');
INSERT INTO audit VALUES(3,1795447894,'ada','client.add','acme','acme',3,3,X'109c88da29c11e4029faaf9ed8b343d0a1811f60a8a93833d09bbb5361d20a62');
INSERT INTO audit VALUES(4,1795447894,'ada','contact.add','acme','contact',4,4,X'01424dc6780048ba8f0c2fab33685a3769ae00c75411139fb9854379f3c242c7');
INSERT INTO audit VALUES(5,1795447894,'ada','contract.sign','acme','care-2',5,5,X'9c34744246efc229b1da097ebffa1464196f936ed6127c419c17e051cda7ac5a');
INSERT INTO audit VALUES(6,1795447894,'ada','request.open','acme','Images are slow',6,6,X'425e450d06ae228440416a6429a75a12b8e3f42b489370ff7d951d69ed1ded39');
INSERT INTO audit VALUES(7,1795447894,'ada','time.log','','r-6',7,7,X'0c0efbb4dc3ffd599882fea3387728a6d679a861c617b877c410e693d51d24a8');
INSERT INTO audit VALUES(8,1795447894,'ada','time.log','','r-6',8,8,X'f99f8861a0ecf1fd1476cab9bf01c1dd784970a177da7464814d330f75227fe7');
INSERT INTO audit VALUES(9,1795447894,'ada','period.close','acme','2026-09',9,9,X'62c288bd320fb9125b64cba4299b004529d8d5af6b01ce9819004354657f3084');
INSERT INTO audit VALUES(10,1795447894,'ada','time.log','','r-6',10,10,X'a1395e68b7d831f19eb69fd5d2ddcbc0d87541269eaa6b26e709c79a3451f831');
INSERT INTO audit VALUES(11,1795447894,'ada','request.message','','r-6',11,11,X'772601185d28164efa4dbbff4b3a3736a67f5a5cf40e02cb7b01d28eb1aa4dda');
CREATE TABLE outbox (
    id INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    client TEXT NOT NULL,
    body TEXT NOT NULL,
    delivered_at INTEGER
) STRICT;
INSERT INTO outbox VALUES(1,1795447894,'request.opened','acme','{"request":"r-6"}',NULL);
INSERT INTO outbox VALUES(2,1795447894,'period.closed','acme','{"period":"2026-09","total":"$290.00"}',NULL);
INSERT INTO outbox VALUES(3,1795447894,'request.answered','acme','{"request":"r-6","message":"m-11"}',NULL);
CREATE TABLE idempotency (
    actor TEXT NOT NULL,
    key TEXT NOT NULL,
    operation TEXT NOT NULL,
    digest BLOB NOT NULL,
    answer TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (actor, key)
) STRICT;
INSERT INTO idempotency VALUES('ada','setup/ada','user.add',X'58396c2aa93d899889e693d4e70b5f23a64ea824e300e2507c732ef7beacd74e','{"id":"ada","remarks":[]}',1795447894);
CREATE TABLE snapshot (
    client TEXT NOT NULL,
    period INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (client, period)
) STRICT;
CREATE INDEX fact_on_shelf ON fact (client, shelf, first_period);
CREATE INDEX fact_by_subject ON fact (subject);
CREATE INDEX fact_by_parent ON fact (parent) WHERE parent IS NOT NULL;
CREATE INDEX audit_by_client ON audit (client, id);
CREATE INDEX outbox_waiting ON outbox (id) WHERE delivered_at IS NULL;
CREATE TRIGGER fact_stays BEFORE UPDATE OF
    seq, recorded_at, actor, kind, body, words_hash, hash, client, shelf, first_period, last_period, subject, parent
    ON fact BEGIN SELECT RAISE(ABORT, 'facts are never changed'); END;
CREATE TRIGGER fact_remains BEFORE DELETE ON fact BEGIN SELECT RAISE(ABORT, 'facts are never deleted'); END;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END;
CREATE TRIGGER audit_remains BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit trail is never deleted'); END;
