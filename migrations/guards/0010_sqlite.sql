-- A batch keeps what it was sent as, and goes on and never back; its counts stay when it has ended.
CREATE TRIGGER batch_goes_on BEFORE UPDATE ON batch
  WHEN NEW.hub_id IS NOT OLD.hub_id OR NEW.batch_id IS NOT OLD.batch_id
    OR NEW.kind IS NOT OLD.kind
    OR NEW.achievement_id IS NOT OLD.achievement_id
    OR NEW.achievement_version IS NOT OLD.achievement_version
    OR NEW.actor IS NOT OLD.actor OR NEW.created_ms IS NOT OLD.created_ms
    OR (OLD.report IS NOT NULL AND NEW.report IS NOT OLD.report)
    OR (OLD.rows IS NOT NULL AND NEW.rows IS NOT OLD.rows)
    OR (OLD.queued_ms IS NOT NULL AND NEW.queued_ms IS NOT OLD.queued_ms)
    OR (OLD.started_ms IS NOT NULL AND NEW.started_ms IS NOT OLD.started_ms)
    OR (OLD.ended_ms IS NOT NULL AND NEW.ended_ms IS NOT OLD.ended_ms)
    OR (OLD.ending IS NOT NULL AND NEW.ending IS NOT OLD.ending)
    OR (OLD.pruned_ms IS NOT NULL AND NEW.pruned_ms IS NOT OLD.pruned_ms)
    OR NEW.issued < OLD.issued OR NEW.changed < OLD.changed
    OR NEW.skipped < OLD.skipped OR NEW.failed < OLD.failed
    OR (OLD.ended_ms IS NOT NULL AND (NEW.issued IS NOT OLD.issued
      OR NEW.changed IS NOT OLD.changed OR NEW.skipped IS NOT OLD.skipped
      OR NEW.failed IS NOT OLD.failed))
BEGIN SELECT RAISE(ABORT, 'batch can only go on'); END

-- What a row gave stays. What gave nothing new may go after the end of the batch.
CREATE TRIGGER batch_result_no_delete BEFORE DELETE ON batch_result
  WHEN OLD.outcome NOT IN ('skipped', 'failed') OR NOT EXISTS (SELECT 1 FROM batch
    WHERE hub_id = OLD.hub_id AND batch_id = OLD.batch_id AND ended_ms IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'batch_result is append-only'); END
