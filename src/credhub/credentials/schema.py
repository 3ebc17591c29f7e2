"""The JSON Schemas that we publish, and documents checked against them."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from jsonschema_rs import Draft202012Validator, RegexOptions, ValidationError

from credhub.errors import SchemaError, SchemaNotKnownError, TamperedFileError
from credhub.jsontypes import JsonObject, parse_object

PUBLISHED_PATH: Final = "/schemas/achievement-credential-1.json"
FILE_NAME: Final = "credhub-achievement-credential-1.json"
DIGEST: Final = "1944e640000dfd0980d6a3796dbaaf4dbb5e490f761625ab88df0e0fd0d75f28"
SCHEMA_TYPE: Final = "JsonSchema"
# A credential names its schema by address and digest, so that it means these bytes for ever.
DIGEST_SRI: Final = "sha256-" + base64.b64encode(bytes.fromhex(DIGEST)).decode("ascii")


@dataclass(frozen=True, slots=True)
class Schemas:
    """Compiled schemas by the digest that a credential names, and their published bytes."""

    validators: Mapping[str, Draft202012Validator]
    published: Mapping[str, bytes]

    @classmethod
    def load(cls, read: Callable[[str], bytes]) -> Self:
        """Read and compile the pinned files.

        Args:
            read: Gives the bytes of a file by its name below ``schemas/``.

        Raises:
            TamperedFileError: A file is not the one that the code was written for.
        """
        data = read(FILE_NAME)
        if sha256(data).hexdigest() != DIGEST:
            raise TamperedFileError(FILE_NAME)
        return cls({DIGEST_SRI: _compiled(data)}, {PUBLISHED_PATH: data})

    def validate(self, schema_id: str, document: JsonObject) -> None:
        """Check a document against a schema that it names.

        What counts is the digest beside the address: the address is the issuer's, on a host
        that is not ours, and nothing is fetched.

        Args:
            schema_id: The ``id`` of one item of the document's ``credentialSchema``.
            document: The whole document.

        Raises:
            SchemaNotKnownError: We do not have the schema, so the outcome is unknown.
            SchemaError: The document does not follow it; with the path of the first fault.

        Source:
            W3C Verifiable Credentials JSON Schema Specification 1.0, section 2.1.
        """
        validator = self.validators.get(_digest_named(schema_id, document))
        if validator is None:
            raise SchemaNotKnownError(schema_id)
        try:
            validator.validate(document)
        except ValidationError as error:
            path = "/".join(str(step) for step in error.instance_path)
            raise SchemaError(path, error.message) from error


def _compiled(data: bytes) -> Draft202012Validator:
    return Draft202012Validator(
        parse_object(data),
        validate_formats=True,
        mask="the value",
        pattern_options=RegexOptions(),
        offline=True,
    )


def _digest_named(schema_id: str, document: JsonObject) -> str:
    named = document.get("credentialSchema")
    for item in named if isinstance(named, list) else [named]:
        if isinstance(item, dict) and item.get("id") == schema_id:
            return str(item.get("digestSRI"))
    return ""
