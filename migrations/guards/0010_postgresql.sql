-- A batch keeps what it was sent as, and goes on and never back.
CREATE TRIGGER changes BEFORE UPDATE ON batch
FOR EACH ROW EXECUTE FUNCTION credhub_changes_only(
  'once report', 'once rows', 'once queued_ms', 'once started_ms', 'once ended_ms', 'once ending',
  'once pruned_ms', 'up issued', 'up changed', 'up skipped', 'up failed')

-- What was counted stays, and nothing is added after the end.
CREATE TRIGGER counted BEFORE UPDATE ON batch
FOR EACH ROW WHEN (
  NEW.issued < OLD.issued OR NEW.changed < OLD.changed
  OR NEW.skipped < OLD.skipped OR NEW.failed < OLD.failed
  OR (OLD.ended_ms IS NOT NULL AND (NEW.issued <> OLD.issued OR NEW.changed <> OLD.changed
    OR NEW.skipped <> OLD.skipped OR NEW.failed <> OLD.failed)))
EXECUTE FUNCTION credhub_refuse()

-- What a row gave stays.
CREATE TRIGGER no_delete BEFORE DELETE ON batch_result
FOR EACH ROW WHEN (OLD.outcome NOT IN ('skipped', 'failed')) EXECUTE FUNCTION credhub_refuse()

-- What gave nothing new may go after the end of the batch.
CREATE FUNCTION credhub_batch_ended() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, {schema}, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM (SELECT DISTINCT o.hub_id, o.batch_id FROM old_rows o) named
             JOIN batch b ON b.hub_id = named.hub_id AND b.batch_id = named.batch_id
             WHERE b.ended_ms IS NULL) THEN
    RAISE EXCEPTION 'batch_result is append-only' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$

CREATE TRIGGER after_end AFTER DELETE ON batch_result
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION credhub_batch_ended()

ALTER TABLE batch ENABLE ALWAYS TRIGGER changes

ALTER TABLE batch ENABLE ALWAYS TRIGGER counted

ALTER TABLE batch_result ENABLE ALWAYS TRIGGER no_delete

ALTER TABLE batch_result ENABLE ALWAYS TRIGGER after_end
