"""Derived proofs: made by the holder, and checked by whoever is shown them."""

import re
from collections.abc import Collection, Sequence
from typing import Final

from credhub.errors import MalformedProofError, PointerError
from credhub.jsontypes import JsonObject
from credhub.proofs import data_integrity, signatures
from credhub.proofs.canonicalizer import Canonicalizer
from credhub.proofs.ecdsa_sd_2023.grouping import Grouping
from credhub.proofs.ecdsa_sd_2023.labels import keyed_label
from credhub.proofs.ecdsa_sd_2023.pointers import select
from credhub.proofs.ecdsa_sd_2023.signing import check_each, options_hash, sign_data, split
from credhub.proofs.ecdsa_sd_2023.values import BaseProof, DerivedProof
from credhub.public_key import PublicKey

NAME: Final = "ecdsa-sd-2023"

# A label, or what may hold something that only looks like one.
_TERM: Final = re.compile(r'_:c14n(\d+)|<[^>]*>|"(?:[^"\\]|\\.)*"')


def derive(
    document: JsonObject, selective_pointers: Collection[str], *, grouping: Grouping
) -> JsonObject:
    """Derive what is shown to others from what the issuer gave.

    Args:
        document: A document with a base proof. Its other proofs cover the whole of it, so they are
            left out.
        selective_pointers: What is shown beside what is mandatory.
        grouping: Divides documents.

    Returns:
        The part that is shown, with a derived proof.

    Raises:
        PointerError: A pointer leads nowhere, or nothing would be shown.
        MalformedProofError: The document has no base proof, or one that does not belong to it.
        VerificationError, CanonicalizationError: As the canonicalizer.

    Source:
        VC-DI-ECDSA 1.0, section 3.6.6 (Add Derived Proof) and 3.5.4 (createDisclosureData).
    """
    proof = _proof_of(document)
    base = BaseProof.parse(str(proof.get("proofValue")))
    pointers = [*base.pointers, *selective_pointers]
    if not pointers:
        raise PointerError("Nothing of the document would be shown.")
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    part = select(unsigned, pointers)
    new: JsonObject = {**proof, "proofValue": _derived(unsigned, base, pointers, grouping).text()}
    return {**part, "proof": [new] if isinstance(document["proof"], list) else new}


def check(
    document: JsonObject,
    options: JsonObject,
    proof: DerivedProof,
    *,
    key: PublicKey,
    canonicalizer: Canonicalizer,
) -> None:
    """Check a derived proof.

    Args:
        document: What is shown, without the proof.
        options: The proof without its ``proofValue``.
        proof: What its ``proofValue`` says.
        key: The issuer's key.
        canonicalizer: Writes the document and the options.

    Raises:
        VerificationError: A signature does not fit, or there are too many or too few.
        CanonicalizationError: As the canonicalizer.

    Source:
        VC-DI-ECDSA 1.0, sections 3.6.7 (Verify Derived Proof) and 3.5.9 (createVerifyData).
    """
    statements = relabelled(canonicalizer.canonical(document).decode(), proof.labels)
    if proof.mandatory and proof.mandatory[-1] >= len(statements):
        raise MalformedProofError("An index of the proofValue is beyond the last statement.")
    always, others = split(statements, proof.mandatory)
    hashed = options_hash(document, options, canonicalizer)
    signatures.verify(key, proof.base_signature, sign_data(hashed, proof.proof_key, always))
    check_each(others, proof.signatures, proof.proof_key)


def relabelled(canonical: str, labels: Sequence[bytes]) -> list[str]:
    """Put the labels that were signed in the place of canonical ones, and sort again.

    Args:
        canonical: N-Quads in canonical form.
        labels: For each canonical label what stood in its place.

    Raises:
        MalformedProofError: There are more or fewer labels than blank nodes.

    Source:
        VC-DI-ECDSA 1.0, sections 3.4.2 (labelReplacementCanonicalizeJsonLd) and 3.5.6.
    """
    found: set[int] = set()

    def signed(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        found.add(int(match[1]))
        return texts.get(match[0], "")

    texts = {f"_:c14n{number}": f"_:{keyed_label(label)}" for number, label in enumerate(labels)}
    lines = [_TERM.sub(signed, line) for line in canonical.splitlines(keepends=True)]
    if len(found) != len(labels) or found != set(range(len(labels))):
        raise MalformedProofError("The proofValue does not have one label for each unnamed part.")
    return sorted(lines)


def _proof_of(document: JsonObject) -> JsonObject:
    own = [
        proof for proof in data_integrity.proofs_of(document) if proof.get("cryptosuite") == NAME
    ]
    if len(own) != 1 or "previousProof" in own[0]:
        raise MalformedProofError(f"The document has not one {NAME} proof that stands for itself.")
    return own[0]


def _derived(
    document: JsonObject, base: BaseProof, pointers: Collection[str], grouping: Grouping
) -> DerivedProof:
    grouped = grouping.group(
        document, hmac_key=base.hmac_key, mandatory=base.pointers, shown=pointers
    )
    always, shown = set(grouped.mandatory), set(grouped.shown)
    others = [number for number in range(len(grouped.statements)) if number not in always]
    if len(others) != len(base.signatures):
        raise MalformedProofError("The base proof is not one of this document.")
    pairs = zip(others, base.signatures, strict=True)
    return DerivedProof(
        base_signature=base.base_signature,
        proof_key=base.proof_key,
        signatures=tuple(signature for number, signature in pairs if number in shown),
        labels=grouped.labels,
        mandatory=tuple(place for place, number in enumerate(grouped.shown) if number in always),
    )
