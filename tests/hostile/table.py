"""All cases of texts, by name."""

from tests.hostile import did_documents, jose_tokens, json_ld, json_texts, sd_jwts, statuses
from tests.hostile.sent import TextCase


def texts() -> list[TextCase]:
    """Give every case. What is in it is made when it is wanted."""
    return [
        *json_texts.cases(),
        *json_ld.cases(),
        *jose_tokens.cases(),
        *sd_jwts.cases(),
        *did_documents.cases(),
        *statuses.cases(),
    ]
