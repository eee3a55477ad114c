BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'wren','0001_outbox','2026-11-22 09:24:50.825743+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'wren','0002_trail','2026-11-22 09:24:50.825979+00:00');
CREATE TABLE alerts (
                id TEXT PRIMARY KEY,
                resident TEXT NOT NULL,
                kind TEXT NOT NULL,
                opened_s INTEGER NOT NULL,
                resolved_s INTEGER
            ) STRICT, WITHOUT ROWID;
INSERT INTO "alerts" VALUES('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','r1','inactivity',940,NULL);
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
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('clean_stop',1);
INSERT INTO "meta" VALUES('spent/2/0',34);
CREATE TABLE statuses (
                seq INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                raised_s INTEGER NOT NULL,
                body BLOB NOT NULL
            ) STRICT;
INSERT INTO "statuses" VALUES(1,'cccccccccccccccccccccccccccccccc',1000,X'7B22736571223A317D');
CREATE TABLE trail (
                n INTEGER PRIMARY KEY,
                at_s INTEGER NOT NULL,
                what TEXT NOT NULL,
                ref TEXT NOT NULL,
                body BLOB,
                sha256 TEXT NOT NULL,
                hash TEXT NOT NULL
            ) STRICT;
INSERT INTO "trail" VALUES(1,990,'begun','',X'546865207265636F726420626567696E732E','04ad5b7e04e556143d598de58a1e43a148892e63e7ea268184272196036d3268','dd1fe9852a678cbbc7844b426c6394ebaa8739cfdce64ab4cf0882983c819592');
INSERT INTO "trail" VALUES(2,990,'told','@away/r1',X'546F6C643A20723120697320617761792E','7fa39715e22e55be51e637835a603778279f514281dd6cfc0cf54e92d891d2ca','dfecc485edc4c1c396ad599fcf7106895a9660869488a836ae485c6452cbea8a');
INSERT INTO "trail" VALUES(3,1000,'message','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',NULL,'aadf6b01ebaf712904bfbfb216b3a9f54dc8d314b9c6325b13ddd5eb719709df','838ac38ff4c1f61780cff98fd2dd23d80fa64fc43a809bf1268fda66276f4d0d');
INSERT INTO "trail" VALUES(4,1000,'message','bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',NULL,'9778ae91a28a58417219ad3f96c41247d4d7b3fe56de1b2b78623a00de1914da','7e90bc160cf506962e8f899b19aacec12910a3b2003a3feab1f7751673fa4909');
INSERT INTO "trail" VALUES(5,1000,'heartbeat','cccccccccccccccccccccccccccccccc',X'7B22736571223A317D','b41e95c43f388d561b146326d84e3a6b9e31c4ef32ab97c04774c31aada3246a','9cd4fe037d5d93e7f6fc06fd5f31b878a1484aa9a99b6bc579060482754bdb5e');
INSERT INTO "trail" VALUES(6,1100,'stop','0.1.0',X'5772656E207761732073746F7070656420696E206F726465722E','3c82dfc23d9505957e9d4b4a4bc7bf69f201ad8a3cd44ec7e791b41ced6fac24','75f0ac2b6f1407e9ddc912ca7141969adad64744356f4fd970f238c29866c3f7');
CREATE INDEX trail_rare ON trail (what, n) WHERE what NOT IN ('message', 'heartbeat', 'delivered');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
COMMIT;
