-- A row that names a ledger entry names one of its own kind, by which the audit finds the row.
CREATE TRIGGER credential_form_of_kind BEFORE INSERT ON credential_form
  WHEN (SELECT kind FROM ledger_entry WHERE hub_id = NEW.hub_id AND log = NEW.log AND seq = NEW.seq) IS NOT 1
BEGIN SELECT RAISE(ABORT, 'the entry of a row of credential_form must be of its kind'); END

CREATE TRIGGER status_change_of_kind BEFORE INSERT ON status_change
  WHEN (SELECT kind FROM ledger_entry WHERE hub_id = NEW.hub_id AND log = NEW.log AND seq = NEW.seq) IS NOT 1
BEGIN SELECT RAISE(ABORT, 'the entry of a row of status_change must be of its kind'); END

CREATE TRIGGER status_list_version_of_kind BEFORE INSERT ON status_list_version
  WHEN (SELECT kind FROM ledger_entry WHERE hub_id = NEW.hub_id AND log = NEW.log AND seq = NEW.seq) IS NOT 2
BEGIN SELECT RAISE(ABORT, 'the entry of a row of status_list_version must be of its kind'); END

CREATE TRIGGER achievement_of_kind BEFORE INSERT ON achievement
  WHEN (SELECT kind FROM ledger_entry WHERE hub_id = NEW.hub_id AND log = NEW.log AND seq = NEW.seq) IS NOT 4
BEGIN SELECT RAISE(ABORT, 'the entry of a row of achievement must be of its kind'); END

-- A log that has ended takes no more entries.
CREATE TRIGGER ledger_head_in_open_log BEFORE UPDATE ON ledger_head
  WHEN EXISTS (SELECT 1 FROM ledger_log WHERE hub_id = NEW.hub_id AND log = NEW.log AND frozen_ms IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'ledger_head of an ended log must stay'); END

-- The key that a witness is known by stays.
CREATE TRIGGER witness_key_no_update BEFORE UPDATE ON witness_key
BEGIN SELECT RAISE(ABORT, 'witness_key is permanent'); END

CREATE TRIGGER witness_key_no_delete BEFORE DELETE ON witness_key
BEGIN SELECT RAISE(ABORT, 'witness_key is permanent'); END

CREATE TRIGGER witness_key_no_replace BEFORE INSERT ON witness_key
  WHEN EXISTS (SELECT 1 FROM witness_key WHERE name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'witness_key exists'); END
