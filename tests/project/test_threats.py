"""The page of attacks names tests that are there."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest

TESTS: Final = Path(__file__).parents[1]
PAGE: Final = TESTS.parent / "docs" / "threats.md"
ROWS: Final = (
    "T02",
    *(f"T{number:02}" for number in range(8, 19)),
    *(f"T{number}" for number in range(20, 55)),
    *("T57", "T61", "T62", "T64", "T65", "T66"),
    *(f"T{number}" for number in range(67, 71)),
    *("T72", "T73", "T74"),
    "T97",
)


@cache
def sections() -> dict[str, tuple[list[str], list[str]]]:
    """Read the tests of each attack, and of its twin."""
    found = {}
    for part in PAGE.read_text("utf-8").split("\n## ")[1:]:
        attack, _, twin = part.partition("\nTwin:")
        found[part[:3]] = (re.findall(r"`(\S+::\S+)`", attack), re.findall(r"`(\S+::\S+)`", twin))
    return found


@cache
def defined(file: str) -> frozenset[str]:
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    return frozenset(one.name for one in tree.body if isinstance(one, ast.FunctionDef))


def test_every_attack_has_its_place() -> None:
    assert tuple(sections()) == ROWS


@pytest.mark.parametrize("row", ROWS)
def test_every_test_of_an_attack_and_of_its_twin_is_there(row: str) -> None:
    attacks, twins = sections()[row]

    assert attacks
    assert twins
    assert not set(attacks) & set(twins)
    for named in (*attacks, *twins):
        file, _, name = named.partition("::")
        assert name in defined(file), named


@pytest.mark.parametrize("row", ROWS)
def test_the_tests_of_an_attack_bear_its_number(row: str) -> None:
    attacks, _ = sections()[row]

    assert all(f"_{row.lower()}_" in named for named in attacks)
