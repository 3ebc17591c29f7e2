"""``credhub dev jose-cose``: what the W3C's test suite for JOSE and COSE calls."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from credhub.errors import (
    InvalidClaimError,
    MalformedJsonError,
    MalformedKeyError,
    OutcomeUnknownError,
    VerificationError,
)
from credhub.services import jose_cose
from credhub.services.jose_cose import Feature, GivenKey

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_input = click.option("--input", "source", type=_FILE, required=True, help="What to work on.")
_key = click.option("--key", type=_FILE, required=True, help="The key, as a JSON Web Key.")
_feature = click.option(
    "--feature", type=click.Choice([one.value for one in Feature]), required=True
)
_output = click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Where the result goes.",
)


@click.group("jose-cose")
def group() -> None:
    """Sign and check tokens with a key from a file, for the W3C's test suite.

    The result is one JSON object: {"result": success, failure, indeterminate or error, "data"}.
    """


@group.command()
@_input
@_key
@_feature
@_output
@click.option("--sd", default="[]", help='What may be hidden, as JSON: ["issuer", "a.b[0]"].')
def issue(*, source: Path, key: Path, feature: str, output: Path, sd: str) -> None:
    """Sign a credential or a presentation."""

    def sign(given: GivenKey) -> str:
        hidden = jose_cose.paths_of(json.loads(sd))
        return jose_cose.issue(
            source.read_bytes(),
            given,
            Feature(feature),
            disclosable=hidden,
            randomness=secrets.token_bytes,
        )

    _write(output, key, sign)


@group.command()
@_input
@_key
@_feature
@_output
def verify(*, source: Path, key: Path, feature: str, output: Path) -> None:
    """Check the form and the signature of a token; the suite's own have long ended."""
    _write(
        output, key, lambda given: jose_cose.verify(source.read_bytes(), given, Feature(feature))
    )


def _write(output: Path, key: Path, act: Callable[[GivenKey], str]) -> None:
    result, text = _result(key, act)
    output.write_text(json.dumps({"result": result, "data": text}) + "\n", encoding="utf-8")


def _result(key: Path, act: Callable[[GivenKey], str]) -> tuple[str, str]:
    try:
        given = GivenKey.parse(key.read_bytes())
    except (MalformedJsonError, MalformedKeyError) as error:
        return "error", str(error)
    try:
        return "success", act(given)
    except OutcomeUnknownError as error:
        return "indeterminate", str(error)
    except (VerificationError, MalformedJsonError, InvalidClaimError) as error:
        return "failure", str(error)
