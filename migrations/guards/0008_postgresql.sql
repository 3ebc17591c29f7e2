-- A picture that an achievement names stays what it was.
CREATE TRIGGER no_update BEFORE UPDATE ON picture
FOR EACH ROW EXECUTE FUNCTION credhub_refuse()

CREATE TRIGGER no_delete BEFORE DELETE ON picture
FOR EACH ROW EXECUTE FUNCTION credhub_refuse()

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON picture
FOR EACH STATEMENT EXECUTE FUNCTION credhub_refuse()

ALTER TABLE picture ENABLE ALWAYS TRIGGER no_update

ALTER TABLE picture ENABLE ALWAYS TRIGGER no_delete

ALTER TABLE picture ENABLE ALWAYS TRIGGER no_truncate
