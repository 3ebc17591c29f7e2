-- What was recorded cannot be changed by accident: the guards of PostgreSQL. Statements are
-- separated by an empty line; {schema} is the schema of the tables. Superusers and the owner can
-- disable them, which signatures and witnesses show. ENABLE ALWAYS: they also fire under
-- session_replication_role = replica. pg_temp comes last, so no temporary table can stand in.

CREATE FUNCTION credhub_refuse() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, {schema}, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$

-- The entries of one statement follow those before them: no gap, the hashes are right, the chain
-- goes on, and time does not go backwards.
CREATE FUNCTION credhub_entry_extends() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, {schema}, pg_temp AS $$
DECLARE
  bad bigint;
BEGIN
  SELECT n.seq INTO bad
  FROM new_rows n
  LEFT JOIN ledger_entry p ON p.hub_id = n.hub_id AND p.log = n.log AND p.seq = n.seq - 1
  WHERE n.leaf_hash <> sha256('\x00'::bytea || n.entry)
     OR n.chain_hash <> sha256('credhub/chain/v1\012'::bytea || n.prev_hash || n.leaf_hash)
     OR (n.seq = 0 AND n.prev_hash <> decode(repeat('00', 32), 'hex'))
     OR (n.seq > 0 AND (p.seq IS NULL OR p.chain_hash <> n.prev_hash OR p.time_ms > n.time_ms))
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger_entry % does not extend the chain', bad
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$

-- The head says what the last entry says, and never goes back.
CREATE FUNCTION credhub_head_follows() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, {schema}, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.size <> 0 OR NEW.chain_hash <> decode(repeat('00', 32), 'hex') OR EXISTS (
      SELECT 1 FROM ledger_entry e WHERE e.hub_id = NEW.hub_id AND e.log = NEW.log
    ) THEN
      RAISE EXCEPTION 'ledger_head starts empty'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.hub_id <> OLD.hub_id OR NEW.log <> OLD.log
     OR NEW.size < OLD.size OR NEW.last_ms < OLD.last_ms
     OR (NEW.size - 1, NEW.chain_hash, NEW.last_ms) IS DISTINCT FROM (
       SELECT (e.seq, e.chain_hash, e.time_ms) FROM ledger_entry e
       WHERE e.hub_id = NEW.hub_id AND e.log = NEW.log ORDER BY e.seq DESC LIMIT 1)
  THEN
    RAISE EXCEPTION 'ledger_head must equal the last entry'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE FUNCTION credhub_checkpoint_grows() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, {schema}, pg_temp AS $$
BEGIN
  IF EXISTS (
       SELECT 1 FROM ledger_checkpoint c
       WHERE c.hub_id = NEW.hub_id AND c.log = NEW.log AND c.size >= NEW.size)
     OR NOT EXISTS (
       SELECT 1 FROM ledger_head h
       WHERE h.hub_id = NEW.hub_id AND h.log = NEW.log AND h.size >= NEW.size)
  THEN
    RAISE EXCEPTION 'ledger_checkpoint must grow and not pass the head'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

-- The trigger's arguments name the columns that may change, and each only as it says: once (from
-- nothing to something), erased (to nothing), or freely.
CREATE FUNCTION credhub_changes_only() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, {schema}, pg_temp AS $$
DECLARE
  before jsonb := to_jsonb(OLD);
  after jsonb := to_jsonb(NEW);
  rule text;
  name text;
BEGIN
  FOREACH rule IN ARRAY TG_ARGV LOOP
    name := split_part(rule, ' ', 2);
    IF (after -> name) IS DISTINCT FROM (before -> name) AND (
      (split_part(rule, ' ', 1) = 'once' AND before ->> name IS NOT NULL)
      OR (split_part(rule, ' ', 1) = 'erased' AND after ->> name IS NOT NULL)
    ) THEN
      RAISE EXCEPTION '% of % cannot change', name, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    before := before - name;
    after := after - name;
  END LOOP;
  IF before <> after THEN
    RAISE EXCEPTION '% cannot change', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$

CREATE TRIGGER extends AFTER INSERT ON ledger_entry
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION credhub_entry_extends()

CREATE TRIGGER follows BEFORE INSERT OR UPDATE ON ledger_head
FOR EACH ROW EXECUTE FUNCTION credhub_head_follows()

CREATE TRIGGER grows BEFORE INSERT ON ledger_checkpoint
FOR EACH ROW EXECUTE FUNCTION credhub_checkpoint_grows()

CREATE TRIGGER changes BEFORE UPDATE ON ledger_log
FOR EACH ROW EXECUTE FUNCTION credhub_changes_only('once frozen_ms')

CREATE TRIGGER changes BEFORE UPDATE ON ledger_opening
FOR EACH ROW EXECUTE FUNCTION credhub_changes_only('erased sealed')

CREATE TRIGGER changes BEFORE UPDATE ON credential_form
FOR EACH ROW EXECUTE FUNCTION credhub_changes_only('erased sealed')

CREATE TRIGGER changes BEFORE UPDATE ON status_list
FOR EACH ROW EXECUTE FUNCTION credhub_changes_only('once closed_ms')

CREATE TRIGGER changes BEFORE UPDATE ON signing_key
FOR EACH ROW EXECUTE FUNCTION
credhub_changes_only('once retired_ms', 'once compromised_ms', 'freely sealed_private')

CREATE TRIGGER changes BEFORE UPDATE ON hub
FOR EACH ROW EXECUTE FUNCTION credhub_changes_only(
  'freely name', 'freely description', 'freely url', 'freely email',
  'freely kdf_salt', 'freely sealed_secret')

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY[
    'ledger_entry', 'ledger_node', 'ledger_checkpoint', 'ledger_cosignature', 'achievement',
    'credential', 'status_list_version', 'status_entry', 'status_change'
  ] LOOP
    EXECUTE format('CREATE TRIGGER no_update BEFORE UPDATE ON %I'
      ' FOR EACH ROW EXECUTE FUNCTION credhub_refuse()', t);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER no_update', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY[
    'ledger_log', 'ledger_entry', 'ledger_node', 'ledger_head', 'ledger_checkpoint',
    'ledger_cosignature', 'ledger_opening', 'achievement', 'credential', 'credential_form',
    'status_list', 'status_list_version', 'status_entry', 'status_change', 'signing_key', 'hub'
  ] LOOP
    EXECUTE format('CREATE TRIGGER no_delete BEFORE DELETE ON %I'
      ' FOR EACH ROW EXECUTE FUNCTION credhub_refuse()', t);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I'
      ' FOR EACH STATEMENT EXECUTE FUNCTION credhub_refuse()', t);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER no_delete', t);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER no_truncate', t);
  END LOOP;
END $$

ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER extends

ALTER TABLE ledger_head ENABLE ALWAYS TRIGGER follows

ALTER TABLE ledger_checkpoint ENABLE ALWAYS TRIGGER grows

ALTER TABLE ledger_log ENABLE ALWAYS TRIGGER changes

ALTER TABLE ledger_opening ENABLE ALWAYS TRIGGER changes

ALTER TABLE credential_form ENABLE ALWAYS TRIGGER changes

ALTER TABLE status_list ENABLE ALWAYS TRIGGER changes

ALTER TABLE signing_key ENABLE ALWAYS TRIGGER changes

ALTER TABLE hub ENABLE ALWAYS TRIGGER changes

-- Sealed bytes do not compress: do not try.
ALTER TABLE credential_form ALTER COLUMN sealed SET STORAGE EXTERNAL

ALTER TABLE ledger_opening ALTER COLUMN sealed SET STORAGE EXTERNAL
