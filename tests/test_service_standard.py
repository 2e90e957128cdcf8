"""Each clause of the service standard has a row in docs/service-standard.md and a test that shows it."""

import ast
import re
from functools import cache
from pathlib import Path

from django.urls import Resolver404, resolve

ROOT = Path(__file__).resolve().parent.parent
CLAUSES = [f"R{number:02}" for number in range(1, 50)]
READINGS = [f"A{number:02}" for number in range(1, 28)]


def table() -> list[list[str]]:
    """Return the cells of every row: clause, what it says, where it is in the product, which tests show it."""
    lines = (ROOT / "docs/service-standard.md").read_text().splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| R")]


def named_in(cell: str) -> list[str]:
    return re.findall(r"`(tests/[^`]+)`", cell)


def clauses_in(*nodes: ast.AST) -> set[str]:
    """Return what the `standard` markers in this code name; a marker that has to be computed is its own source."""
    calls = [call for node in nodes for call in ast.walk(node) if isinstance(call, ast.Call)]
    words = [word for call in calls if ast.unparse(call.func).endswith("mark.standard") for word in call.args]
    return {
        clause
        for word in words
        for clause in (str(word.value).split(", ") if isinstance(word, ast.Constant) else [ast.unparse(word)])
    }


@cache
def modules() -> dict[str, ast.Module]:
    """Return the code of every test module, by path."""
    paths = sorted((ROOT / "tests").rglob("test_*.py"))
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text()) for path in paths}


@cache
def marked() -> dict[str, set[str]]:
    """Return every test with the clauses of its own markers and of its module's."""
    found = {}
    for path, module in modules().items():
        of_all = [node for node in module.body if isinstance(node, ast.Assign) and "pytestmark" in ast.unparse(node)]
        for node in module.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found[f"{path}::{node.name}"] = clauses_in(*of_all, *node.decorator_list)
    return found


def test_the_table_has_one_row_for_each_clause() -> None:
    assert [row[0] for row in table()] == CLAUSES
    assert {len(row) for row in table()} == {4}


def test_every_row_names_tests_that_carry_its_clause() -> None:
    tests = marked()

    wrong = {
        clause: name
        for clause, _says, _where, shown_by in table()
        for name in named_in(shown_by) or ["no test"]
        if clause not in tests.get(name, set())
    }

    assert not wrong, f"Name a test that exists and is marked with the clause: {wrong}"


def test_every_clause_has_a_test() -> None:
    shown = set().union(*marked().values())

    assert set(CLAUSES) <= shown


def test_no_marker_names_a_clause_that_does_not_exist() -> None:
    known = {*CLAUSES, *READINGS}

    unknown = {path: found for path, module in modules().items() if (found := clauses_in(module) - known)}

    assert not unknown, f'Write each clause out, as in standard("R29, R30"): {unknown}'


def opens(place: str) -> bool:
    """Whether a path is an address of the product, or the name of a file a file of it."""
    if not place.startswith("/"):
        return (ROOT / place).is_file()
    try:
        resolve(re.sub("<.*?>", "x", place.partition("#")[0]))
    except Resolver404:
        return False
    return True


def test_the_table_leads_to_pages_and_files_that_exist() -> None:
    places = {place for row in table() for place in re.findall(r"`(\S+?)`", row[2])}

    assert not [place for place in sorted(places) if not opens(place)]
