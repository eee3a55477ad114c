BEGIN TRANSACTION;
CREATE TABLE dead_letters (
        id TEXT PRIMARY KEY,
        type TEXT NOT NULL,
        http_status INTEGER NOT NULL,
        reason TEXT NOT NULL,
        set_aside_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
INSERT INTO "dead_letters" VALUES('cccccccccccccccccccccccccccccccc','summary',422,'unknown field','2026-11-20T14:02:00Z');
CREATE TABLE receipts (
        id TEXT PRIMARY KEY,
        type TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        sent_at TEXT NOT NULL,
        attempts INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
INSERT INTO "receipts" VALUES('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','alert','0000000000000000000000000000000000000000000000000000000000000000','2026-11-20T14:02:00Z',3);
INSERT INTO "receipts" VALUES('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','status','1111111111111111111111111111111111111111111111111111111111111111','2026-11-20T14:02:00Z',1);
COMMIT;
PRAGMA user_version = 1;
