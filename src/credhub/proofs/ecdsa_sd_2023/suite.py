"""The cryptosuite as the others see it."""

from collections.abc import Callable, Collection
from typing import Final, Self

from credhub.errors import BaseProofError, KeyTypeError
from credhub.jsontypes import JsonObject
from credhub.proofs.canonicalizer import Canonicalizer
from credhub.proofs.ecdsa_sd_2023 import base, derived
from credhub.proofs.ecdsa_sd_2023.base import Tools
from credhub.proofs.ecdsa_sd_2023.grouping import Grouping
from credhub.proofs.ecdsa_sd_2023.mandatory import judged, pointers_for
from credhub.proofs.ecdsa_sd_2023.values import BaseProof, DerivedProof, is_base
from credhub.proofs.signer import Signer
from credhub.public_key import KeyType, PublicKey

NAME: Final = derived.NAME


class VerifyingSuite:
    """For whoever is shown something: it checks derived proofs, and refuses base proofs."""

    def __init__(self, canonicalizer: Canonicalizer) -> None:
        self._canonicalizer = canonicalizer

    @property
    def name(self) -> str:
        """The value of ``cryptosuite``."""
        return NAME

    @property
    def key_types(self) -> frozenset[KeyType]:
        """The kinds of keys that it signs with."""
        return frozenset({KeyType.P256})

    def options(self, document: JsonObject, options: JsonObject) -> JsonObject:  # noqa: ARG002 - of the protocol
        """Give the options of a new proof: nothing is added to them."""
        return options

    def proof_value(self, document: JsonObject, options: JsonObject, signer: Signer) -> str:
        """Refuse to sign: that takes an ``IssuingSuite``.

        Raises:
            NotImplementedError: In any case.
        """
        raise NotImplementedError

    def check(
        self, document: JsonObject, options: JsonObject, proof_value: str, key: PublicKey
    ) -> None:
        """Check what is shown of a document.

        Raises:
            BaseProofError: The proof is the one that the holder keeps.
            VerificationError: A signature does not fit, the key is of another kind, or a part of
                the document or the options would not be covered.
            CanonicalizationError: The document cannot be written in the one way that is signed.
        """
        check_type(key.type)
        if is_base(proof_value):
            raise BaseProofError
        proof = DerivedProof.parse(proof_value)
        derived.check(document, options, proof, key=key, canonicalizer=self._canonicalizer)


class IssuingSuite(VerifyingSuite):
    """For the issuer: it makes base proofs, and checks those that the issuer keeps.

    Args:
        canonicalizer: Writes the options of proofs, and what is shown.
        grouping: Divides documents into statements.
        random: Gives as many random bytes as it is asked for.
        mandatory: Says what is always shown of a document.
    """

    def __init__(
        self,
        canonicalizer: Canonicalizer,
        grouping: Grouping,
        *,
        random: Callable[[int], bytes],
        mandatory: Callable[[JsonObject], Collection[str]] = pointers_for,
    ) -> None:
        super().__init__(canonicalizer)
        self._tools = Tools(canonicalizer=canonicalizer, grouping=grouping)
        self._random = random
        self._mandatory = mandatory

    def always_showing(self, pointers: Collection[str]) -> Self:
        """Make the same for one document whose issuer says what is mandatory.

        What decides whether to believe it is mandatory in any case.
        """
        tools = self._tools
        return type(self)(
            tools.canonicalizer,
            tools.grouping,
            random=self._random,
            mandatory=lambda document: (*pointers, *judged(document, besides=pointers)),
        )

    def derive(self, document: JsonObject, selective_pointers: Collection[str]) -> JsonObject:
        """Derive what is shown to others, as ``derived.derive``."""
        return derived.derive(document, selective_pointers, grouping=self._tools.grouping)

    def proof_value(self, document: JsonObject, options: JsonObject, signer: Signer) -> str:
        """Make a base proof.

        Raises:
            KeyTypeError: The key is of another kind.
            PointerError: What is to be mandatory is not there.
        """
        check_type(signer.key_type)
        pointers = self._mandatory(document)
        made = base.make(
            document,
            options,
            signer=signer,
            pointers=pointers,
            tools=self._tools,
            random=self._random,
        )
        return made.text()

    def check(
        self, document: JsonObject, options: JsonObject, proof_value: str, key: PublicKey
    ) -> None:
        """Check a base proof, or what is shown of a document.

        Raises:
            VerificationError: A signature does not fit, the key is of another kind, or a part of
                the document or the options would not be covered.
            CanonicalizationError: The document cannot be written in the one way that is signed.
        """
        if not is_base(proof_value):
            super().check(document, options, proof_value, key)
            return
        check_type(key.type)
        base.check(document, options, BaseProof.parse(proof_value), key=key, tools=self._tools)


def check_type(key_type: KeyType) -> None:
    """Refuse keys of other curves.

    Raises:
        KeyTypeError: It is one.
    """
    if key_type is not KeyType.P256:
        raise KeyTypeError(f"A key of type {key_type} makes no {NAME} proof.")
