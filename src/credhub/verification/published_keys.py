"""Keys that are named by a web address, or that come with the signature: whose they are.

Invariants:
- A key is an issuer's only if the issuer says so: in the document at its own identifier, or in the
  key set of its host, which nobody but the owner of the host writes.
- Where a key lies says nothing. Whoever may put a file on a host could publish a key there, beside
  those of everybody else.
- A forger makes us ask nobody else: who vouches for a key is asked after its signature is found
  genuine.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Self

from credhub.dids import web_address
from credhub.dids.document import DidDocument, VerificationMethod
from credhub.errors import (
    KeyCameAlongError,
    KeyNotVouchedForError,
    NoKeysPublishedError,
    OutcomeUnknownError,
)
from credhub.public_key import PublicKey
from credhub.verification.protocols import DidResolver
from credhub.verification.signature import Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedKey:
    """A key that was found and is not believed to be anybody's.

    Attributes:
        method: The key.
        holder: What is published at the address where it was found.
        issuer: Whose it is said to be.
        dids: Where keys come from.
    """

    method: VerificationMethod
    holder: DidDocument
    issuer: str
    dids: DidResolver

    @classmethod
    def find(cls, name: str, *, issuer: str, dids: DidResolver) -> Self:
        """Find a key by its address, first where its issuer would name it.

        Args:
            name: An address of https, with or without a fragment.
            issuer: Who is said to have signed.
            dids: Where keys come from.

        Raises:
            OutcomeUnknownError: It could not be had.
        """
        base = name.partition("#")[0]
        reason: OutcomeUnknownError = NoKeysPublishedError()
        for place in _places(base, issuer):
            try:
                holder = dids.resolve(place)
            except OutcomeUnknownError as error:
                reason = error
                continue
            named = [one for one in holder.methods if one.id == name]
            if len(named) == 1:
                return cls(method=named[0], holder=holder, issuer=issuer, dids=dids)
            reason = NoKeysPublishedError()
        raise reason

    def genuine(self) -> Signature:
        """Say whose signature it is, after it was found to fit the key.

        Raises:
            OutcomeUnknownError: The keys of the issuer could not be had.
        """
        if self.holder.id == self.issuer:
            return Signature(method=self.method, signer=self.holder)
        if self.holder.id == web_address.key_set_of(self.issuer):
            return _of_key_set(self.method, self.holder, self.issuer)
        own = _own_of(self.method.public_key, self.issuer, self.dids) or self._referred_to()
        if own is not None:
            return own
        doubt = None if _is_did(self.issuer) else KeyNotVouchedForError()
        return Signature(method=self.method, signer=self.holder, doubt=doubt)

    def _referred_to(self) -> Signature | None:
        """Look whether the issuer names the key by its address, where the key itself lies."""
        for document in _documents_of(self.issuer, self.dids):
            if document.id == self.issuer and self.method.id in document.assertion:
                method = _for(self.issuer, self.method, self.holder)
                return Signature(method=method, signer=replace(document, methods=(method,)))
        return None


def signature_by_key_along(key: PublicKey, *, issuer: str, dids: DidResolver) -> Signature:
    """Say whose signature it is that fits a key which came with it.

    Raises:
        OutcomeUnknownError: The keys of the issuer could not be had.
    """
    own = _own_of(key, issuer, dids)
    if own is not None:
        return own
    nameless = VerificationMethod(id="", controller="", public_key=key)
    nobody = DidDocument(id="", methods=(nameless,), assertion=frozenset())
    doubt = None if _is_did(issuer) else KeyCameAlongError()
    return Signature(method=nameless, signer=nobody, doubt=doubt)


def _places(base: str, issuer: str) -> list[str]:
    """List where a key is looked for by name; what is not the issuer's own is asked last."""
    key_set = web_address.key_set_of(issuer)
    own = [issuer] if base == issuer else []
    return list(dict.fromkeys([*own, *([key_set] if key_set else []), base]))


def _own_of(key: PublicKey, issuer: str, dids: DidResolver) -> Signature | None:
    """Look for a key among those that an issuer calls its own, by whatever name."""
    for document in _documents_of(issuer, dids):
        for method in document.methods:
            if method.public_key != key:
                continue
            if document.id == issuer and method.id in document.assertion:
                return Signature(method=method, signer=document)
            if document.id != issuer and method.controller in (document.id, issuer):
                return _of_key_set(method, document, issuer)
    return None


def _documents_of(issuer: str, dids: DidResolver) -> Iterator[DidDocument]:
    """Give what an issuer publishes about its keys; a DID has one document, and must have it."""
    if _is_did(issuer):
        yield dids.resolve(issuer)
        return
    for place in (web_address.key_set_of(issuer), issuer):
        if place is not None:
            with suppress(OutcomeUnknownError):
                yield dids.resolve(place)


def _of_key_set(method: VerificationMethod, key_set: DidDocument, issuer: str) -> Signature:
    """Take a key of a host for that of an issuer there, unless it says that it is another's."""
    own = _for(issuer, method, key_set)
    signer = DidDocument(id=own.controller, methods=(own,), assertion=frozenset({own.id}))
    return Signature(method=own, signer=signer)


def _for(issuer: str, method: VerificationMethod, found: DidDocument) -> VerificationMethod:
    """Say of a key whose it is, where the key itself does not."""
    said = method.controller != found.id
    return method if said else replace(method, controller=issuer)


def _is_did(issuer: str) -> bool:
    return issuer.startswith("did:")
