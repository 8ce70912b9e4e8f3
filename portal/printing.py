"""The day's list on paper: A4, black on white, one day to a page or more."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from fpdf import FPDF, FontFace
from fpdf.enums import TableBordersLayout, VAlign, XPos, YPos
from fpdf.table import Table

from agenda.models import Appointment, Calendar
from agenda.queries.day_sheets import DaySheet, LineKind, SheetLine
from core.phones import spoken
from core.wall_clock import day_bounds
from portal.agenda_wording import day_words
from portal.diary import wall

FONTS = Path(__file__).parent / "fonts"
FACE = "DejaVu"
MARGIN = 12
# Hour, who, born, number, motive, note: millimetres of the 186 between the margins.
COLUMNS = (13, 45, 20, 27, 34, 47)
INK, MUTED, LINE, QUIET = (20, 24, 33), (90, 98, 115), (190, 190, 190), (241, 238, 232)
BODY = FontFace(size_pt=9, color=INK)
STRONG = FontFace(emphasis="BOLD", size_pt=9, color=INK)
FAINT = FontFace(size_pt=8.5, color=MUTED)
AWAY = FontFace(emphasis="BOLD", size_pt=9, color=INK, fill_color=QUIET)
HEADINGS = FontFace(emphasis="BOLD", size_pt=8, color=MUTED)


class DayPaper(FPDF):
    """Pages that say on each whose day it is, which day, and which page of how many."""

    def __init__(self, calendar: Calendar, printed: str) -> None:
        super().__init__(format="A4")
        self.calendar, self.printed = calendar, printed
        self.shown_day = ""
        self.add_font(FACE, "", FONTS / "DejaVuSansCondensed.ttf")
        self.add_font(FACE, "B", FONTS / "DejaVuSansCondensed-Bold.ttf")
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, margin=16)
        self.set_text_shaping(False)

    def header(self) -> None:
        """Write the practitioner, the practice and the day."""
        name = self.calendar.practitioner or self.calendar.name
        self.set_text_color(*INK)
        self.set_font(FACE, "B", 14)
        self.multi_cell(0, 7, self.shown_day, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_font(FACE, "", 10)
        whose = " · ".join(dict.fromkeys((name, self.calendar.client.name)))
        self.multi_cell(0, 5, whose, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(3)

    def footer(self) -> None:
        """Write when it was printed, that it is confidential, and the page's number."""
        self.set_y(-13)
        self.set_font(FACE, "", 8)
        self.set_text_color(*MUTED)
        page = _("page %(page)s of %(pages)s") % {"page": self.page_no(), "pages": "{nb}"}
        self.cell(130, 5, self.printed)
        self.cell(0, 5, page, align="R")


def printed_days(calendar: Calendar, sheets: Sequence[DaySheet], *, now: datetime) -> bytes:
    """Return the days as a PDF in the active language, each beginning on a page of its own."""
    paper = DayPaper(calendar, _printed(calendar, now))
    paper.set_title(f"{calendar.name} {sheets[0].day:%Y-%m-%d}")
    paper.set_lang(get_language() or "fr")
    for sheet in sheets:
        paper.shown_day = f"{day_words(sheet.day)} {sheet.day.year}".capitalize()
        paper.add_page()
        _write_day(paper, sheet, calendar.zone)
    return bytes(paper.output())


def _printed(calendar: Calendar, now: datetime) -> str:
    local = now.astimezone(calendar.zone)
    when = {"day": day_words(local.date()), "time": f"{local:%H:%M}"}
    return _("Confidential · printed on %(day)s at %(time)s") % when


def _write_day(paper: DayPaper, sheet: DaySheet, zone: ZoneInfo) -> None:
    paper.set_font(FACE, "", 9)
    paper.set_text_color(*MUTED)
    paper.multi_cell(0, 5, _summary(sheet), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.ln(2)
    if not sheet.lines:
        return
    paper.set_draw_color(*LINE)
    paper.set_line_width(0.15)
    with paper.table(
        col_widths=COLUMNS,
        text_align="LEFT",
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        headings_style=HEADINGS,
        line_height=4.4,
        padding=(0.9, 1),
        v_align=VAlign.T,
    ) as table:
        table.row(_headings())
        for line in sheet.lines:
            _write_line(table, line, sheet.day, zone)


def _summary(sheet: DaySheet) -> str:
    if not sheet.visits and not sheet.is_open:
        return _("No opening hours and no appointment.")
    visits = ngettext("%(count)d appointment", "%(count)d appointments", sheet.visits) % {
        "count": sheet.visits
    }
    free = ngettext("%(count)d free place", "%(count)d free places", sheet.free) % {
        "count": sheet.free
    }
    return f"{visits} · {free}"


def _headings() -> Sequence[str]:
    return (_("Time"), _("Who"), _("Born"), _("Number"), _("Purpose"), _("Note"))


def _write_line(table: Table, line: SheetLine, day: date, zone: ZoneInfo) -> None:
    row = table.row()
    if line.appointment is not None:
        for nth, text in enumerate(_visit(line.appointment)):
            row.cell(text, style=STRONG if nth < 2 else BODY)
        return
    style = AWAY if line.kind == LineKind.ABSENCE else FAINT
    starts_before = line.starts_at.astimezone(zone).date() < day
    row.cell("" if starts_before else wall(line.starts_at, zone), style=style)
    row.cell(_other(line, day, zone), colspan=len(COLUMNS) - 1, style=style)


def _visit(visit: Appointment) -> tuple[str, ...]:
    person = visit.correspondent
    born = f"{person.birth_date:%d/%m/%Y}" if person and person.birth_date else ""
    numbers = [spoken(str(one.number)) for one in person.numbers.all()] if person else []
    status = visit.get_status_display() if visit.status != Appointment.Status.BOOKED else ""
    return (
        wall(visit.starts_at, visit.zone),
        visit.booked_for or (person.display_name if person else "") or _("Appointment"),
        born,
        "\n".join(numbers[:2]),
        visit.motive.name if visit.motive else "",
        " · ".join(part for part in (str(status), visit.note) if part),
    )


def _other(line: SheetLine, day: date, zone: ZoneInfo) -> str:
    if line.kind == LineKind.ABSENCE:
        return f"{line.words or _('Absence')} · {_until(line, day, zone)}"
    places = ngettext("%(count)d place", "%(count)d places", line.places) % {"count": line.places}
    emergency = line.kind == LineKind.EMERGENCY
    what = _("Free, kept for emergencies") if emergency else _("Free")
    return f"{what} {_until(line, day, zone)} · {places}"


def _until(line: SheetLine, day: date, zone: ZoneInfo) -> str:
    morning, midnight = day_bounds(day, zone)
    if line.ends_at < midnight:
        return _("until %(time)s") % {"time": wall(line.ends_at, zone)}
    return _("all day") if line.starts_at <= morning else _("until the evening")
