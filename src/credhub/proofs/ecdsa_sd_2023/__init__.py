"""The ecdsa-sd-2023 cryptosuite: the holder shows parts of a credential (VC-DI-ECDSA 1.0, 3.6).

The issuer signs each statement by itself, with a key that exists for one proof only, and vouches
for that key together with the statements that are always shown: the base proof. From it the
holder derives a proof of some of the others, which a verifier checks.

Invariants:
- A base proof is for the holder: whoever checks what was presented refuses it.
- What is derived covers each statement that is shown, and all that the issuer made mandatory.
- The parts of a document that pointers select are found in its RDF exactly, or it is refused.
- A proof value has one reading: strict CBOR, with nothing repeated and nothing out of order.
"""
