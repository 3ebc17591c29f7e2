"""Whether a presentation answers what was asked."""

from credhub.errors import ChallengeMismatchError, DomainMismatchError
from credhub.jsontypes import JsonValue


def check_said(
    said_challenge: JsonValue,
    said_domain: JsonValue,
    *,
    challenge: str | None,
    domain: str | None,
) -> None:
    """Compare what a holder signed with what was asked.

    Args:
        said_challenge: The challenge or nonce that the holder signed.
        said_domain: Whom the holder signed for: one, or several.
        challenge: What the holder was asked to sign, if anything.
        domain: Whom it has to be for, if that matters.

    Raises:
        ChallengeMismatchError: It was made for another occasion, or for none.
        DomainMismatchError: It was made for somebody else, or for anybody.
    """
    if challenge is not None and said_challenge != challenge:
        raise ChallengeMismatchError("The presentation does not answer the challenge.")
    domains = said_domain if isinstance(said_domain, list) else [said_domain]
    if domain is not None and domain not in domains:
        raise DomainMismatchError("The presentation was made for somebody else.")
