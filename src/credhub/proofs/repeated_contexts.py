"""Parts of a document that say again in which contexts they were written.

Open Badges 3.0 embeds endorsements whole, with their own ``@context``, in a credential, an issuer
or an achievement. A JCS proof repeats the contexts of its document, and another proof may build on
it. Contexts that stand around a node already, in the same order, say nothing new inside it, and
the node is read as if it did not repeat them. The extensions of Open Badges may be missing there:
they give no other meaning to any word. All other contexts are not accepted.

Source:
    Open Badges 3.0, class EndorsementCredential; VC-DI-EdDSA 1.0, section 3.3.1; JSON-LD 1.1 API,
    section 4.1 (context processing).
"""

from typing import Final

from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs.contexts import OB_EXTENSIONS, Combination

MEMBERS: Final = frozenset({"endorsement", "proof"})


def without_repeated_contexts(body: JsonObject, around: Combination) -> JsonObject:
    """Leave out what endorsements and proofs repeat of the contexts around them.

    Args:
        body: The document without its own ``@context``.
        around: The contexts of the document.

    Returns:
        The document, in which other contexts still stand.
    """
    whole: list[JsonValue] = list(around)
    common: list[JsonValue] = [address for address in around if address != OB_EXTENSIONS]
    return {name: _inside(name, value, (whole, common)) for name, value in body.items()}


def _inside(name: str, value: JsonValue, repeated: tuple[list[JsonValue], ...]) -> JsonValue:
    match value:
        case dict():
            return {
                member: _inside(member, inner, repeated)
                for member, inner in value.items()
                if not (name in MEMBERS and member == "@context" and inner in repeated)
            }
        case list():
            return [_inside(name, item, repeated) for item in value]
        case _:
            return value
