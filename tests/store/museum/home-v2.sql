BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'wren','0001_journal','2026-11-21 23:36:24.071912+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'wren','0002_habit_days','2026-11-22 08:56:23.895663+00:00');
CREATE TABLE checkpoints (
                number INTEGER PRIMARY KEY,
                seq INTEGER NOT NULL,
                at_ms INTEGER NOT NULL,
                state TEXT NOT NULL,
                sha256 TEXT NOT NULL,
                set_aside INTEGER NOT NULL DEFAULT 0
            ) STRICT;
INSERT INTO "checkpoints" VALUES(1,6,1700000031000,'{"version":1}','2430f1a2ad2982d0067885488a4c89e21ad1d7c83b115ba8f1b20acc88dfaea8',0);
CREATE TABLE habit_days (
                day TEXT NOT NULL,
                resident TEXT NOT NULL,
                habit TEXT NOT NULL,
                observed REAL NOT NULL,
                usual_low REAL,
                usual_high REAL,
                rarity_days REAL,
                direction TEXT NOT NULL,
                PRIMARY KEY (day, resident, habit)
            ) STRICT, WITHOUT ROWID;
INSERT INTO "habit_days" VALUES('2023-11-14','r1','tap',9.0,NULL,NULL,NULL,'same');
INSERT INTO "habit_days" VALUES('2023-11-14','r1','tap-morning',3.0,1.0,5.0,2.5,'same');
CREATE TABLE inputs (
                seq INTEGER PRIMARY KEY,
                at_ms INTEGER NOT NULL,
                sensor INTEGER NOT NULL REFERENCES sensors (code),
                value REAL NOT NULL
            ) STRICT;
INSERT INTO "inputs" VALUES(1,1700000005000,3,1.0);
INSERT INTO "inputs" VALUES(2,1700000010000,1,0.0);
INSERT INTO "inputs" VALUES(3,1700000015000,2,1.0);
INSERT INTO "inputs" VALUES(4,1700000020000,3,0.0);
INSERT INTO "inputs" VALUES(5,1700000025000,1,1.0);
INSERT INTO "inputs" VALUES(6,1700000030000,2,0.0);
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('alive_ms',1700000031000);
INSERT INTO "meta" VALUES('clean_stop',1);
INSERT INTO "meta" VALUES('sequence_floor',1000);
CREATE TABLE sensors (code INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO "sensors" VALUES(1,'hall-motion');
INSERT INTO "sensors" VALUES(2,'kitchen-tap');
INSERT INTO "sensors" VALUES(3,'bed');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
COMMIT;
