-- A batch keeps what it was sent as, and goes on and never back.
CREATE TRIGGER changes BEFORE UPDATE ON batch
FOR EACH ROW EXECUTE FUNCTION credhub_changes_only(
  'once report', 'once rows', 'once queued_ms', 'once started_ms', 'once ended_ms', 'once ending')

-- Only one of which not all rows arrived is taken away again.
CREATE TRIGGER no_delete BEFORE DELETE ON batch
FOR EACH ROW WHEN (OLD.queued_ms IS NOT NULL) EXECUTE FUNCTION credhub_refuse()

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON batch
FOR EACH STATEMENT EXECUTE FUNCTION credhub_refuse()

-- What became of a row stays.
CREATE TRIGGER no_update BEFORE UPDATE ON batch_result
FOR EACH ROW EXECUTE FUNCTION credhub_refuse()

CREATE TRIGGER no_delete BEFORE DELETE ON batch_result
FOR EACH ROW EXECUTE FUNCTION credhub_refuse()

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON batch_result
FOR EACH STATEMENT EXECUTE FUNCTION credhub_refuse()

-- Nothing becomes of a row before all have arrived, or after the batch has ended. Whoever ends the
-- batch waits for the lock, so nothing is under way then.
CREATE FUNCTION credhub_batch_goes_on() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, {schema}, pg_temp AS $$
DECLARE
  named record;
BEGIN
  FOR named IN SELECT DISTINCT n.hub_id, n.batch_id FROM new_rows n ORDER BY 1, 2 LOOP
    PERFORM 1 FROM batch b
    WHERE b.hub_id = named.hub_id AND b.batch_id = named.batch_id
      AND b.queued_ms IS NOT NULL AND b.ended_ms IS NULL
    FOR SHARE;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'batch_result must be of a batch that goes on'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END LOOP;
  RETURN NULL;
END $$

CREATE TRIGGER in_time AFTER INSERT ON batch_result
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION credhub_batch_goes_on()

ALTER TABLE batch ENABLE ALWAYS TRIGGER changes

ALTER TABLE batch ENABLE ALWAYS TRIGGER no_delete

ALTER TABLE batch ENABLE ALWAYS TRIGGER no_truncate

ALTER TABLE batch_result ENABLE ALWAYS TRIGGER no_update

ALTER TABLE batch_result ENABLE ALWAYS TRIGGER no_delete

ALTER TABLE batch_result ENABLE ALWAYS TRIGGER no_truncate

ALTER TABLE batch_result ENABLE ALWAYS TRIGGER in_time
