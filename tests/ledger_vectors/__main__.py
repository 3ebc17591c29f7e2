"""Writes the vectors of the specification, or says that they are not up to date."""

import sys
from pathlib import Path

from tests.ledger_vectors import bundles, notes, receipts, trees, values

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "spec" / "vectors"
FILES = (*values.FILES, *trees.FILES, *notes.FILES, *receipts.FILES, *bundles.FILES)


def main(action: str) -> int:
    """Write the files, or compare them."""
    texts = {f"{one.name}.json": one.text() for one in FILES}
    if action == "write":
        for name, text in texts.items():
            (FOLDER / name).write_text(text, encoding="utf-8")
        return 0
    found = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.json")}
    if found == texts:
        return 0
    sys.stderr.write("docs/spec/vectors: run python -m tests.ledger_vectors write\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
