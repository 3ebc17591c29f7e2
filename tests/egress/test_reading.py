"""Published files are read where they are, and nothing is written there."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from credhub.egress.reading import open_reader
from credhub.errors import AddressRefusedError, NotReachedError, ObjectsUnavailableError


class _Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer with the status that the path ends with."""
        self.send_response(int(self.path.rpartition("/")[2]))
        self.end_headers()
        self.wfile.write(b"body")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


@contextmanager
def answering() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Answering)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/ledger/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_folder_by_its_path_or_its_address(tmp_path: Path) -> None:
    (tmp_path / "tile").mkdir()
    (tmp_path / "tile" / "a").write_bytes(b"bytes")

    for url in (str(tmp_path), tmp_path.as_uri()):
        read = open_reader(url)
        assert read("tile/a") == b"bytes"
        assert read("tile/b") is None
        assert read("tile/a/b") is None
        assert read("tile") is None


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert open_reader(str(tmp_path / "nothing"))("checkpoint") is None

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ObjectsUnavailableError):
        open_reader(str(tmp_path))("x" * 300)


def test_a_web_server() -> None:
    with answering() as url:
        read = open_reader(url)

        assert read("200") == b"body"
        assert read("404") is None
        assert read("410") is None
        with pytest.raises(NotReachedError, match=r"/ledger/500, .* answered with status 500"):
            read("500")
        with pytest.raises(NotReachedError):
            read("302")


@pytest.mark.parametrize("url", ["file://host/path", "nonsense://x/y"])
def test_places_that_cannot_be(url: str) -> None:
    with pytest.raises(ObjectsUnavailableError):
        open_reader(url)


def test_a_bucket_is_read_by_its_address() -> None:
    assert open_reader("memory:///")("checkpoint") is None


def test_an_address_that_is_none() -> None:
    with pytest.raises(AddressRefusedError):
        open_reader("http://user:secret@127.0.0.1/")
