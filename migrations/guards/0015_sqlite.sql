-- What a hub was told by its partners stays said.
CREATE TRIGGER endorsement_change_no_update BEFORE UPDATE ON endorsement_change
BEGIN SELECT RAISE(ABORT, 'endorsement_change is append-only'); END

CREATE TRIGGER endorsement_change_no_delete BEFORE DELETE ON endorsement_change
BEGIN SELECT RAISE(ABORT, 'endorsement_change is append-only'); END

CREATE TRIGGER endorsement_change_no_replace BEFORE INSERT ON endorsement_change
  WHEN EXISTS (SELECT 1 FROM endorsement_change WHERE hub_id = NEW.hub_id AND version = NEW.version)
    OR EXISTS (SELECT 1 FROM endorsement_change WHERE hub_id = NEW.hub_id AND endorsement_id = NEW.endorsement_id AND change = NEW.change)
    OR EXISTS (SELECT 1 FROM endorsement_change WHERE hub_id = NEW.hub_id AND digest = NEW.digest AND change = NEW.change)
    OR EXISTS (SELECT 1 FROM endorsement_change WHERE hub_id = NEW.hub_id AND log = NEW.log AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'endorsement_change is append-only'); END

CREATE TRIGGER endorsement_change_of_kind BEFORE INSERT ON endorsement_change
  WHEN (SELECT kind FROM ledger_entry WHERE hub_id = NEW.hub_id AND log = NEW.log AND seq = NEW.seq) IS NOT 8
BEGIN SELECT RAISE(ABORT, 'the entry of a row of endorsement_change must be of its kind'); END
