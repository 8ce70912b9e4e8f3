"""The generated style sheets, and whether every client's colour can be read."""

from __future__ import annotations

import pytest

from desk.stylesheets import FOLDER, NIGHT, SHEETS, WHITE, contrast, sheet, soft, strong


@pytest.mark.parametrize("name", sorted(SHEETS))
def test_a_generated_sheet_is_up_to_date(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == sheet(name)


@pytest.mark.parametrize("night", [False, True])
def test_each_hue_is_readable_on_its_backgrounds(night: bool) -> None:
    surface = NIGHT if night else WHITE
    worst = min(
        contrast(strong(hue, night=night), background)
        for hue in range(0, 360, 5)
        for background in (surface, soft(hue, night=night))
    )

    assert worst >= 4.5


def test_contrast_is_that_of_the_norm() -> None:
    assert round(contrast(WHITE, (0.0, 0.0, 0.0)), 2) == 21.0
