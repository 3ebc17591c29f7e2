import pytest
from pyoxigraph import BlankNode, NamedNode, Quad

from credhub.errors import CanonicalizationError
from credhub.proofs.ecdsa_sd_2023.skolem import deskolemize, skolemize


def test_every_unnamed_object_gets_a_name() -> None:
    named = skolemize(
        {
            "@context": ["https://one.example", {"word": {}}],
            "type": "Thing",
            "named": {"id": "urn:example:1", "inner": {}},
            "items": [{"x": 1}, "text", None, [{"y": 2}]],
            "text": {"@value": "Hallo", "@language": "de"},
        }
    )

    assert named == {
        "@context": ["https://one.example", {"word": {}}],
        "id": "urn:x-unnamed:0",
        "type": "Thing",
        "named": {"id": "urn:example:1", "inner": {"id": "urn:x-unnamed:1"}},
        "items": [
            {"id": "urn:x-unnamed:2", "x": 1},
            "text",
            None,
            [{"id": "urn:x-unnamed:3", "y": 2}],
        ],
        "text": {"@value": "Hallo", "@language": "de"},
    }


def test_the_names_become_blank_nodes() -> None:
    one, two, p = (NamedNode(name) for name in ("urn:x-unnamed:0", "urn:x-unnamed:1", "urn:p"))
    other = NamedNode("urn:example")

    assert deskolemize([Quad(one, p, two), Quad(other, p, other)]) == [
        Quad(BlankNode("b0"), p, BlankNode("b1")),
        Quad(other, p, other),
    ]


@pytest.mark.parametrize(
    "quad",
    [
        Quad(BlankNode("x"), NamedNode("urn:p"), NamedNode("urn:o")),
        Quad(NamedNode("urn:s"), NamedNode("urn:p"), BlankNode("x")),
        Quad(NamedNode("urn:s"), NamedNode("urn:p"), NamedNode("urn:o"), BlankNode("x")),
    ],
)
def test_a_node_without_a_place_in_the_document_is_refused(quad: Quad) -> None:
    with pytest.raises(CanonicalizationError):
        deskolemize([quad])
