-- A row that names a ledger entry names one of its own kind, by which the audit finds the row.
CREATE FUNCTION credhub_entry_of_kind() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, {schema}, pg_temp AS $$
DECLARE
  bad bigint;
BEGIN
  SELECT n.seq INTO bad
  FROM new_rows n
  LEFT JOIN ledger_entry e ON e.hub_id = n.hub_id AND e.log = n.log AND e.seq = n.seq
  WHERE e.kind IS DISTINCT FROM TG_ARGV[0]::smallint
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the entry of a row of % must be of its kind: %', TG_TABLE_NAME, bad
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$

CREATE TRIGGER of_kind AFTER INSERT ON credential_form
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION credhub_entry_of_kind(1)

CREATE TRIGGER of_kind AFTER INSERT ON status_change
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION credhub_entry_of_kind(1)

CREATE TRIGGER of_kind AFTER INSERT ON status_list_version
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION credhub_entry_of_kind(2)

CREATE TRIGGER of_kind AFTER INSERT ON achievement
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION credhub_entry_of_kind(4)

ALTER TABLE credential_form ENABLE ALWAYS TRIGGER of_kind

ALTER TABLE status_change ENABLE ALWAYS TRIGGER of_kind

ALTER TABLE status_list_version ENABLE ALWAYS TRIGGER of_kind

ALTER TABLE achievement ENABLE ALWAYS TRIGGER of_kind

-- A log that has ended takes no more entries.
CREATE FUNCTION credhub_log_is_open() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, {schema}, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM ledger_log l
    WHERE l.hub_id = NEW.hub_id AND l.log = NEW.log AND l.frozen_ms IS NOT NULL)
  THEN
    RAISE EXCEPTION 'ledger_head of an ended log must stay'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$

CREATE TRIGGER in_open_log BEFORE UPDATE ON ledger_head
FOR EACH ROW EXECUTE FUNCTION credhub_log_is_open()

ALTER TABLE ledger_head ENABLE ALWAYS TRIGGER in_open_log

-- The key that a witness is known by stays.
CREATE TRIGGER no_update BEFORE UPDATE ON witness_key
FOR EACH ROW EXECUTE FUNCTION credhub_refuse()

CREATE TRIGGER no_delete BEFORE DELETE ON witness_key
FOR EACH ROW EXECUTE FUNCTION credhub_refuse()

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON witness_key
FOR EACH STATEMENT EXECUTE FUNCTION credhub_refuse()

ALTER TABLE witness_key ENABLE ALWAYS TRIGGER no_update

ALTER TABLE witness_key ENABLE ALWAYS TRIGGER no_delete

ALTER TABLE witness_key ENABLE ALWAYS TRIGGER no_truncate
