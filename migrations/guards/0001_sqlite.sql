-- What was recorded cannot be changed by accident: the guards of SQLite. Statements are separated
-- by an empty line. Whoever can write the file can drop them, which signatures and witnesses show.
-- REPLACE INTO does not fire DELETE triggers unless recursive_triggers is on, so every guarded
-- table also refuses to insert a row that is there.

-- An entry follows the one before it: no gap, no second entry with its number, the chain goes on,
-- and time does not go backwards.
CREATE TRIGGER ledger_entry_extends BEFORE INSERT ON ledger_entry
  WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE hub_id = NEW.hub_id AND log = NEW.log AND seq = NEW.seq)
    OR CASE NEW.seq
      WHEN 0 THEN NEW.prev_hash <> zeroblob(32)
      ELSE NOT EXISTS (
        SELECT 1 FROM ledger_entry
        WHERE hub_id = NEW.hub_id AND log = NEW.log AND seq = NEW.seq - 1
          AND chain_hash = NEW.prev_hash AND time_ms <= NEW.time_ms)
    END
BEGIN SELECT RAISE(ABORT, 'ledger_entry does not extend the chain'); END

CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END

CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END

-- The head says what the last entry says, and never goes back.
CREATE TRIGGER ledger_head_starts_empty BEFORE INSERT ON ledger_head
  WHEN NEW.size <> 0 OR NEW.chain_hash <> zeroblob(32)
    OR EXISTS (SELECT 1 FROM ledger_head WHERE hub_id = NEW.hub_id AND log = NEW.log)
    OR EXISTS (SELECT 1 FROM ledger_entry WHERE hub_id = NEW.hub_id AND log = NEW.log)
BEGIN SELECT RAISE(ABORT, 'ledger_head starts empty, once'); END

CREATE TRIGGER ledger_head_follows BEFORE UPDATE ON ledger_head
  WHEN NEW.hub_id <> OLD.hub_id OR NEW.log <> OLD.log
    OR NEW.size < OLD.size OR NEW.last_ms < OLD.last_ms
    OR NOT EXISTS (
      SELECT 1 FROM ledger_entry
      WHERE hub_id = NEW.hub_id AND log = NEW.log AND seq = NEW.size - 1
        AND chain_hash = NEW.chain_hash AND time_ms = NEW.last_ms)
    OR EXISTS (
      SELECT 1 FROM ledger_entry
      WHERE hub_id = NEW.hub_id AND log = NEW.log AND seq >= NEW.size)
BEGIN SELECT RAISE(ABORT, 'ledger_head must equal the last entry'); END

CREATE TRIGGER ledger_head_no_delete BEFORE DELETE ON ledger_head
BEGIN SELECT RAISE(ABORT, 'ledger_head is permanent'); END

CREATE TRIGGER ledger_checkpoint_grows BEFORE INSERT ON ledger_checkpoint
  WHEN EXISTS (
      SELECT 1 FROM ledger_checkpoint
      WHERE hub_id = NEW.hub_id AND log = NEW.log AND size >= NEW.size)
    OR NOT EXISTS (
      SELECT 1 FROM ledger_head
      WHERE hub_id = NEW.hub_id AND log = NEW.log AND size >= NEW.size)
BEGIN SELECT RAISE(ABORT, 'ledger_checkpoint must grow and not pass the head'); END

CREATE TRIGGER ledger_checkpoint_no_update BEFORE UPDATE ON ledger_checkpoint
BEGIN SELECT RAISE(ABORT, 'ledger_checkpoint is append-only'); END

CREATE TRIGGER ledger_checkpoint_no_delete BEFORE DELETE ON ledger_checkpoint
BEGIN SELECT RAISE(ABORT, 'ledger_checkpoint is append-only'); END

