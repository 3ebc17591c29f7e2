"""The documents say what the code says."""

import re
import tomllib
from pathlib import Path

from credhub.config import Settings

ROOT = Path(__file__).parents[2]


def rows(path: Path) -> dict[str, list[str]]:
    """Read the tables of a document: the other cells of each row, by its first one."""
    found: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        if line.startswith("|"):
            first, *rest = (cell.strip() for cell in line.strip("|").split("|"))
            found[first.strip("`")] = rest
    return found


def test_every_setting_is_documented_and_no_other() -> None:
    documented = {
        name: cells
        for name, cells in rows(ROOT / "docs/operating.md").items()
        if name.startswith("CREDHUB_")
    }

    assert set(documented) == {f"CREDHUB_{name.upper()}" for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        if field.default not in ("", None):
            default = str(field.default)
            default = default.lower() if isinstance(field.default, bool) else default
            assert documented[f"CREDHUB_{name.upper()}"][0] == f"`{default}`"


def test_every_run_time_dependency_has_its_line_with_the_pinned_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[\[><=;]", line)[0] for line in project["dependencies"]}
    pinned = dict(
        re.findall(
            r"^([a-z0-9-]+)(?:\[[a-z0-9-]+\])?==(\S+)",
            (ROOT / "requirements.lock").read_text(),
            re.MULTILINE,
        )
    )

    documented = rows(ROOT / "docs/adr/0009-dependencies.md")

    lines = {name: cells[0] for name, cells in documented.items() if name in pinned}
    assert lines == {name: pinned[name] for name in wanted}


def test_every_link_between_documents_leads_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]

    targets = [
        (document, link)
        for document in documents
        for link in re.findall(r"(?<!!)\[[^\]]*\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text())
    ]

    assert len(targets) > 5
    assert [link for document, link in targets if not (document.parent / link).exists()] == []
