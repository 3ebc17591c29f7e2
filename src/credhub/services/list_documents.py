"""Status lists as they are signed: a credential with bits, or a token with statuses.

Both follow from the same rows. A list of the purpose ``token`` is for the tokens of which a
learner shows a part: its places are its own, so that nobody can follow a learner from one list to
the other.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from credhub import jsontypes
from credhub.jsontypes import canonical
from credhub.ledger.events import Standing
from credhub.proofs import data_integrity, jose
from credhub.proofs.forms import DEFAULT, Form
from credhub.services.resources import Resources
from credhub.status import bitstring
from credhub.status.document import Purpose, StatusList
from credhub.status.list_token import JWT_TYPE, ListToken
from credhub.status.token_status_list import INVALID, SUSPENDED, TokenStatusList
from credhub.store.hubs import Hub
from credhub.store.status import StatusList as StoredList

TOKENS: Final = "token"
"""The purpose of a list that says all about a token in one status."""

BITS: Final = 2
TTL: Final = timedelta(minutes=15)

STATUS_OF: Final[Mapping[Standing, int]] = {
    Standing.REVOKED: INVALID,
    Standing.SUSPENDED: SUSPENDED,
}


def sign(  # noqa: PLR0913 - what a version of a list is
    resources: Resources,
    hub: Hub,
    entry: StoredList,
    standings: Mapping[int, Standing],
    *,
    url: str,
    now: datetime,
    until: datetime,
) -> bytes:
    """Sign one version of a list.

    Args:
        resources: What services work with.
        hub: Whose list it is.
        entry: Its purpose and length.
        standings: The places that do not stand.
        url: Where it is published.
        now: When it is made.
        until: When it ends.
    """
    if entry.purpose == TOKENS:
        return _token(resources, hub, entry, standings, url=url, now=now, until=until)
    document = StatusList(
        url=url,
        issuer=hub.did,
        purpose=Purpose(entry.purpose),
        encoded=bitstring.encode(standings, length=entry.length),
        valid_from=now,
        valid_until=until,
    ).to_document()
    issuing = resources.keyring.issuing_key(hub.number, DEFAULT.key_type, now)
    signed = data_integrity.sign(
        document,
        suite=resources.suite,
        signer=issuing.signer,
        verification_method=issuing.verification_method,
        created=now,
    )
    return jsontypes.canonical(signed)


def read(document: bytes) -> StatusList | ListToken:
    """Read a version of a list as it was signed.

    Raises:
        CredhubError: It is not one of ours.
    """
    if document[:1] == b"{":
        return StatusList.from_document(jsontypes.parse_object(document))
    jws = jose.Jws.parse(document.decode("ascii", errors="replace"))
    jws.check_type(JWT_TYPE)
    return ListToken.from_claims(jws.claims())


def _token(  # noqa: PLR0913 - as above
    resources: Resources,
    hub: Hub,
    entry: StoredList,
    standings: Mapping[int, Standing],
    *,
    url: str,
    now: datetime,
    until: datetime,
) -> bytes:
    key = resources.keyring.issuing_key(hub.number, Form.DC_SD_JWT.key_type, now)
    statuses = {index: STATUS_OF[standing] for index, standing in standings.items()}
    token = ListToken(
        uri=url,
        issuer_id=hub.did,
        statuses=TokenStatusList.of(statuses, bits=BITS, length=entry.length),
        valid_from=now,
        valid_until=until,
        ttl=TTL,
    )
    header: jsontypes.JsonObject = {"typ": JWT_TYPE, "kid": key.verification_method}
    return jose.sign(header, canonical(token.to_claims()), signer=key.signer).encode("ascii")
