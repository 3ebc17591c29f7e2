"""Logs of did:webvh as their owners write them, and as they must not."""

import json
from dataclasses import dataclass, field
from datetime import timedelta

from credhub import instants
from credhub.dids.webvh_hash import hash_of
from credhub.jsontypes import JsonObject, JsonValue, canonical, parse_object
from credhub.proofs import eddsa_jcs_2022
from tests.unit.factories import NOON, MemorySigner

PLACE = "hub.example"
START = NOON - timedelta(days=100)
OWNER = MemorySigner(1)
SUITE = eddsa_jcs_2022.suite()


def name_of(signer: MemorySigner) -> str:
    """Give the Multikey text of a signer."""
    return signer.did.removeprefix("did:key:")


def prove(document: JsonObject, signer: MemorySigner, **changes: JsonValue) -> JsonObject:
    """Sign a document without proof."""
    options: JsonObject = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE.name,
        "created": instants.text_of(START),
        "verificationMethod": signer.method,
        "proofPurpose": "assertionMethod",
        **changes,
    }
    return {**options, "proofValue": SUITE.proof_value(document, options, signer)}


def witness_rule(threshold: JsonValue, *witnesses: MemorySigner) -> JsonObject:
    return {"threshold": threshold, "witnesses": [{"id": one.did} for one in witnesses]}


def witness_file(*seen: tuple[str, MemorySigner]) -> bytes:
    """Write who saw which version."""
    return canonical(
        [
            {"versionId": version_id, "proof": [prove({"versionId": version_id}, witness)]}
            for version_id, witness in seen
        ]
    )


@dataclass
class LogWriter:
    """Writes versions one after the other; what differs from the usual is given by name."""

    place: str = PLACE
    entries: list[JsonObject] = field(default_factory=list)

    @property
    def scid(self) -> str:
        parameters = self.entries[0]["parameters"]
        assert isinstance(parameters, dict)
        return str(parameters["scid"])

    @property
    def did(self) -> str:
        return f"did:webvh:{self.scid}:{self.place}"

    @property
    def data(self) -> bytes:
        return b"".join(canonical(entry) + b"\n" for entry in self.entries)

    def id_of(self, number: int) -> str:
        return str(self.entries[number - 1]["versionId"])

    def begin(
        self,
        parameters: JsonObject | None = None,
        *,
        signer: MemorySigner = OWNER,
        **state: JsonValue,
    ) -> "LogWriter":
        """Write the first version, of which the identifier is made."""
        document = json.dumps(self._entry(parameters or {}, signer, state))
        scid = hash_of(canonical(parse_object(document.encode())))
        self._close(parse_object(document.replace("{SCID}", scid).encode()), scid, signer)
        return self

    def go_on(
        self,
        parameters: JsonObject | None = None,
        *,
        signer: MemorySigner = OWNER,
        **changes: JsonValue,
    ) -> "LogWriter":
        """Write the next version; ``changes`` are of the entry as a whole."""
        number = len(self.entries)
        previous = self.entries[-1]
        entry: JsonObject = {
            "versionTime": instants.text_of(START + timedelta(hours=number)),
            "parameters": parameters or {},
            "state": previous["state"],
            **changes,
        }
        self._close(entry, str(previous["versionId"]), signer)
        return self

    def _entry(self, parameters: JsonObject, signer: MemorySigner, state: JsonObject) -> JsonObject:
        did = f"did:webvh:{{SCID}}:{self.place}"
        key: JsonObject = {
            "id": f"{did}#key-1",
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": name_of(signer),
        }
        return {
            "versionId": "{SCID}",
            "versionTime": instants.text_of(START),
            "parameters": {
                "method": "did:webvh:1.0",
                "scid": "{SCID}",
                "updateKeys": [name_of(signer)],
                **parameters,
            },
            "state": {
                "@context": ["https://www.w3.org/ns/did/v1"],
                "id": did,
                "verificationMethod": [key],
                "assertionMethod": [f"{did}#key-1"],
                **state,
            },
        }

    def _close(self, entry: JsonObject, before: str, signer: MemorySigner) -> None:
        number = len(self.entries) + 1
        entry = {**entry, "versionId": before}
        entry["versionId"] = f"{number}-{hash_of(canonical(entry))}"
        self.entries.append({**entry, "proof": [prove(entry, signer)]})