-- A log ends once.
CREATE TRIGGER ledger_log_freezes_only BEFORE UPDATE ON ledger_log
  WHEN NEW.hub_id <> OLD.hub_id OR NEW.log <> OLD.log OR NEW.origin <> OLD.origin
    OR NEW.vkey <> OLD.vkey OR NEW.created_ms <> OLD.created_ms
    OR OLD.frozen_ms IS NOT NULL OR NEW.frozen_ms IS NULL
BEGIN SELECT RAISE(ABORT, 'ledger_log can only be frozen, once'); END

CREATE TRIGGER ledger_log_no_replace BEFORE INSERT ON ledger_log
  WHEN EXISTS (SELECT 1 FROM ledger_log WHERE hub_id = NEW.hub_id AND log = NEW.log)
    OR EXISTS (SELECT 1 FROM ledger_log WHERE hub_id = NEW.hub_id AND origin = NEW.origin)
BEGIN SELECT RAISE(ABORT, 'ledger_log exists'); END

CREATE TRIGGER ledger_log_no_delete BEFORE DELETE ON ledger_log
BEGIN SELECT RAISE(ABORT, 'ledger_log is permanent'); END

CREATE TRIGGER ledger_node_no_update BEFORE UPDATE ON ledger_node
BEGIN SELECT RAISE(ABORT, 'ledger_node is append-only'); END

CREATE TRIGGER ledger_node_no_delete BEFORE DELETE ON ledger_node
BEGIN SELECT RAISE(ABORT, 'ledger_node is append-only'); END

CREATE TRIGGER ledger_node_no_replace BEFORE INSERT ON ledger_node
  WHEN EXISTS (SELECT 1 FROM ledger_node WHERE hub_id = NEW.hub_id AND log = NEW.log AND level = NEW.level AND idx = NEW.idx)
BEGIN SELECT RAISE(ABORT, 'ledger_node is append-only'); END

CREATE TRIGGER ledger_cosignature_no_update BEFORE UPDATE ON ledger_cosignature
BEGIN SELECT RAISE(ABORT, 'ledger_cosignature is append-only'); END

CREATE TRIGGER ledger_cosignature_no_delete BEFORE DELETE ON ledger_cosignature
BEGIN SELECT RAISE(ABORT, 'ledger_cosignature is append-only'); END

CREATE TRIGGER ledger_cosignature_no_replace BEFORE INSERT ON ledger_cosignature
  WHEN EXISTS (SELECT 1 FROM ledger_cosignature WHERE hub_id = NEW.hub_id AND log = NEW.log AND size = NEW.size AND witness = NEW.witness)
BEGIN SELECT RAISE(ABORT, 'ledger_cosignature is append-only'); END

CREATE TRIGGER achievement_no_update BEFORE UPDATE ON achievement
BEGIN SELECT RAISE(ABORT, 'achievement is append-only'); END

CREATE TRIGGER achievement_no_delete BEFORE DELETE ON achievement
BEGIN SELECT RAISE(ABORT, 'achievement is append-only'); END

CREATE TRIGGER achievement_no_replace BEFORE INSERT ON achievement
  WHEN EXISTS (SELECT 1 FROM achievement WHERE hub_id = NEW.hub_id AND achievement_id = NEW.achievement_id AND version = NEW.version)
    OR EXISTS (SELECT 1 FROM achievement WHERE hub_id = NEW.hub_id AND log = NEW.log AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'achievement is append-only'); END

CREATE TRIGGER credential_no_update BEFORE UPDATE ON credential
BEGIN SELECT RAISE(ABORT, 'credential is append-only'); END

CREATE TRIGGER credential_no_delete BEFORE DELETE ON credential
BEGIN SELECT RAISE(ABORT, 'credential is append-only'); END

CREATE TRIGGER credential_no_replace BEFORE INSERT ON credential
  WHEN EXISTS (SELECT 1 FROM credential WHERE hub_id = NEW.hub_id AND credential_id = NEW.credential_id)
    OR EXISTS (SELECT 1 FROM credential WHERE hub_id = NEW.hub_id AND code = NEW.code)
    OR EXISTS (SELECT 1 FROM credential WHERE hub_id = NEW.hub_id AND supersedes = NEW.supersedes)
