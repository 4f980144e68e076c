"""House rules that no linter knows. `make check` runs this file by itself."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUN = PYPROJECT["project"]["dependencies"]
DEV = [*RUN, *PYPROJECT["dependency-groups"]["dev"]]
SETTING = re.compile(r'\benv\.[a-z_]+\(\s*"([A-Z_]+)"')
# One locked package: name and version, then its hashes, then who asked for it.
LOCKED = re.compile(r"^([\w.-]+)==(\S+).*((?:\n    .*)*)", re.MULTILINE)
INLINE = re.compile(
    r"<style\b|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE
)


def test_env_example_names_exactly_the_settings_that_are_read() -> None:
    read = set(SETTING.findall((ROOT / "portal/settings.py").read_text()))

    example = (ROOT / ".env.example").read_text()

    named = re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", example, re.MULTILINE)
    assert sorted(named) == sorted(read)


@pytest.mark.parametrize(
    ("lock", "wanted"), [("requirements.lock", RUN), ("requirements-dev.lock", DEV)]
)
def test_lock_file_holds_what_pyproject_asks_for(lock: str, wanted: list[str]) -> None:
    """Without resolving anew: needs no network. `make lock` mends it."""
    locked = {
        name: (version, rest) for name, version, rest in LOCKED.findall((ROOT / lock).read_text())
    }
    requirements = {canonicalize_name(Requirement(line).name): Requirement(line) for line in wanted}

    asked_for = {name for name, (_version, rest) in locked.items() if "member-tools" in rest}
    outside = [
        str(requirement)
        for name, requirement in requirements.items()
        if name not in locked or not requirement.specifier.contains(locked[name][0])
    ]

    assert outside == []
    assert asked_for == set(requirements)
    assert [name for name, (_version, rest) in locked.items() if "--hash=sha256:" not in rest] == []


def test_every_decision_is_in_the_list() -> None:
    folder = ROOT / "docs/adr"

    listed = re.findall(r"\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text())

    assert sorted(listed) == sorted(path.name for path in folder.glob("0*.md"))


def test_development_runs_what_production_runs() -> None:
    locks = [
        {name: version for name, version, _rest in LOCKED.findall((ROOT / lock).read_text())}
        for lock in ("requirements.lock", "requirements-dev.lock")
    ]

    assert {name: locks[1].get(name) for name in locks[0]} == locks[0]


def test_no_template_holds_inline_style_or_script() -> None:
    """The Content-Security-Policy would drop it. Mails are read elsewhere, under no policy."""
    pages = [path for path in files("html") if "mail" not in path.parts]

    offending = [str(path) for path in pages if INLINE.search((ROOT / path).read_text())]

    assert len(pages) > 20
    assert offending == []


def test_no_file_names_a_package_registry() -> None:
    """Whoever installs decides where packages come from."""
    configured = re.compile(r"--(?:extra-)?index-url|--find-links|\bpypi\.org|index-url\s*=")
    places = ["pyproject.toml", "requirements.lock", "requirements-dev.lock", "Makefile", ".ci/run"]

    naming = [place for place in places if configured.search((ROOT / place).read_text())]

    assert naming == []


def files(extension: str) -> list[Path]:
    """Relative paths of the project's files with that ending, known to git or new."""
    command = ["git", "ls-files", "-co", "--exclude-standard", f"*.{extension}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603  # ours
    if done.returncode == 0:
        return [Path(line) for line in done.stdout.splitlines() if (ROOT / line).exists()]
    # An unpacked archive has no git.
    found = (path.relative_to(ROOT) for path in ROOT.rglob(f"*.{extension}"))
    return [path for path in found if path.parts[0] not in {".venv", "var"}]
