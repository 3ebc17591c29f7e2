from dataclasses import replace

from credhub.credentials import type_metadata
from credhub.credentials.sd_jwt_claims import to_claims
from tests.unit import factories
from tests.unit.factories import NOON


def test_it_describes_the_type_that_credentials_name() -> None:
    metadata = type_metadata.of(factories.achievement())

    assert metadata["vct"] == to_claims(factories.credential(), issued_at=NOON)["vct"]
    assert metadata["name"] == "Solar installer, level 1"
    assert metadata["display"] == [
        {
            "locale": "en",
            "name": "Solar installer, level 1",
            "description": "Can mount and connect a small solar system.",
            "rendering": {
                "simple": {
                    "logo": {
                        "uri": "https://hub.example/solar.png",
                        "alt_text": "Solar installer, level 1",
                    }
                }
            },
        }
    ]


def test_it_lists_claims_that_every_credential_has() -> None:
    assert type_metadata.of(factories.achievement())["claims"] == [
        {"path": ["credentialSubject", "achievement"], "mandatory": True, "sd": "never"},
        {"path": ["credentialSubject", "name"], "mandatory": True, "sd": "always"},
    ]


def test_a_picture_must_be_safe_to_fetch_and_a_language_is_always_said() -> None:
    for image in (None, "http://hub.example/solar.png"):
        plain = replace(factories.achievement(), image=image, in_language=None)
        assert type_metadata.of(plain)["display"] == [
            {
                "locale": "en",
                "name": "Solar installer, level 1",
                "description": "Can mount and connect a small solar system.",
            }
        ]

    french = type_metadata.of(replace(factories.achievement(), in_language="fr"))
    assert isinstance(french["display"], list)
    assert isinstance(french["display"][0], dict)
    assert french["display"][0]["locale"] == "fr"
