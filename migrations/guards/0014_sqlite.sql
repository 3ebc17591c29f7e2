-- A link is opened once, and what it opened stays what it was.
CREATE TRIGGER claim_link_goes_on BEFORE UPDATE ON claim_link
  WHEN NEW.hub_id IS NOT OLD.hub_id OR NEW.link_id IS NOT OLD.link_id
    OR NEW.credential_id IS NOT OLD.credential_id OR NEW.secret_hash IS NOT OLD.secret_hash
    OR NEW.actor IS NOT OLD.actor OR NEW.created_ms IS NOT OLD.created_ms
    OR NEW.expires_ms IS NOT OLD.expires_ms
    OR (OLD.ended_ms IS NOT NULL AND NEW.ended_ms IS NOT OLD.ended_ms)
    OR (OLD.opened_ms IS NOT NULL AND NEW.opened_ms IS NOT OLD.opened_ms)
    OR (OLD.session_hash IS NOT NULL AND NEW.session_hash IS NOT OLD.session_hash)
    OR (OLD.session_until_ms IS NOT NULL AND NEW.session_until_ms IS NOT OLD.session_until_ms)
    OR (OLD.claimed_ms IS NOT NULL AND NEW.claimed_ms IS NOT OLD.claimed_ms)
BEGIN SELECT RAISE(ABORT, 'claim_link can only go on'); END

CREATE TRIGGER claim_link_no_delete BEFORE DELETE ON claim_link
BEGIN SELECT RAISE(ABORT, 'claim_link is permanent'); END

CREATE TRIGGER claim_link_no_replace BEFORE INSERT ON claim_link
  WHEN EXISTS (SELECT 1 FROM claim_link WHERE hub_id = NEW.hub_id AND (link_id = NEW.link_id
    OR secret_hash = NEW.secret_hash OR session_hash = NEW.session_hash))
BEGIN SELECT RAISE(ABORT, 'claim_link is permanent'); END

-- What a learner asked for is answered once.
CREATE TRIGGER learner_request_goes_on BEFORE UPDATE ON learner_request
  WHEN NEW.hub_id IS NOT OLD.hub_id OR NEW.request_id IS NOT OLD.request_id
    OR NEW.credential_id IS NOT OLD.credential_id OR NEW.kind IS NOT OLD.kind
    OR NEW.sealed_text IS NOT OLD.sealed_text OR NEW.asked_ms IS NOT OLD.asked_ms
    OR (OLD.answered_ms IS NOT NULL AND NEW.answered_ms IS NOT OLD.answered_ms)
    OR (OLD.answered_by IS NOT NULL AND NEW.answered_by IS NOT OLD.answered_by)
BEGIN SELECT RAISE(ABORT, 'learner_request can only go on'); END

CREATE TRIGGER learner_request_no_delete BEFORE DELETE ON learner_request
BEGIN SELECT RAISE(ABORT, 'learner_request is permanent'); END

CREATE TRIGGER learner_request_no_replace BEFORE INSERT ON learner_request
  WHEN EXISTS (SELECT 1 FROM learner_request WHERE hub_id = NEW.hub_id
    AND (request_id = NEW.request_id OR (answered_ms IS NULL AND NEW.answered_ms IS NULL
      AND credential_id = NEW.credential_id AND kind = NEW.kind)))
BEGIN SELECT RAISE(ABORT, 'learner_request is permanent'); END
