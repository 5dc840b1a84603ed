"""Text in a table is never a formula."""

import csv
import io

from imagestudio.core.csv_text import FORMULA, csv_text


def test_texts_that_look_like_formulas_are_shown_as_they_are() -> None:
    rows = [[f"{start}1+1", -1, 0.5, None, 'a "b", c'] for start in FORMULA]
    table = list(csv.reader(io.StringIO(csv_text(["a"], rows), newline="")))
    assert table == [["a"], *([f"'{start}1+1", "-1", "0.5", "", 'a "b", c'] for start in FORMULA)]
