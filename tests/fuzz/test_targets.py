"""Every parser reads our own artefacts, and nothing makes one of them stumble."""

import inspect
import random
from pathlib import Path

import pytest

from credhub.errors import CredhubError, MalformedJsonError
from tests.fuzz import seeds, targets
from tests.fuzz.__main__ import main
from tests.fuzz.targets import TARGETS, run

FOUND = Path(__file__).parent / "found"
ROUNDS = {"drawing": 10}
"""To draw takes a worker a tenth of a second."""


@pytest.mark.parametrize("name", list(TARGETS))
def test_what_fuzzing_begins_with_is_read(name: str) -> None:
    assert seeds.of(name)
    for seed in seeds.of(name):
        if name == "signed_note" and seed != seeds.of(name)[1]:
            continue  # A note is no bare checkpoint; its parsers are tried before.
        TARGETS[name](seed)


@pytest.mark.parametrize("name", list(TARGETS))
def test_damaged_artefacts_are_read_or_refused(name: str) -> None:
    chance = random.Random(name)  # noqa: S311 - the same places each time
    for seed in seeds.of(name):
        for _ in range(ROUNDS.get(name, 200)):
            run(name, damaged(seed, chance))


@pytest.mark.parametrize("name", list(TARGETS))
@pytest.mark.parametrize("data", [b"", b"\0", b"\xff" * 9, b"{}", b"[]", b"." * 99, b"9" * 5000])
def test_what_is_nothing_is_read_or_refused(name: str, data: bytes) -> None:
    run(name, data)


def test_what_fuzzing_found_once_is_not_found_again() -> None:
    for path in sorted(FOUND.glob("*/*")):
        run(path.parent.name, path.read_bytes())


def test_an_error_that_is_not_ours_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumbling(data: bytes) -> None:
        raise {b"ours": MalformedJsonError, b"theirs": IndexError}[data]("A test.")

    monkeypatch.setattr(targets, "TARGETS", {"stumbling": stumbling})

    run("stumbling", b"ours")
    with pytest.raises(IndexError):
        run("stumbling", b"theirs")
    assert not issubclass(IndexError, CredhubError)


def test_an_input_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "found"
    file.write_bytes(b"{")
    assert main(["json_text", str(file)]) == 0

    def stumbling(_: bytes) -> None:
        raise IndexError

    monkeypatch.setattr(targets, "TARGETS", {"json_text": stumbling})
    with pytest.raises(IndexError):
        main(["json_text", str(file)])


def test_every_target_says_which_parser_it_is_for() -> None:
    functions = {
        name
        for name, value in vars(targets).items()
        if inspect.isfunction(value) and value.__module__ == targets.__name__
    }

    assert {name for name in functions if not name.startswith("_")} - {"run"} == set(TARGETS)


def damaged(seed: bytes, chance: random.Random) -> bytes:
    """Change some places: other bytes, fewer, the same again, or those of somewhere else."""
    data = bytearray(seed)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.randint(1, 8))
        other = chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0:
                data[at:end] = chance.randbytes(end - at)
            case 1:
                del data[at:end]
            case 2:
                data[at:at] = data[at:end] * chance.choice((1, 2, 50))
            case _:
                data[at:end] = data[other : other + 8]
    return bytes(data)
