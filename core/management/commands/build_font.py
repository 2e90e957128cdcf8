"""Make the web font: the Latin part of Plus Jakarta Sans as a small WOFF2."""

from pathlib import Path
from typing import Any

import fontpkg_plus_jakarta_sans
from django.conf import settings
from django.core.management.base import BaseCommand
from fontTools import subset

SOURCE = fontpkg_plus_jakarta_sans.ROOT / "files" / "PlusJakartaSans[wght].ttf"
# Latin letters, general punctuation, superscripts, currency, arrows and the minus sign.
UNICODES = [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2040), 0x20AC, *range(0x2190, 0x2194), 0x2212]


class Command(BaseCommand):
    help = "Make the WOFF2 subset of the font that lpse.css names, unless it is there already."

    def handle(self, **_options: Any) -> None:
        target = Path(settings.BUILD_ROOT) / "fonts" / "plus-jakarta-sans.woff2"
        made_from = (SOURCE, Path(__file__))
        if target.exists() and all(target.stat().st_mtime >= path.stat().st_mtime for path in made_from):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        options = subset.Options(flavor="woff2", layout_features=["*"])
        font = subset.load_font(str(SOURCE), options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=UNICODES)
        subsetter.subset(font)
        # Written aside first: a build that was interrupted never looks finished.
        unfinished = target.with_suffix(".part")
        subset.save_font(font, str(unfinished), options)
        unfinished.replace(target)
        self.stdout.write(f"{target.name}: {target.stat().st_size // 1024} KB")
