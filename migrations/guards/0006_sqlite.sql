-- A batch keeps what it was sent as, and goes on and never back.
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
BEGIN SELECT RAISE(ABORT, 'batch can only go on'); END

-- Only one of which not all rows arrived is taken away again.
CREATE TRIGGER batch_no_delete BEFORE DELETE ON batch
  WHEN OLD.queued_ms IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'batch is permanent'); END

CREATE TRIGGER batch_no_replace BEFORE INSERT ON batch
  WHEN EXISTS (SELECT 1 FROM batch WHERE hub_id = NEW.hub_id AND batch_id = NEW.batch_id)
BEGIN SELECT RAISE(ABORT, 'batch is permanent'); END

-- What became of a row stays.
CREATE TRIGGER batch_result_no_update BEFORE UPDATE ON batch_result
BEGIN SELECT RAISE(ABORT, 'batch_result is append-only'); END

CREATE TRIGGER batch_result_no_delete BEFORE DELETE ON batch_result
BEGIN SELECT RAISE(ABORT, 'batch_result is append-only'); END

CREATE TRIGGER batch_result_no_replace BEFORE INSERT ON batch_result
  WHEN EXISTS (SELECT 1 FROM batch_result
    WHERE hub_id = NEW.hub_id AND batch_id = NEW.batch_id AND row = NEW.row)
BEGIN SELECT RAISE(ABORT, 'batch_result is append-only'); END

-- Nothing becomes of a row before all have arrived, or after the batch has ended.
CREATE TRIGGER batch_result_in_time BEFORE INSERT ON batch_result
  WHEN NOT EXISTS (SELECT 1 FROM batch
    WHERE hub_id = NEW.hub_id AND batch_id = NEW.batch_id
      AND queued_ms IS NOT NULL AND ended_ms IS NULL)
BEGIN SELECT RAISE(ABORT, 'batch_result must be of a batch that goes on'); END
