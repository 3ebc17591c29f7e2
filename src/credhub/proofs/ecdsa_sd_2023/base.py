"""Base proofs: made by the issuer, and checked by the issuer and the holder."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from credhub.errors import TooComplexError
from credhub.jsontypes import JsonObject
from credhub.proofs import signatures
from credhub.proofs.canonicalizer import Canonicalizer
from credhub.proofs.ecdsa_sd_2023.grouping import Grouped, Grouping
from credhub.proofs.ecdsa_sd_2023.proof_key import ProofKey
from credhub.proofs.ecdsa_sd_2023.signing import check_each, options_hash, sign_data, split
from credhub.proofs.ecdsa_sd_2023.values import HMAC_KEY_BYTES, MAX_SIGNATURES, BaseProof
from credhub.proofs.signer import Signer
from credhub.public_key import PublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What base proofs are made with.

    Attributes:
        canonicalizer: Writes the options of proofs.
        grouping: Divides documents into statements.
    """

    canonicalizer: Canonicalizer
    grouping: Grouping

    def group(
        self, document: JsonObject, *, hmac_key: bytes, mandatory: Collection[str]
    ) -> Grouped:
        """Divide a document of which nothing is shown yet."""
        return self.grouping.group(document, hmac_key=hmac_key, mandatory=mandatory, shown=())


def make(  # noqa: PLR0913 - what a base proof is made of
    document: JsonObject,
    options: JsonObject,
    *,
    signer: Signer,
    pointers: Collection[str],
    tools: Tools,
    random: Callable[[int], bytes],
) -> BaseProof:
    """Make a base proof.

    Args:
        document: The document without a proof.
        options: The proof without its ``proofValue``.
        signer: A P-256 key of the issuer.
        pointers: What is always shown.
        tools: What it is made with.
        random: Gives as many random bytes as it is asked for.

    Raises:
        PointerError: A pointer leads nowhere.
        TooComplexError: The document has too many statements.
        VerificationError, CanonicalizationError: As the canonicalizer.

    Source:
        VC-DI-ECDSA 1.0, sections 3.6.1 to 3.6.5.
    """
    hmac_key = random(HMAC_KEY_BYTES)
    proof_key = ProofKey.generate(random)
    grouped = tools.group(document, hmac_key=hmac_key, mandatory=pointers)
    always, others = split(grouped.statements, grouped.mandatory)
    if len(others) > MAX_SIGNATURES:
        raise TooComplexError("The document says too much for a signature of each statement.")
    hashed = options_hash(document, options, tools.canonicalizer)
    return BaseProof(
        base_signature=signer.sign(sign_data(hashed, proof_key.public, always)),
        proof_key=proof_key.public,
        hmac_key=hmac_key,
        signatures=tuple(proof_key.sign(one.encode()) for one in others),
        pointers=tuple(pointers),
    )


def check(
    document: JsonObject, options: JsonObject, proof: BaseProof, *, key: PublicKey, tools: Tools
) -> None:
    """Check that every proof can be derived from a base proof that the specification foresees.

    Raises:
        VerificationError: A signature does not fit, or there are too many or too few.
        CanonicalizationError: As the canonicalizer.
    """
    grouped = tools.group(document, hmac_key=proof.hmac_key, mandatory=proof.pointers)
    always, others = split(grouped.statements, grouped.mandatory)
    hashed = options_hash(document, options, tools.canonicalizer)
    signatures.verify(key, proof.base_signature, sign_data(hashed, proof.proof_key, always))
    check_each(others, proof.signatures, proof.proof_key)
