"""What files cite: documents and their sections, decisions, faults, sources. Finds the citations that lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FOLDERS = ("services", "demo", "tests", "deploy", "docs", ".ci")
SUFFIXES = {".py", ".md", ".yaml", ".yml", ".toml", ".sh", ".html", ".csv", ".json", ".example", ""}
WITHOUT_CITATIONS = {"test_references.py", "references.py"}

NUMBERS = r"§[\d.]*\d(?:(?:,| and| and in|;)? §[\d.]*\d)*"
QUOTED_WHOLE = r"(?<=\")[\w-]+\.md\"(?!\")"
DOCUMENT = re.compile(rf"(?<![\w/.-])(?!{QUOTED_WHOLE})((?:[\w.-]+/)*[\w-]+\.md)(?:#([\w-]+))?(?:\)?,? ({NUMBERS}))?")
PATH = re.compile(r"`((?:services|demo|tests|deploy|docs)/[\w./-]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
DECISION = re.compile(r"\bADRs? (\d+)")
FAULT = re.compile(r"(?<![\w.\[-])R(\d{1,2})(?![\w.-])")
SECTION = re.compile(r"§[\d.]*\d")
SOURCE = re.compile(r"\b([SBNRLI]\d{1,2})\b")
OTHERS_DOCUMENTS = "\n## 12. Sources\n"
"""From this heading of docs/domain.md on, documents of other repositories are named."""
RUN_ON = re.compile(r"\s*\n\s*(?:# ?)?")


def nowhere(root: Path) -> list[str]:
    """Every citation below `root` that leads nowhere, as `file: what is wrong`."""
    return [f"{file.relative_to(root)}: {wrong}" for file in sorted(files(root)) for wrong in wrongs(root, file)]


def files(root: Path) -> Iterator[Path]:
    for file in root.iterdir():
        if file.is_file() and file.suffix in SUFFIXES and file.name != ".git":
            yield file
    for folder in FOLDERS:
        for file in (root / folder).rglob("*"):
            cached = "__pycache__" in file.parts
            if file.is_file() and file.suffix in SUFFIXES and not cached and file.name not in WITHOUT_CITATIONS:
                yield file


def wrongs(root: Path, file: Path) -> Iterator[str]:
    text = RUN_ON.sub(" ", file.read_text(encoding="utf-8").partition(OTHERS_DOCUMENTS)[0])
    yield from unknown_documents(root, file, text)
    for number in DECISION.findall(text):
        if len(list((root / "docs/adr").glob(f"{int(number):04}-*.md"))) != 1:
            yield f"ADR {number} does not exist"
    if file.suffix == ".md":
        yield from broken_links(file, text)
        yield from (f"{path} does not exist" for path in PATH.findall(text) if not (root / path).exists())
    if cites_faults(root, file):
        unknown = (number for number in FAULT.findall(text) if number not in faults(root))
        yield from (f"R{number} is no fault of docs/faults.md" for number in unknown)


def unknown_documents(root: Path, file: Path, text: str) -> Iterator[str]:
    explained: set[int] = set()
    for found in DOCUMENT.finditer(text):
        name, anchor, numbers = found.groups()
        explained |= {found.start() + at.start() for at in SECTION.finditer(found.group())}
        document = next((place / name for place in (root, file.parent) if (place / name).is_file()), None)
        if document is None:
            yield f"{name} does not exist"
            continue
        if anchor and anchor not in anchors(document):
            yield f"{name} has no heading #{anchor}"
        for number in SECTION.findall(numbers or ""):
            if number[1:] not in sections(document):
                yield f"{name} has no section {number}"
    if file.suffix != ".md":
        yield from (f"{s.group()} of which document?" for s in SECTION.finditer(text) if s.start() not in explained)


def broken_links(file: Path, text: str) -> Iterator[str]:
    for target in LINK.findall(text):
        path, _, anchor = target.partition("#")
        if "://" in target:
            continue
        to = (file.parent / path) if path else file
        if not to.exists():
            yield f"the link {target} leads nowhere"
        elif anchor and anchor not in anchors(to):
            yield f"the link {target} names no heading"


def cites_faults(root: Path, file: Path) -> bool:
    """Elsewhere R1 is a source of docs/domain.md."""
    inside = file.relative_to(root)
    return (inside.parts[0] == "tests" and file.suffix == ".py") or inside.parts[:2] == ("docs", "adr")


@cache
def headings(document: Path) -> list[str]:
    return re.findall(r"^#+ +(.+?) *$", document.read_text(encoding="utf-8"), re.MULTILINE)


def anchors(document: Path) -> set[str]:
    """As GitHub makes them."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(document)}


def sections(document: Path) -> set[str]:
    return {found[1] for heading in headings(document) if (found := re.match(r"(\d+(?:\.\d+)*)\.? ", heading))}


@cache
def faults(root: Path) -> set[str]:
    return set(re.findall(r"^\| R(\d+) \|", (root / "docs/faults.md").read_text(encoding="utf-8"), re.MULTILINE))


def sources(domain: Path) -> tuple[set[str], set[str]]:
    """The sources that docs/domain.md lists in its section 12, and those it cites before."""
    cited, _, listed = domain.read_text(encoding="utf-8").partition("\n## 12. ")
    in_brackets = " ".join(re.findall(r"\[[^\]]*\]", cited)) + " ".join(last_cells(cited))
    return set(SOURCE.findall(listed)), set(SOURCE.findall(in_brackets))


def last_cells(text: str) -> Iterator[str]:
    """Of rows of tables: where their source stands."""
    for row in re.findall(r"^\|.*\|$", text, re.MULTILINE):
        yield row.rsplit("|", 2)[-2]
