"""Each requirement of OWASP ASVS 5.0.0, levels 1 and 2, has a row in docs/security.md, and what it names is there."""

import re
from collections import Counter
from pathlib import Path

from tests.test_service_standard import modules

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs/security.md").read_text()
# How many requirements each chapter has at levels 1 and 2.
CHAPTERS = dict(zip(range(1, 18), (27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7), strict=True))
LEAST = 95  # of a hundred that apply


def table() -> list[list[str]]:
    """Return the cells of every row: requirement, our words, state, what shows it."""
    lines = [line for line in PAGE.splitlines() if line.startswith("| V")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def share() -> float:
    """Return how many of a hundred applicable requirements are met."""
    states = Counter(row[2] for row in table())
    return 100 * states["met"] / (states["met"] + states["not met"])


def anchors(text: str) -> set[str]:
    """Return what links to the headings of a page look like."""
    return {
        re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-") for head in re.findall(r"^#+ (.+)$", text, re.M)
    }


def is_there(name: str) -> bool:
    """Whether a test, or a heading of a page, or a file exists."""
    path, _, part = name.partition("::")
    if part:
        return path in modules() and f"def {part}(" in (ROOT / path).read_text()
    path, _, heading = name.partition("#")
    return (ROOT / path).is_file() and (not heading or heading in anchors((ROOT / path).read_text()))


def test_the_table_has_one_row_for_each_requirement() -> None:
    names = [row[0] for row in table()]

    assert all(re.fullmatch(r"V\d+\.\d+\.\d+", name) for name in names)
    assert len(set(names)) == len(names) == 253
    assert Counter(int(name[1:].split(".")[0]) for name in names) == CHAPTERS
    assert names == sorted(names, key=lambda name: [int(part) for part in name[1:].split(".")])


def test_no_row_is_empty() -> None:
    assert {len(row) for row in table()} == {4}
    assert all(all(row) for row in table())
    assert {row[2] for row in table()} == {"met", "not met", "n/a"}


def test_what_is_met_names_what_shows_it_and_all_of_it_exists() -> None:
    shown = {row[0]: re.findall(r"`([\w./#-]+(?:::\w+)?)`", row[3]) for row in table()}

    met = {row[0] for row in table() if row[2] == "met"}
    missing = {(name, each) for name, found in shown.items() for each in found if "/" in each and not is_there(each)}

    assert not missing
    assert not {name for name in met if not [each for each in shown[name] if is_there(each)]}


def test_what_does_not_apply_says_why() -> None:
    assert all(row[3].startswith("because ") for row in table() if row[2] == "n/a")


def test_nearly_all_that_apply_are_met_and_the_page_says_how_many() -> None:
    print(f"{share():.1f} % of what applies is met")
    states = Counter(row[2] for row in table())

    assert share() >= LEAST
    assert f"{states['met']} of {states['met'] + states['not met']} applicable requirements" in PAGE
    assert f"({share():.1f} %)" in PAGE
