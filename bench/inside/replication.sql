-- A copy of the database may follow it, with the same password as everybody else.
COPY (SELECT 'host replication all all scram-sha-256') TO PROGRAM 'cat >> "$PGDATA/pg_hba.conf"';
SELECT pg_reload_conf();
