"""What is said at ``/oauth/token``, in the words of RFC 6749."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _OAuthModel(BaseModel):
    model_config = ConfigDict(frozen=True)


class TokenRequest(_OAuthModel):
    """A request for an access token. Other members have no effect."""

    grant_type: Literal["client_credentials"]
    client_id: str = Field(default="", description="The id of an API key; not with a Basic header.")
    client_secret: str = Field(default="", description="The key; not with a Basic header.")
    scope: str = Field(
        default="",
        description=(
            "What the token is to do, of what the key may do: `issue`, `read`, `revoke`, `keys`, "
            "with a space between them. Without it, all."
        ),
        examples=["issue read"],
    )


class TokenAnswer(_OAuthModel):
    """An access token."""

    access_token: str = Field(description="`cht_…`, to be sent as a Bearer token.")
    token_type: Literal["Bearer"]
    expires_in: int = Field(description="In seconds.")
    scope: str = Field(description="What the token may do.")


class TokenRefusal(_OAuthModel):
    """Why there is no access token (RFC 6749, section 5.2)."""

    error: Literal["invalid_request", "invalid_client", "invalid_scope", "unsupported_grant_type"]
    error_description: str = Field(description="One sentence for whoever reads the log.")
