"""The public side of a hub with several logs: all are listed, and the old ones answer for ever."""

from http import HTTPStatus

from credhub.services import rollover
from tests.running import Service, code_of, issue, publish


def test_an_ended_log_is_listed_and_served_beside_the_open_one(fresh_service: Service) -> None:
    client, public = fresh_service.client(), fresh_service.public()
    achievement = publish(client)
    before = issue(client, achievement)
    code = code_of(before)
    receipt = public.get(f"/c/{code}/receipt").text

    rollover.roll(fresh_service.resources, fresh_service.one.hub)
    after = issue(client, achievement)

    listed = public.get("/.well-known/credhub-ledger.json").json()["logs"]
    own = [(one["origin"].rpartition("/")[2], one["frozen"]) for one in listed]
    assert own == [("2026", True), ("2026-2", False), ("2026", False)]
    assert len({one["vkey"].rpartition("+")[2] for one in listed}) == len(listed)
    found = public.get("/ledger/riverside/checkpoint")
    assert found.status_code == HTTPStatus.TEMPORARY_REDIRECT
    assert found.headers["location"].endswith("/ledger/riverside/2026-2/checkpoint")
    for label in ("2026", "2026-2"):
        note = public.get(f"/ledger/riverside/{label}/checkpoint")
        assert note.status_code == HTTPStatus.OK
        assert note.text.startswith(f"127.0.0.1:8000/ledger/riverside/{label}\n")
        tile = public.get(f"/ledger/riverside/{label}/tile/entries/000.p/1")
        assert tile.status_code == HTTPStatus.OK
    assert public.get(f"/c/{code}/receipt").text == receipt
    for made in (before, after):
        report = public.get(f"/c/{code_of(made)}", headers={"accept": "application/json"}).json()
        assert report["verdict"] == "valid"
