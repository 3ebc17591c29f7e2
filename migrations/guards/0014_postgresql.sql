-- A link is opened once, and what it opened stays what it was.
CREATE TRIGGER changes BEFORE UPDATE ON claim_link
FOR EACH ROW EXECUTE FUNCTION credhub_changes_only(
  'once ended_ms', 'once opened_ms', 'once session_hash', 'once session_until_ms',
  'once claimed_ms')

CREATE TRIGGER no_delete BEFORE DELETE ON claim_link
FOR EACH ROW EXECUTE FUNCTION credhub_refuse()

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON claim_link
FOR EACH STATEMENT EXECUTE FUNCTION credhub_refuse()

-- What a learner asked for is answered once.
CREATE TRIGGER changes BEFORE UPDATE ON learner_request
FOR EACH ROW EXECUTE FUNCTION credhub_changes_only('once answered_ms', 'once answered_by')

CREATE TRIGGER no_delete BEFORE DELETE ON learner_request
FOR EACH ROW EXECUTE FUNCTION credhub_refuse()

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON learner_request
FOR EACH STATEMENT EXECUTE FUNCTION credhub_refuse()

ALTER TABLE claim_link ENABLE ALWAYS TRIGGER changes

ALTER TABLE claim_link ENABLE ALWAYS TRIGGER no_delete

ALTER TABLE claim_link ENABLE ALWAYS TRIGGER no_truncate

ALTER TABLE learner_request ENABLE ALWAYS TRIGGER changes

ALTER TABLE learner_request ENABLE ALWAYS TRIGGER no_delete

ALTER TABLE learner_request ENABLE ALWAYS TRIGGER no_truncate
