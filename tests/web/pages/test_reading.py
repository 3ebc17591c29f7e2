"""Documents of strangers: whatever the members hold, the page is made."""

from hypothesis import given
from hypothesis import strategies as st

from credhub.jsontypes import JsonObject, JsonValue
from credhub.verification.report import Verdict
from tests.web.pages import samples
from tests.web.pages.dom import read
from tests.web.pages.gallery import sent_in_page

_json: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


def _odd(template: JsonObject) -> st.SearchStrategy[JsonObject]:
    """The sample with any members replaced by anything."""
    members: dict[str, st.SearchStrategy[JsonValue]] = {}
    for name, value in template.items():
        inner = _odd(value) if isinstance(value, dict) else st.just(value)
        listed = _listed(value)
        members[name] = inner | _json | listed
    return st.fixed_dictionaries({}, optional=members)


def _listed(value: JsonValue) -> st.SearchStrategy[JsonValue]:
    first = value[0] if isinstance(value, list) and value else None
    inner = _odd(first) if isinstance(first, dict) else _json
    return st.lists(inner, max_size=2)


@given(_odd(samples.credential()))
def test_a_document_of_any_shape_makes_a_page(document: JsonObject) -> None:
    document.setdefault("issuer", samples.DID)

    page = read(sent_in_page(samples.report(Verdict.UNKNOWN_ISSUER, document)))

    assert page.find("h1")[0].text == "Unaltered, issuer unknown"
