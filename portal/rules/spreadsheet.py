"""Lines of a CSV file (RFC 4180) that a spreadsheet opens without running what is in them."""

import csv
from collections.abc import Sequence
from io import StringIO

# What makes a spreadsheet read a cell as a formula (OWASP, "CSV Injection").
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
BYTE_ORDER_MARK = "\ufeff"


def line(cells: Sequence[str], separator: str) -> str:
    """Return one line, its cells quoted where they must be, ended by CRLF."""
    written = StringIO()
    csv.writer(written, delimiter=separator, lineterminator="\r\n").writerow(map(harmless, cells))
    return written.getvalue()


def harmless(cell: str) -> str:
    """Return the cell as text for a spreadsheet: what could be a formula begins with a quote."""
    begins = cell.lstrip(" \u00a0\n")
    return f"'{cell}" if begins.startswith(FORMULA_SIGNS) else cell
