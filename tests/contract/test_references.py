"""Whatever is cited in the tree exists in the tree: documents, sections, headings, decisions, faults, sources."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import yaml

from tests.contract.references import SOURCE, nowhere, sources

ROOT = Path(__file__).parents[2]
DOMAIN = ROOT / "docs/domain.md"


def test_every_citation_leads_somewhere() -> None:
    assert nowhere(ROOT) == []


def test_the_sources_that_the_domain_cites_are_listed() -> None:
    listed, cited = sources(DOMAIN)
    assert cited - listed == set()


def test_the_sources_that_the_taxonomy_cites_are_listed() -> None:
    with (ROOT / "services/contracts/data/taxonomy.csv").open(encoding="utf-8") as file:
        cited = {source for row in csv.DictReader(file) for source in SOURCE.findall(row["sources"])}
    assert cited
    assert cited - sources(DOMAIN)[0] == set()


def test_the_sources_that_the_clocks_cite_are_listed() -> None:
    clocks = yaml.load((ROOT / "services/intake/data/clocks.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    cited = {source for rule in [*clocks["limits"], clocks["extended"]] for source in SOURCE.findall(rule["source"])}
    assert cited
    assert cited - sources(DOMAIN)[0] == set()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in {
        "docs/domain.md": "# The domain\n\n## 2. Ticket\n\n### 2.1 Life cycle\n",
        "docs/faults.md": "| R1 | kill |\n",
        "docs/adr/0001-outbox.md": "# 1. Outbox\n",
        "README.md": "See [the ticket](docs/domain.md#2-ticket), docs/domain.md §2 and §2.1, ADR 1.\n",
        "services/steps.py": '"""Steps (docs/domain.md\n§2.1).\n\nSee ADR 1."""\n',
        "tests/test_faults.py": '"""R1 of docs/faults.md: killed."""\n',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_sound_tree_has_none_that_lead_nowhere(tree: Path) -> None:
    assert nowhere(tree) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("services/steps.py", "# DESIGN.md"),
        ("services/steps.py", "# the design, §4"),
        ("services/steps.py", "# anchors.md C.3"),
        ("services/steps.py", "# docs/domain.md §2.9"),
        ("services/steps.py", "# docs/domain.md §2.1, §7"),
        ("services/steps.py", "# docs/domain.md\n# §2.9"),
        ("services/steps.py", "# docs/nothing.md"),
        ("services/steps.py", "# ADR 2"),
        ("deploy/rules.yml", "runbook: docs/domain.md#nothing"),
        ("tests/test_faults.py", '"""R2: frozen."""'),
        ("README.md", "[a picture](docs/loop.svg)"),
        ("README.md", "`services/nothing/`"),
        ("docs/domain.md", "[here](#nothing)"),
    ],
)
def test_a_citation_that_leads_nowhere_is_found(tree: Path, file: str, text: str) -> None:
    (tree / file).parent.mkdir(exist_ok=True)
    (tree / file).open("a").write(f"\n{text}\n")
    assert len(nowhere(tree)) == 1
