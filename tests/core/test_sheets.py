"""Excel sheets: what is in which cell, and that nothing in them computes."""

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from core.sheets import download, workbook

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
DANGEROUS = [
    "=1+1",
    '=HYPERLINK("https://contoh.example")',
    "+62812",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "https://contoh.example",
]


def cells_of(content: bytes) -> list[list[tuple[str, str]]]:
    """Return each row of the sheet as pairs of the cell's type ("inlineStr", "n") and what it shows."""
    sheet = ElementTree.fromstring(ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml"))
    return [
        [(cell.get("t", "n"), "".join(cell.itertext())) for cell in row.iter(f"{SPACE}c")]
        for row in sheet.iter(f"{SPACE}row")
    ]


def test_numbers_are_numbers_and_all_else_is_text() -> None:
    at = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)

    heading, row = cells_of(workbook("Buku tamu", ["Nomor", "Menit", "Rata-rata", "Tiba"], [["007", 12, 1.5, at]]))

    assert heading == [("inlineStr", word) for word in ("Nomor", "Menit", "Rata-rata", "Tiba")]
    assert row == [("inlineStr", "007"), ("n", "12"), ("n", "1.5"), ("inlineStr", "25 Nov 2026 16.00 WIB")]


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_looks_like_a_formula_or_a_link_stays_text(text: str) -> None:
    content = workbook("Buku tamu", ["Nama"], [[text]])

    parts = ZipFile(BytesIO(content))
    assert cells_of(content)[1] == [("inlineStr", text)]
    assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    assert not [name for name in parts.namelist() if name.startswith("xl/worksheets/_rels")]


@pytest.mark.parametrize("value", [None, ""])
def test_what_is_not_there_leaves_its_cell_empty(value: Any) -> None:
    assert cells_of(workbook("Buku tamu", ["A", "B"], [[value, "x"]]))[1] == [("inlineStr", "x")]


@pytest.mark.parametrize("text", ["a\vb", "x" * 40_000, "🙂" * 20_000, "baris\nkedua"])
def test_no_text_makes_a_file_that_cannot_be_read(text: str) -> None:
    ((_, shown),) = cells_of(workbook("Buku tamu", ["Nama"], [[text]]))[1]

    assert len(shown.encode("utf-16-le")) // 2 <= 32_767
    assert text.startswith(re.sub(r"_x000B_", "\v", shown))


def test_rows_are_taken_one_by_one() -> None:
    content = workbook("Buku tamu", ["Nomor"], ([str(place)] for place in range(10_000)))

    assert len(cells_of(content)) == 10_001


def test_a_sheet_is_sent_as_a_file() -> None:
    answer = download(b"PK", "buku-tamu.xlsx")

    assert answer["Content-Disposition"] == 'attachment; filename="buku-tamu.xlsx"'
    assert answer["Cache-Control"] == "private, no-store"
    assert "spreadsheetml" in answer["Content-Type"]
