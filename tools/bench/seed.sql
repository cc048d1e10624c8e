-- Two years of a county's cases, in bulk, as psql runs it with :cases, :now and :story set.
--
-- One case in twenty is open, among the newest; another twentieth waits at one unit (人社局) to be
-- claimed. Foreign keys hold by construction, so their triggers are off. The lines of history are
-- linked like real ones but not sealed with the key: `verify_history` would find all of them false.

SET session_replication_role = replica;
SELECT setseed(0.5);
BEGIN;

-- Where a case belongs: 60 % to the county, 30 % to its towns, 10 % to its villages.
CREATE TEMP TABLE place AS
SELECT c.id AS center_id, c.level, c.region_id, d.id AS own_unit,
       row_number() OVER (PARTITION BY c.level ORDER BY c.id <> busy.center_id, c.id) - 1 AS k,
       count(*) OVER (PARTITION BY c.level) AS among
FROM orgs_center c LEFT JOIN orgs_department d ON d.runs_id = c.id
CROSS JOIN (SELECT min(p.center_id) AS center_id FROM orgs_post p JOIN orgs_user u ON u.id = p.user_id
            WHERE u.username = 'village') busy;

CREATE TEMP TABLE worker AS
SELECT d.id AS unit_id, min(p.user_id) AS user_id
FROM orgs_department d LEFT JOIN orgs_post p ON p.department_id = d.id
GROUP BY d.id;

CREATE TEMP TABLE bureau AS
SELECT id AS unit_id, row_number() OVER (ORDER BY code <> 'RS', id) - 1 AS k
FROM orgs_department WHERE kind <> 'center';

CREATE TEMP TABLE people AS
SELECT (SELECT id FROM orgs_user WHERE username = 'clerk') AS clerk,
       (SELECT id FROM orgs_user WHERE username = 'triage') AS triage,
       (SELECT id FROM orgs_department WHERE code = 'RS') AS stock_unit,
       (SELECT max(n) + 1 FROM bench_person) AS known,
       (SELECT count(*) FROM bureau) AS bureaus;

CREATE TEMP TABLE draw AS
SELECT n, timestamptz :'now' - (730 * (1 - n::float / :cases)) * interval '1 day' AS at,
       random() AS r_level, random() AS r_place, random() AS r_unit, random() AS r_open,
       random() AS r_label, random() AS r_due, random() AS r_rare,
       n > :cases * 0.8 AND n % 4 = 1 AS is_stock
FROM generate_series(1, :cases::bigint) n;

