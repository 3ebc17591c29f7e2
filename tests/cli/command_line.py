"""The command line in this process, on a data folder."""

from dataclasses import dataclass, field
from pathlib import Path

from click.testing import CliRunner, Result

from credhub.cli.main import cli

HEADER = "external_id,name,email,achievement,awarded_date,evidence_url"
ROSTER = f"""{HEADER}
RLH-1,Amélie Dubois,amelie@example.org,Solar,2026-11-14,
RLH-2,王曉明,,solar,,https://hub.example/portfolio/2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """Commands that are run on a data folder."""

    data: Path
    variables: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str | Path, **variables: str) -> Result:
        environment = {
            "CREDHUB_DATA": str(self.data),
            "CREDHUB_SECOND_STORE": f"sqlite:///{self.data / 'second.db'}",
            **self.variables,
            **variables,
        }
        return CliRunner(env=environment).invoke(cli, [str(word) for word in arguments])

    @property
    def database(self) -> Path:
        return self.data / "credhub.db"

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.database}"

    def file(self, name: str, content: str | bytes) -> Path:
        """Write a file beside the data folder."""
        path = self.data.parent / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path
