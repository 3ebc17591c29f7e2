"""Writes ``openapi.yaml`` from the application, or says that it is not up to date."""

import sys
from pathlib import Path
from types import SimpleNamespace

import yaml

from credhub.config import Settings
from credhub.services.lending import Lending
from credhub.web.app import create_app


class _InFull(yaml.SafeDumper):
    """Writes what stands in two places in both of them."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


DOCUMENT = Path(__file__).parent.parent / "openapi.yaml"


def text() -> str:
    """Describe the application; nothing of it runs."""
    runtime = SimpleNamespace(settings=Settings(), lending=Lending())
    app = create_app(runtime)  # type: ignore[arg-type]  # routes are described, not called
    return yaml.dump(app.openapi(), Dumper=_InFull, sort_keys=False, allow_unicode=True, width=100)


def main(action: str) -> int:
    """Write the document, or compare it."""
    if action == "write":
        DOCUMENT.write_text(text(), encoding="utf-8")
        return 0
    if DOCUMENT.read_text("utf-8") == text():
        return 0
    sys.stderr.write("openapi.yaml is not that of the application: run make openapi\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
