BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'wren','0001_outbox','2026-11-21 23:36:24.092895+00:00');
CREATE TABLE alerts (
                id TEXT PRIMARY KEY,
                resident TEXT NOT NULL,
                kind TEXT NOT NULL,
                opened_s INTEGER NOT NULL,
                resolved_s INTEGER
            ) STRICT, WITHOUT ROWID;
INSERT INTO "alerts" VALUES('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','r1','inactivity',940,NULL);
INSERT INTO "alerts" VALUES('dddddddddddddddddddddddddddddddd','r1','long_stay',940,2000);
CREATE TABLE messages (
                seq INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                type TEXT NOT NULL,
                rank INTEGER NOT NULL,
                raised_s INTEGER NOT NULL,
                body BLOB
            ) STRICT;
INSERT INTO "messages" VALUES(1,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','alert',0,1000,X'61616161616161616161616161616161616161616161616161616161616161613A31');
INSERT INTO "messages" VALUES(2,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','summary',2,1000,X'62626262626262626262626262626262626262626262626262626262626262623A32');
INSERT INTO "messages" VALUES(3,'dddddddddddddddddddddddddddddddd','alert',0,1000,X'64646464646464646464646464646464646464646464646464646464646464643A33');
INSERT INTO "messages" VALUES(4,'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','alert_update',1,2000,X'65656565656565656565656565656565656565656565656565656565656565653A34');
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('clean_stop',1);
CREATE TABLE statuses (
                seq INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                raised_s INTEGER NOT NULL,
                body BLOB NOT NULL
            ) STRICT;
INSERT INTO "statuses" VALUES(1,'cccccccccccccccccccccccccccccccc',1000,X'7B22736571223A317D');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
COMMIT;
