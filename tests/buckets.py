"""An S3 server of our own for tests, in a thread of this process."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import httpx2
from moto.server import ThreadedMotoServer


@dataclass(frozen=True, slots=True)
class Buckets:
    """Makes buckets on a server that anybody may write to."""

    endpoint: str

    def new(self) -> str:
        """Make an empty bucket and give its name."""
        name = f"bucket-{uuid4().hex}"
        httpx2.put(f"{self.endpoint}/{name}", trust_env=False).raise_for_status()
        return name

    @property
    def environment(self) -> Mapping[str, str]:
        """How tools of the cloud are told where the server is."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "anybody",
            "AWS_SECRET_ACCESS_KEY": "anybody",
        }


@contextmanager
def bucket_server() -> Iterator[Buckets]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield Buckets(f"http://{host}:{port}")
    finally:
        server.stop()