BEGIN SELECT RAISE(ABORT, 'credential is append-only'); END

CREATE TRIGGER status_list_version_no_update BEFORE UPDATE ON status_list_version
BEGIN SELECT RAISE(ABORT, 'status_list_version is append-only'); END

CREATE TRIGGER status_list_version_no_delete BEFORE DELETE ON status_list_version
BEGIN SELECT RAISE(ABORT, 'status_list_version is append-only'); END

CREATE TRIGGER status_list_version_no_replace BEFORE INSERT ON status_list_version
  WHEN EXISTS (SELECT 1 FROM status_list_version WHERE hub_id = NEW.hub_id AND list = NEW.list AND version = NEW.version)
    OR EXISTS (SELECT 1 FROM status_list_version WHERE hub_id = NEW.hub_id AND log = NEW.log AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'status_list_version is append-only'); END

CREATE TRIGGER status_entry_no_update BEFORE UPDATE ON status_entry
BEGIN SELECT RAISE(ABORT, 'status_entry is append-only'); END

CREATE TRIGGER status_entry_no_delete BEFORE DELETE ON status_entry
BEGIN SELECT RAISE(ABORT, 'status_entry is append-only'); END

CREATE TRIGGER status_entry_no_replace BEFORE INSERT ON status_entry
  WHEN EXISTS (SELECT 1 FROM status_entry WHERE hub_id = NEW.hub_id AND list = NEW.list AND idx = NEW.idx)
    OR EXISTS (SELECT 1 FROM status_entry WHERE hub_id = NEW.hub_id AND credential_id = NEW.credential_id AND purpose = NEW.purpose)
BEGIN SELECT RAISE(ABORT, 'status_entry is append-only'); END

CREATE TRIGGER status_change_no_update BEFORE UPDATE ON status_change
BEGIN SELECT RAISE(ABORT, 'status_change is append-only'); END

CREATE TRIGGER status_change_no_delete BEFORE DELETE ON status_change
BEGIN SELECT RAISE(ABORT, 'status_change is append-only'); END

CREATE TRIGGER status_change_no_replace BEFORE INSERT ON status_change
  WHEN EXISTS (SELECT 1 FROM status_change WHERE hub_id = NEW.hub_id AND credential_id = NEW.credential_id AND n = NEW.n)
    OR EXISTS (SELECT 1 FROM status_change WHERE hub_id = NEW.hub_id AND log = NEW.log AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'status_change is append-only'); END

CREATE TRIGGER credential_form_erases_only BEFORE UPDATE ON credential_form
  WHEN NOT (NEW.sealed IS NULL AND NEW.hub_id IS OLD.hub_id AND NEW.credential_id IS OLD.credential_id AND NEW.form IS OLD.form AND NEW.log IS OLD.log AND NEW.seq IS OLD.seq)
BEGIN SELECT RAISE(ABORT, 'credential_form can only be erased'); END

CREATE TRIGGER credential_form_no_delete BEFORE DELETE ON credential_form
BEGIN SELECT RAISE(ABORT, 'credential_form is erased, not deleted'); END

CREATE TRIGGER credential_form_no_replace BEFORE INSERT ON credential_form
  WHEN EXISTS (SELECT 1 FROM credential_form WHERE hub_id = NEW.hub_id AND credential_id = NEW.credential_id AND form = NEW.form)
    OR EXISTS (SELECT 1 FROM credential_form WHERE hub_id = NEW.hub_id AND log = NEW.log AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'credential_form exists'); END

CREATE TRIGGER ledger_opening_erases_only BEFORE UPDATE ON ledger_opening
  WHEN NOT (NEW.sealed IS NULL AND NEW.hub_id IS OLD.hub_id AND NEW.log IS OLD.log AND NEW.seq IS OLD.seq AND NEW.entry_id IS OLD.entry_id AND NEW.inner_kind IS OLD.inner_kind AND NEW.learner_id IS OLD.learner_id)
