-- What a hub was told by its partners stays said.
CREATE TRIGGER no_update BEFORE UPDATE ON endorsement_change
FOR EACH ROW EXECUTE FUNCTION credhub_refuse()

CREATE TRIGGER no_delete BEFORE DELETE ON endorsement_change
FOR EACH ROW EXECUTE FUNCTION credhub_refuse()

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON endorsement_change
FOR EACH STATEMENT EXECUTE FUNCTION credhub_refuse()

CREATE TRIGGER of_kind AFTER INSERT ON endorsement_change
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION credhub_entry_of_kind(8)

ALTER TABLE endorsement_change ENABLE ALWAYS TRIGGER no_update

ALTER TABLE endorsement_change ENABLE ALWAYS TRIGGER no_delete

ALTER TABLE endorsement_change ENABLE ALWAYS TRIGGER no_truncate

ALTER TABLE endorsement_change ENABLE ALWAYS TRIGGER of_kind
