"""Who issues: the Open Badges profile of a hub."""

from dataclasses import dataclass

from credhub.credentials.claims import check_email, check_name, check_text, check_uri, check_url
from credhub.jsontypes import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """The signing identity of a hub.

    Attributes:
        id: The hub's DID.
        url: The hub's public page.
        email: Where an employer may write to; an address of the organisation.
        image: The address of the hub's logo.
    """

    id: str
    name: str
    url: str
    description: str | None = None
    email: str | None = None
    image: str | None = None

    def __post_init__(self) -> None:
        check_uri("issuer.id", self.id)
        check_name("issuer.name", self.name)
        check_url("issuer.url", self.url)
        if self.description is not None:
            check_text("issuer.description", self.description)
        if self.email is not None:
            check_email("issuer.email", self.email)
        if self.image is not None:
            check_url("issuer.image", self.image)

    def to_document(self) -> JsonObject:
        """Make the profile that a credential embeds.

        Source:
            Open Badges 3.0, section B.1.15 (Profile).
        """
        document: JsonObject = {
            "id": self.id,
            "type": ["Profile"],
            "name": self.name,
            "url": self.url,
        }
        if self.description is not None:
            document["description"] = self.description
        if self.email is not None:
            document["email"] = self.email
        if self.image is not None:
            document["image"] = {"id": self.image, "type": "Image"}
        return document
