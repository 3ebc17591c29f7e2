"""The process of those who mean harm: each sends the same again as soon as it is answered."""

import socket
from collections.abc import Sequence
from multiprocessing.synchronize import Event
from threading import Thread
from typing import Final

PAUSE: Final = 1.0
"""Seconds between two requests of one of them, at the least: more would be a flood."""

_HOST: Final = "127.0.0.1"
_RECEIVE: Final = 65536


def besiege(port: int, requests: Sequence[bytes], begun: Event, ended: Event) -> None:
    """Send each request from an address of its own, over and over, until it is ended."""
    senders = [
        Thread(target=_send, args=(port, one, f"127.0.1.{number}", ended), daemon=True)
        for number, one in enumerate(requests, 1)
    ]
    for sender in senders:
        sender.start()
    begun.set()
    ended.wait()


def _send(port: int, request: bytes, source: str, ended: Event) -> None:
    while not ended.is_set():
        with socket.create_connection((_HOST, port), source_address=(source, 0)) as connection:
            connection.sendall(request)
            connection.recv(_RECEIVE)  # Or whatever else comes back.
        ended.wait(PAUSE)
