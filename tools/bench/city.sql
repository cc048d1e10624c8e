-- Residents by the million, as an import leaves them: in the order of their grids. Variables: residents.
-- Names and grids are those of `files.py`; only those somebody will look for have a real number's hash.
SET session_replication_role = replica;

CREATE TEMP TABLE rebuilt AS
SELECT indexname, indexdef FROM pg_indexes
WHERE tablename = 'grids_resident' AND indexname LIKE 'resident%';
SELECT format('DROP INDEX %I', indexname) FROM rebuilt \gexec

CREATE TEMP TABLE numbered AS
SELECT id, row_number() OVER (ORDER BY id) - 1 AS n
FROM grids_grid WHERE kind <> 'micro';

INSERT INTO grids_resident (name, id_number_key, grid_id, external_ref)
SELECT
    substr(:'surnames', 1 + floor(length(:'surnames') * power((k & 65535) / 65536.0::float, 1.8))::int, 1)
    || substr(:'first', 1 + ((k >> 16) % length(:'first'))::int, 1)
    || substr(:'second', 1 + ((k >> 8) % length(:'second'))::int, 1),
    coalesce(bench_key.key, encode(sha256(one::text::bytea), 'hex')), grid.id, ''
FROM (
    SELECT one, (one::bigint * 2654435761) & 4294967295 AS k
    FROM generate_series(0, :residents - 1) AS one
) people
JOIN numbered grid ON grid.n = one::bigint * 7919 % (SELECT count(*) FROM numbered)
LEFT JOIN bench_key ON bench_key.n = one
ORDER BY grid.id, one;

SELECT indexdef FROM rebuilt \gexec
