"""Drafts, achievements and issuers of every shape that is allowed."""

from datetime import UTC, datetime
from typing import TypeVar

from hypothesis import strategies as st

from credhub.credentials.achievement import (
    ACHIEVEMENT_TYPES,
    TARGET_TYPES,
    Achievement,
    Alignment,
    Criteria,
)
from credhub.credentials.draft import CredentialDraft, Evidence, Recipient, Result, ResultStatus
from credhub.credentials.issuer import Issuer
from credhub.credentials.validity import Validity

_hostile = st.sampled_from(
    [
        '"',
        "\\",
        "<b>",
        "_:b0",
        "@id",
        "@maria",
        "null",
        "https://schema.org/name",
        "a:b",
        "://",
        "é中😀",
        "עברית",
        " x ",
    ]
)
_characters = st.characters(
    exclude_categories=["Cc", "Cs", "Co", "Zl", "Zp"],
    exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
)
names = st.text(_characters, min_size=1, max_size=30).filter(str.strip) | _hostile
texts = names | names.map(lambda name: f"{name}\n\t{name}")
_tails = st.text("abcé中-._~:/?#[]@!$&'()*+,;=%09", max_size=20)
urls = st.builds(
    "{}://{}/{}".format,
    st.sampled_from(["https", "http"]),
    st.sampled_from(["hub.example", "hub.example:8000", "127.0.0.1"]),
    _tails,
)
dids = st.sampled_from(["did:web:hub.example%3A8000:hubs:x", "did:key:z6Mk", "did:example:é"])
uris = urls | dids | st.just("urn:uuid:6f1c9d2e-0000-4000-8000-000000000000")
emails = st.sampled_from(["a@b.example", "Ünï@Maïl.example", "x+y@z.example"])
languages = st.sampled_from(["en", "pt-BR", "zh-Hans-CN"])
times = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001 - the bounds of a strategy are naive
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


T = TypeVar("T")


def maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


issuers = st.builds(
    Issuer,
    id=dids,
    name=names,
    url=urls,
    description=maybe(texts),
    email=maybe(emails),
    image=maybe(urls),
)
alignments = st.builds(
    Alignment,
    target_name=texts,
    target_url=urls,
    target_framework=maybe(texts),
    target_code=maybe(texts),
    target_description=maybe(texts),
    target_type=maybe(st.sampled_from(sorted(TARGET_TYPES)) | st.just("ext:x")),
)
achievements = st.builds(
    Achievement,
    id=uris,
    name=names,
    description=texts,
    criteria=st.builds(Criteria, narrative=texts, id=maybe(urls)),
    achievement_type=st.sampled_from(sorted(ACHIEVEMENT_TYPES)) | st.just("ext:Own.Type-1"),
    alignments=st.lists(alignments, max_size=3).map(tuple),
    tags=st.lists(names, max_size=3, unique=True).map(tuple),
    image=maybe(urls),
    in_language=maybe(languages),
    validity=maybe(st.builds(Validity, years=st.integers(1, 5), days=st.integers(0, 40))),
    suspendable=st.booleans(),
    version=st.integers(1, 10**9 - 1),
)
evidence = st.builds(
    Evidence,
    id=maybe(urls),
    narrative=texts,
    name=maybe(texts),
    description=maybe(texts),
    genre=maybe(texts),
)
results = st.builds(
    Result,
    value=names,
    status=maybe(st.sampled_from(ResultStatus)),
    result_description=maybe(uris),
    achieved_level=maybe(uris),
)
recipients = st.builds(
    Recipient, name=names, email=maybe(emails), did=maybe(dids), external_id=maybe(names)
)
drafts = st.builds(
    CredentialDraft,
    id=st.just("https://hub.example/c/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    recipient=recipients,
    valid_from=times,
    awarded_at=maybe(times),
    evidence=st.lists(evidence, max_size=2).map(tuple),
    results=st.lists(results, max_size=2).map(tuple),
)
