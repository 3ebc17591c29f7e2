"""The permanent addresses of our credentials, taken apart."""

from credhub.jsontypes import JsonObject
from credhub.store.hubs import Hub


def code_in(hub: Hub, credential: JsonObject) -> str:
    """Give the public code in the id of a credential; nothing when it is no address of the hub."""
    prefix = f"{hub.base_url}/c/"
    address = str(credential.get("id"))
    return address.removeprefix(prefix) if address.startswith(prefix) else ""