BEGIN SELECT RAISE(ABORT, 'ledger_opening can only be erased'); END

CREATE TRIGGER ledger_opening_no_delete BEFORE DELETE ON ledger_opening
BEGIN SELECT RAISE(ABORT, 'ledger_opening is erased, not deleted'); END

CREATE TRIGGER ledger_opening_no_replace BEFORE INSERT ON ledger_opening
  WHEN EXISTS (SELECT 1 FROM ledger_opening WHERE hub_id = NEW.hub_id AND log = NEW.log AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'ledger_opening exists'); END

CREATE TRIGGER status_list_closes_only BEFORE UPDATE ON status_list
  WHEN NEW.hub_id <> OLD.hub_id OR NEW.list <> OLD.list OR NEW.purpose <> OLD.purpose
    OR NEW.length <> OLD.length OR NEW.created_ms <> OLD.created_ms
    OR OLD.closed_ms IS NOT NULL OR NEW.closed_ms IS NULL
BEGIN SELECT RAISE(ABORT, 'status_list can only be closed, once'); END

CREATE TRIGGER status_list_no_delete BEFORE DELETE ON status_list
BEGIN SELECT RAISE(ABORT, 'status_list is permanent'); END

CREATE TRIGGER status_list_no_replace BEFORE INSERT ON status_list
  WHEN EXISTS (SELECT 1 FROM status_list WHERE hub_id = NEW.hub_id AND list = NEW.list)
BEGIN SELECT RAISE(ABORT, 'status_list exists'); END

-- An old key stays resolvable for ever. Its private half may be sealed anew or destroyed.
CREATE TRIGGER signing_key_ends_only BEFORE UPDATE ON signing_key
  WHEN NEW.hub_id <> OLD.hub_id OR NEW.key_id <> OLD.key_id OR NEW.purpose <> OLD.purpose
    OR NEW.algorithm <> OLD.algorithm OR NEW.public_key <> OLD.public_key
    OR NEW.valid_from_ms <> OLD.valid_from_ms
    OR (OLD.retired_ms IS NOT NULL AND NEW.retired_ms IS NOT OLD.retired_ms)
    OR (OLD.compromised_ms IS NOT NULL AND NEW.compromised_ms IS NOT OLD.compromised_ms)
BEGIN SELECT RAISE(ABORT, 'signing_key can only be ended'); END

CREATE TRIGGER signing_key_no_delete BEFORE DELETE ON signing_key
BEGIN SELECT RAISE(ABORT, 'signing_key is permanent'); END

CREATE TRIGGER signing_key_no_replace BEFORE INSERT ON signing_key
  WHEN EXISTS (SELECT 1 FROM signing_key WHERE hub_id = NEW.hub_id AND key_id = NEW.key_id)
BEGIN SELECT RAISE(ABORT, 'signing_key exists'); END

-- What addresses and keys are made from does not change, and no number is used again.
CREATE TRIGGER hub_keeps_its_name BEFORE UPDATE ON hub
  WHEN NEW.hub_id <> OLD.hub_id OR NEW.slug <> OLD.slug OR NEW.did <> OLD.did
    OR NEW.base_url <> OLD.base_url OR NEW.created_ms <> OLD.created_ms
BEGIN SELECT RAISE(ABORT, 'hub keeps its number, slug, DID and address'); END

CREATE TRIGGER hub_no_delete BEFORE DELETE ON hub
BEGIN SELECT RAISE(ABORT, 'hub is permanent'); END

CREATE TRIGGER hub_no_replace BEFORE INSERT ON hub
  WHEN EXISTS (
    SELECT 1 FROM hub WHERE hub_id = NEW.hub_id OR slug = NEW.slug OR did = NEW.did)
BEGIN SELECT RAISE(ABORT, 'hub exists'); END