CREATE TEMP TABLE life AS
WITH placed AS (
    SELECT draw.*, place.center_id, place.own_unit, place.level,
           CASE
               WHEN is_stock THEN 'to_claim'
               WHEN n <= :cases * 0.94 OR r_open > 0.83 THEN
                   CASE WHEN r_label < 0.88 THEN 'done' ELSE 'ended' END
               WHEN r_label < 0.03 THEN 'to_accept'
               WHEN r_label < 0.10 THEN 'to_dispatch'
               WHEN r_label < 0.20 THEN 'to_claim'
               WHEN r_label < 0.75 THEN 'handling'
               WHEN r_label < 0.77 THEN 'joint'
               WHEN r_label < 0.80 THEN 'paused'
               WHEN r_label < 0.88 THEN 'to_approve'
               ELSE 'to_follow_up'
           END AS label
    FROM draw
    JOIN place ON place.level = CASE
            WHEN is_stock OR r_level < 0.6 THEN 'county' WHEN r_level < 0.9 THEN 'town'
            ELSE 'village' END
        -- Every county has its restless village, here the one that is measured: as many cases as
        -- ten quiet ones, a page of them even in the small county.
        AND place.k = floor(r_place ^ CASE place.level WHEN 'village' THEN 2 ELSE 1 END * place.among)
), timed AS (
    SELECT placed.*, :story AS story,
           -- The first bureau (人社局) has a sixth of the county's cases, the last a few.
           CASE WHEN is_stock THEN (SELECT stock_unit FROM people)
                WHEN level = 'county' OR r_rare < 0.1 THEN
                    (SELECT unit_id FROM bureau
                     WHERE bureau.k = floor((SELECT bureaus FROM people) * r_unit ^ 2))
                ELSE own_unit END AS lead,
           CASE WHEN label IN ('to_accept', 'to_dispatch') OR (label = 'ended' AND r_due < 0.5)
                THEN NULL ELSE least(at + interval '2 hours', :'now') END AS dispatched,
           CASE WHEN label IN ('to_accept', 'to_dispatch', 'to_claim', 'ended')
                THEN NULL ELSE least(at + interval '5 hours', :'now') END AS claimed,
           CASE WHEN label IN ('to_approve', 'to_follow_up', 'done')
                THEN least(at + (1 + 5 * r_due) * interval '1 day', :'now') END AS reported,
           CASE WHEN label IN ('to_follow_up', 'done')
                THEN least(at + (1.2 + 5 * r_due) * interval '1 day', :'now') END AS approved,
           CASE WHEN label IN ('done', 'ended')
                THEN least(at + (2 + 6 * r_due) * interval '1 day', :'now') END AS closed,
           CASE WHEN label IN ('done', 'ended', 'paused') THEN NULL
                ELSE timestamptz :'now' + (r_due - 0.15) * 8 * interval '1 day' END AS due
    FROM placed
)
SELECT timed.*,
       row_number() OVER (PARTITION BY (at AT TIME ZONE 'Asia/Shanghai')::date ORDER BY n) AS serial,
       to_char(at AT TIME ZONE 'Asia/Shanghai', 'YYMMDD') AS day,
       1 + (dispatched IS NOT NULL)::int + 2 * (claimed IS NOT NULL)::int
           + (reported IS NOT NULL)::int + (approved IS NOT NULL)::int
           + (closed IS NOT NULL)::int AS lines,
       CASE WHEN label = 'ended' THEN 'withdrawn' WHEN label <> 'done' THEN ''
            WHEN r_rare < 0.8 THEN 'substantive' WHEN r_rare < 0.9 THEN 'staged'
            ELSE 'procedural' END AS closure,
       CASE WHEN label <> 'done' OR r_place < 0.2 THEN '' WHEN r_place < 0.9 THEN 'satisfied'
            WHEN r_place < 0.95 THEN 'basically' ELSE 'unsatisfied' END AS satisfaction,
       label IN ('handling', 'joint') AND r_rare < 0.05 AS supervised,
       worker.user_id AS handler
FROM timed LEFT JOIN worker ON worker.unit_id = timed.lead;
CREATE UNIQUE INDEX ON life (n);
ANALYZE life;

