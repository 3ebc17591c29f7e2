-- What a hub said of its partners stays said.
CREATE TRIGGER no_update BEFORE UPDATE ON partner_change
FOR EACH ROW EXECUTE FUNCTION credhub_refuse()

CREATE TRIGGER no_delete BEFORE DELETE ON partner_change
FOR EACH ROW EXECUTE FUNCTION credhub_refuse()

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON partner_change
FOR EACH STATEMENT EXECUTE FUNCTION credhub_refuse()

CREATE TRIGGER of_kind AFTER INSERT ON partner_change
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION credhub_entry_of_kind(8)

ALTER TABLE partner_change ENABLE ALWAYS TRIGGER no_update

ALTER TABLE partner_change ENABLE ALWAYS TRIGGER no_delete

ALTER TABLE partner_change ENABLE ALWAYS TRIGGER no_truncate

ALTER TABLE partner_change ENABLE ALWAYS TRIGGER of_kind
