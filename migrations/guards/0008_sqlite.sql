-- A picture that an achievement names stays what it was.
CREATE TRIGGER picture_no_update BEFORE UPDATE ON picture
BEGIN SELECT RAISE(ABORT, 'picture is append-only'); END

CREATE TRIGGER picture_no_delete BEFORE DELETE ON picture
BEGIN SELECT RAISE(ABORT, 'picture is append-only'); END

CREATE TRIGGER picture_no_replace BEFORE INSERT ON picture
  WHEN EXISTS (SELECT 1 FROM picture WHERE hub_id = NEW.hub_id AND digest = NEW.digest)
BEGIN SELECT RAISE(ABORT, 'picture is append-only'); END