CREATE FUNCTION pg_temp.mac(n bigint, seq bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT md5(n || '/' || seq) || md5(seq || '/' || n) $$;

INSERT INTO cases_case (id, created_at, updated_at, number, short_number, token, submission_id,
    center_id, stage, label, label_since, actor, unit_id, due_clock, due_at, near_at,
    claim_due_at, handling_due_at, title, narrative, type_id, source, occurred_region_id, special,
    willing_to_mediate, not_found, complexity, risk, round, is_joint, visits_count, visitors_count,
    version, registered_by_id, first_receiver_id, registered_at, accepted_at, dispatched_at,
    claimed_at, supervised_at, approved_at, closed_at, promised_at, closure, closure_text,
    satisfaction, rated_by, complained_at, history_length, history_head)
SELECT life.n, at, coalesce(closed, approved, reported, claimed, dispatched, at),
    '990101' || day || lpad(serial::text, 4, '0'),
    substr(day, 3) || '-' || CASE WHEN serial < 1000 THEN lpad(serial::text, 3, '0')
                                  ELSE serial::text END,
    substr(translate(encode(decode(md5(life.n::text), 'hex'), 'base64'), '+/', '-_'), 1, 22),
    md5('submission' || life.n)::uuid,
    center_id,
    CASE WHEN supervised THEN 'supervision' WHEN label = 'to_accept' THEN 'acceptance'
         WHEN label IN ('to_dispatch', 'to_claim') THEN 'triage'
         WHEN label = 'to_follow_up' THEN 'follow_up'
         WHEN label IN ('done', 'ended') THEN 'closed' ELSE 'handling' END,
    label, coalesce(closed, approved, reported, claimed, dispatched, at),
    CASE WHEN label IN ('to_accept', 'to_dispatch', 'to_approve') THEN 'triage'
         WHEN label = 'to_follow_up' THEN 'follow_up'
         WHEN label IN ('done', 'ended') THEN 'nobody' ELSE 'unit' END,
    CASE WHEN dispatched IS NOT NULL THEN lead END,
    CASE WHEN due IS NULL THEN '' WHEN label = 'to_accept' THEN 'acceptance'
         WHEN label = 'to_dispatch' THEN 'dispatch' WHEN label = 'to_claim' THEN 'claim'
         WHEN label = 'to_approve' THEN 'approval' WHEN label = 'to_follow_up' THEN 'follow_up'
         ELSE 'handling' END,
    due, due - interval '1 day',
    CASE WHEN label = 'to_claim' THEN due END,
    CASE WHEN claimed IS NOT NULL AND reported IS NULL THEN due END,
    substr(bench_person.name, 1, 1) || '** ' || bench_type.name,
    story,
    bench_type.id,
    (ARRAY['window', 'window', 'window', 'phone', 'online', 'hotline', 'grid'])[1 + life.n % 7],
    coalesce((SELECT region_id FROM place WHERE level = 'village'
              AND k = life.n * 31 % place.among), 1),
    CASE WHEN life.n % 50 = 0 THEN ARRAY['group'] WHEN life.n % 200 = 1 THEN ARRAY['violence']
         ELSE ARRAY['none'] END,
    (ARRAY['yes', 'no', 'undecided'])[1 + life.n % 3],
    '',
    CASE WHEN dispatched IS NULL THEN ''
         ELSE (ARRAY['simple', 'ordinary', 'ordinary', 'complex'])[1 + life.n % 4] END,
    CASE WHEN dispatched IS NULL THEN '' WHEN life.n % 40 = 0 THEN 'high'
         WHEN life.n % 8 = 0 THEN 'medium' ELSE 'low' END,
    1, label = 'joint', 1 + (life.n % 20 = 0)::int, 1 + (life.n % 20 = 0)::int, lines,
    people.clerk, CASE WHEN life.n % 7 < 3 THEN people.clerk END,
    at, CASE WHEN label <> 'to_accept' THEN at END, dispatched, claimed,
    CASE WHEN supervised THEN claimed END, approved, closed, due + interval '5 days',
    closure, '', satisfaction, CASE WHEN satisfaction <> '' THEN 'staff' ELSE '' END,
    CASE WHEN label = 'to_follow_up' AND r_rare < 0.1 THEN approved END,
    lines, pg_temp.mac(life.n, lines)
FROM life
JOIN bench_type ON bench_type.n = life.n * 7 % 18
JOIN people ON true
JOIN bench_person ON bench_person.n = life.n * 7919 % people.known
ORDER BY life.n;
SELECT setval('cases_case_id_seq', :cases);
INSERT INTO orgs_counter (series, last)
SELECT 'case 990101 ' || day, max(serial) FROM life GROUP BY day;

INSERT INTO cases_assignment (case_id, case_registered_at, round, unit_id, role, complexity, dispatched_at,
    dispatched_by_id, claim_due_at, claim_near_at, claimed_at, claimed_by_id, handler_id, clock_from,
    clock_days, clock_unit, extended_days, paused_days, handling_due_at, handling_near_at,
    paused_at, reported_at, reported_by_id, result, how, ended_at, ending)
SELECT n, at, 1, lead, 'lead', 'ordinary', dispatched, people.triage,
    coalesce(CASE WHEN label = 'to_claim' THEN due END, dispatched + interval '1 day'),
    coalesce(CASE WHEN label = 'to_claim' THEN due END, dispatched + interval '1 day')
        - interval '4 hours',
    claimed, CASE WHEN claimed IS NOT NULL THEN handler END,
    CASE WHEN claimed IS NOT NULL THEN handler END, dispatched, 7, 'working', 0, 0,
    coalesce(due, dispatched + interval '9 days'), coalesce(due, dispatched + interval '8 days'),
    CASE WHEN label = 'paused' THEN claimed END,
    reported, CASE WHEN reported IS NOT NULL THEN handler END,
    CASE WHEN reported IS NULL THEN '' ELSE 'resolved' END,
    CASE WHEN reported IS NULL THEN '' ELSE '已组织双方见面，达成一致并当场履行。' END,
    coalesce(approved, closed),
    CASE WHEN approved IS NOT NULL THEN 'approved' WHEN closed IS NOT NULL THEN 'case_ended'
         ELSE '' END
FROM life, people WHERE dispatched IS NOT NULL ORDER BY n;

INSERT INTO cases_assignment (case_id, case_registered_at, round, unit_id, role, complexity, dispatched_at,
    dispatched_by_id, claim_due_at, claim_near_at, claimed_at, clock_from, clock_days, clock_unit,
    extended_days, paused_days, handling_due_at, handling_near_at, result, how, ended_at, ending)
SELECT n, at, 1, bureau.unit_id, 'assisting', 'ordinary', dispatched, people.triage,
    dispatched + interval '1 day', dispatched + interval '20 hours', claimed, dispatched, 7,
    'working', 0, 0, dispatched + interval '9 days', dispatched + interval '8 days', '', '',
    coalesce(approved, closed),
    CASE WHEN approved IS NOT NULL THEN 'approved' WHEN closed IS NOT NULL THEN 'case_ended'
         ELSE '' END
FROM life JOIN people ON true JOIN bureau ON bureau.k = n % people.bureaus
WHERE dispatched IS NOT NULL AND n % 10 = 3 AND bureau.unit_id <> lead ORDER BY n;

INSERT INTO cases_party (case_id, role, name, is_organization, id_kind, id_number, id_number_key,
    phone, phone_key, address)
SELECT life.n, 'applicant', p.name, false, 'resident', p.id_number, p.id_number_key, p.phone, p.phone_key, ''
FROM life, people, bench_person p WHERE p.n = life.n * 7919 % people.known ORDER BY life.n;
INSERT INTO cases_party (case_id, role, name, is_organization, id_kind, id_number, id_number_key,
    phone, phone_key, address)
SELECT life.n, 'respondent', p.name, false, 'resident', '', '', p.phone, p.phone_key, ''
FROM life, people, bench_person p
WHERE life.n % 5 < 3 AND p.n = life.n * 104729 % people.known ORDER BY life.n;

INSERT INTO cases_visit (case_id, center_id, at, visitors, received_by_id)
SELECT n, cases_case.center_id, at, 1, people.clerk
FROM life JOIN cases_case ON cases_case.id = n, people ORDER BY n;
INSERT INTO cases_visit (case_id, center_id, at, visitors, received_by_id)
SELECT n, cases_case.center_id, least(at + interval '10 days', :'now'), 1, people.clerk
FROM life JOIN cases_case ON cases_case.id = n, people WHERE n % 20 = 0 ORDER BY n;

INSERT INTO cases_casewords (case_id, words)
SELECT life.n, to_tsvector('simple', concat_ws(' ', m.words, t.words, life.n, a.words,
    CASE WHEN life.n % 5 < 3 THEN r.words END))
FROM life
JOIN people ON true
JOIN bench_matter m ON m.n = life.n % 8
JOIN bench_type t ON t.n = life.n * 7 % 18
JOIN bench_person a ON a.n = life.n * 7919 % people.known
JOIN bench_person r ON r.n = life.n * 104729 % people.known
ORDER BY life.n;

INSERT INTO cases_caseevent (case_id, seq, verb, at, by_id, unit_id, from_stage, to_stage, round,
    is_public, data, text_digest, previous, mac)
SELECT n, seq, verb, moment, who, unit, '', stage, 1, true, '{}', '',
    CASE WHEN seq > 1 THEN pg_temp.mac(n, seq - 1) ELSE '' END, pg_temp.mac(n, seq)
FROM (
    SELECT life.n, row_number() OVER (PARTITION BY life.n ORDER BY line.k) AS seq, line.*
    FROM life JOIN people ON true CROSS JOIN LATERAL (VALUES
        (1, 'register', at, people.clerk, NULL, 'triage'),
        (2, 'dispatch', dispatched, people.triage, lead, 'triage'),
        (3, 'claim', claimed, handler, lead, 'handling'),
        (4, 'note', claimed, handler, lead, 'handling'),
        (5, 'report', reported, handler, lead, 'handling'),
        (6, 'approve', approved, people.triage, NULL, 'follow_up'),
        (7, CASE WHEN label = 'ended' THEN 'withdraw' ELSE 'follow-up' END, closed, people.clerk,
         NULL, 'closed')
    ) AS line (k, verb, moment, who, unit, stage)
    WHERE moment IS NOT NULL
) lines ORDER BY n, seq;
INSERT INTO cases_casetext (event_id, text)
SELECT id, '已联系双方，约定时间到场核实。' FROM cases_caseevent WHERE verb IN ('note', 'report');

INSERT INTO cases_followup (case_id, round, at, by_id, channel, reached, satisfaction, closure,
    redo, text)
SELECT n, 1, closed, people.clerk, 'phone', true, satisfaction, closure, false, ''
FROM life, people WHERE label = 'done' ORDER BY n;

-- Cases that moved to another level: the former centre keeps reading.
INSERT INTO cases_casecenter (case_id, center_id, until)
SELECT n, place.center_id, at FROM life JOIN place ON place.level = 'town' AND place.k = n / 200 % place.among
WHERE n % 200 = 0 AND place.center_id <> life.center_id;

INSERT INTO cases_consultation (center_id, category, text, name, phone, visitors, at,
    received_by_id)
SELECT place.center_id, 'policy', '问医保报销比例', '', '', 1, at, people.clerk
FROM life JOIN people ON true
JOIN place ON place.level = 'county' AND place.k = n / 10 % place.among
WHERE n % 10 = 0;

INSERT INTO dispatch_supervision (number, case_id, round, unit_id, due_at, reason, opened_at,
    answer_due_at, answer, ending)
SELECT '示范县综督〔2000〕' || n || '号', n, 1, lead, due, '超期未办结', claimed,
    claimed + interval '2 days', '', ''
FROM life WHERE supervised;
INSERT INTO dispatch_request (case_id, assignment_id, kind, round, text, days, at, by_id, granted,
    decision_text, tried)
SELECT n, a.id, CASE WHEN n % 2 = 0 THEN 'extension' ELSE 'pause' END, 1, '需要补充鉴定', 5, claimed,
    handler, false, '', ''
FROM life JOIN cases_assignment a ON a.case_id = n AND a.role = 'lead'
WHERE label = 'handling' AND n % 100 < 3;

-- 3 % of the cases that were claimed have been mediated: a third of those open, another handed
-- over by a court too, the rest ended, most of them with an agreement that is partly performed.
CREATE TEMP TABLE mediated AS
SELECT life.n, row_number() OVER (ORDER BY life.n) AS k, center_id, lead, handler, claimed,
       claimed::date AS started, closed IS NOT NULL OR approved IS NOT NULL AS is_over,
       least(coalesce(approved, closed)::date, (claimed + interval '5 days')::date) AS ended
FROM life WHERE claimed IS NOT NULL AND handler IS NOT NULL AND n % 33 = 5;

INSERT INTO mediation_mediation (id, case_id, center_id, unit_id, round, year, serial, origin,
    is_hard, demands, claimed, started_on, started_by_id, informed_on, ending, ended_on,
    ended_by_id, ended_why, route, no_crime_people, no_petition_people, kept_for, dossier_note)
SELECT k, n, center_id, lead, 1, extract(year FROM started), k, 'applied', k % 20 = 0,
    '付清三个月工资', 20000, started, handler, started,
    CASE WHEN NOT is_over THEN '' WHEN k % 4 = 0 THEN 'failed' ELSE 'agreed' END,
    CASE WHEN is_over THEN greatest(ended, started) END, CASE WHEN is_over THEN handler END, '',
    CASE WHEN is_over AND k % 4 = 0 THEN 'lawsuit' ELSE '' END, 0, 0, '', ''
FROM mediated;
SELECT setval(pg_get_serial_sequence('mediation_mediation', 'id'), (SELECT max(k) FROM mediated));

INSERT INTO mediation_agreement (id, mediation_id, form, serial, facts, duties, manner, place,
    reached_on, written_by_id, written_at, mediator_signed_on, sealed_on, in_force_on, void_why)
SELECT k, k, 'written', 1, '', '', '银行转账', '', started, handler, claimed,
    CASE WHEN is_over THEN started END, CASE WHEN is_over THEN started END,
    CASE WHEN is_over THEN greatest(ended, started) END, ''
FROM mediated WHERE is_over AND k % 4 <> 0 OR NOT is_over AND k % 2 = 0;
SELECT setval(pg_get_serial_sequence('mediation_agreement', 'id'), (SELECT max(k) FROM mediated));
INSERT INTO mediation_agreementterm (agreement_id, n, text, amount, due_on, manner, done_on)
SELECT id, clause, '', 10000, reached_on + 30 * clause, '',
    CASE WHEN clause = 1 AND in_force_on IS NOT NULL THEN in_force_on END
FROM mediation_agreement CROSS JOIN generate_series(1, 2) clause;

INSERT INTO mediation_referral (case_id, kind, organ, number, contact, received_on,
    received_by_id, materials, taken_on, declined_why, outcome, returned_text, receipt)
SELECT n, 'commissioned', '示范县人民法院', '委派 ' || k || ' 号', '', started, handler, '',
    CASE WHEN k % 2 = 0 THEN started END, '', '', '', ''
FROM mediated WHERE NOT is_over AND k % 3 = 0;
INSERT INTO cases_statutoryterm (case_id, clock, about, started_on, days, unit, extended_days,
    extended_why, excluded_days, last_day, near_on, met_on, met_how)
SELECT n, 'mediation', 0, started, 30, 'calendar', 0, '', 0, started + 30, started + 24,
    CASE WHEN is_over THEN greatest(ended, started) END, ''
FROM mediated;
INSERT INTO cases_statutoryterm (case_id, clock, about, started_on, days, unit, extended_days,
    extended_why, excluded_days, last_day, near_on, met_how)
SELECT case_id, 'commissioned', id, received_on, 30, 'calendar', 0, '', 0, received_on + 30,
    received_on + 24, ''
FROM mediation_referral;
UPDATE cases_case SET mediated_at = mediated.claimed, statutory_since = mediated.claimed,
    is_mediating = NOT is_over
FROM mediated WHERE cases_case.id = mediated.n;

INSERT INTO orgs_notice (user_id, text, url, topic, created_at, read_at)
SELECT u.id, '新登记 ' || n || '，待分流', '/cases/', 'general', at,
    CASE WHEN n <= :cases * 0.999 THEN at + interval '1 hour' END
FROM life JOIN orgs_user u ON u.id = 1 + n % 40 ORDER BY n;

DROP TABLE bench_person, bench_matter, bench_type;
COMMIT;
