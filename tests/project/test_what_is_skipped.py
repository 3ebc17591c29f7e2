"""What a machine lacks is skipped loudly, fails where it is required, and is counted at the end."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.interop.packages import from_go, from_npm, from_pypi
from tests.required import VARIABLE, Tool, find_strace, lacking
from tests.skipped import told

ROOT = Path(__file__).parent.parent.parent
CI = ROOT / ".ci"

SOME = """
import pytest

@pytest.mark.parametrize("number", range(3))
def test_of_stars(number):
    pytest.skip("no telescope\\nhere")

@pytest.mark.skipif(True, reason="no <rocket>")
def test_of_planets(): ...

@pytest.mark.xfail(reason="it is cheese")
def test_of_the_moon():
    assert False

def test_of_earth(): ...
"""


@pytest.mark.parametrize("named", ["", "node", "node npm"])
def test_what_is_lacking_is_skipped(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, named)

    with pytest.raises(pytest.skip.Exception, match="there is no Go"):
        lacking(Tool.GO, "there is no Go")


@pytest.mark.parametrize("named", ["go", "node go", " go  npm"])
def test_what_is_lacking_and_required_fails(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, named)

    with pytest.raises(pytest.fail.Exception, match="there is no Go"):
        lacking(Tool.GO, "there is no Go")


def test_a_word_that_is_no_tool_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "goo")

    with pytest.raises(ValueError, match="goo"):
        lacking(Tool.GO, "there is no Go")


def test_no_program_that_is_required_can_be_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv(VARIABLE, "npm go strace")

    with pytest.raises(pytest.fail.Exception, match="names npm"):
        from_npm("jose", tmp_path)
    with pytest.raises(pytest.fail.Exception, match="names go"):
        from_go("go", tmp_path)
    with pytest.raises(pytest.fail.Exception, match="names strace"):
        find_strace()


def test_no_registry_that_is_required_can_be_out_of_reach(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv(VARIABLE, "pypi")

    with pytest.raises(pytest.fail.Exception, match="names pypi"):
        from_pypi("tlog_scales", tmp_path)


def test_ci_looks_for_every_tool() -> None:
    words = " ".join(path.read_text("utf-8") for path in sorted(CI.iterdir()))

    assert [tool for tool in Tool if f"\nrequire {tool}\n" not in words.replace("  ", "")] == []


@pytest.mark.parametrize("script", ["fuzz", "interop", "prepare", "run"])
def test_the_shell_can_read_what_ci_runs(script: str) -> None:
    bash = shutil.which("bash") or "bash"

    subprocess.run([bash, "-n", CI / script], check=True)  # noqa: S603 - our own script


def test_what_was_skipped_is_told_by_reason(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    (tmp_path / "test_some.py").write_text(SOME)
    words = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", tmp_path)
    subprocess.run(  # noqa: S603 - our own words
        [sys.executable, *words, "-c", "/dev/null", f"--junitxml={report}", tmp_path],
        check=True,
        capture_output=True,
    )

    assert told(report.read_text("utf-8")) == (
        "6 tests, 4 of them skipped:\n     1  no <rocket>\n     3  no telescope here\n"
    )


def test_where_nothing_was_skipped_that_is_told() -> None:
    assert told("<testsuites><testcase/></testsuites>") == "1 tests, 0 of them skipped.\n"
