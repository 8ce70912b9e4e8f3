"""The French catalogue, kept without gettext: extracted, filled, checked and compiled by Babel.

The sentences in the sources are the English interface, so English has no catalogue of its own:
Django shows a message's own id when it has no translation for it.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import io
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = {"tests", "var", "node_modules", "staticfiles", "benchmarks", "docs", "bin"}
FUNCTIONS: dict[str, tuple[Any, ...]] = {
    "gettext": (1,),
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
KEYWORDS: dict[str, Any] = {
    "_": (1,),
    "gettext_noop": (1,),
    **FUNCTIONS,
    **{f"{name}_lazy": arguments for name, arguments in FUNCTIONS.items()},
}
# No dates and no tool's name: two people who update the same sources write the same file.
HEADER = """\
# French sentences of the interface. `bin/translations update` writes this file.
msgid ""
msgstr ""
"Language: fr\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

"""
# French sets a space that no line breaks at before these signs, and within its quotation marks.
OPEN_SPACE = re.compile(r"(?<=\S) (?=[:;!?»](?!\w))|(?<=«) ")
NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
ESCAPES = {r"\n": "\n", r"\t": "\t", r"\x04": "\x04", r"\\": "\\"}

Key = str | tuple[str, str | None]


class CatalogueError(Exception):
    """A sentence that tells the person at the keyboard what to mend."""


# ------------------------------------------------------------------------------------ extraction


def source_files(root: Path) -> list[Path]:
    """Every Python file and template that may hold a sentence of the interface."""
    tops = [p for p in root.iterdir() if p.name not in SKIPPED and not p.name.startswith(".")]
    found = [f for top in tops for f in ([top] if top.is_file() else top.rglob("*"))]
    return sorted(
        f for f in found if f.suffix == ".py" or ("templates" in f.parts and f.suffix != ".pyc")
    )


def as_python(path: Path) -> str:
    """A template as calls to gettext, in parentheses so that its indentation means nothing."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return source
    return f"({templatize(source, origin=str(path))}\n)"


def extracted(path: Path) -> Iterator[tuple[Any, str | None]]:
    """The (id, context) pairs of one file."""
    stream = io.BytesIO(as_python(path).encode())
    for _line, message, _comments, context in extract("python", stream, keywords=KEYWORDS):
        yield message, context


def sources_catalogue(root: Path) -> Catalog:
    """All the sentences of the sources, without their translations."""
    catalogue = Catalog(locale="fr", domain="django")
    for path in source_files(root):
        if path.is_dir():
            continue
        try:
            for message, context in extracted(path):
                where = (path.relative_to(root).as_posix(), 0)
                catalogue.add(message, locations=[where], context=context)
        except (SyntaxError, UnicodeDecodeError) as error:
            raise CatalogueError(f"{path.relative_to(root)}: {error}") from error
    return catalogue


# --------------------------------------------------------------------------------- the .po file


def po_path(root: Path) -> Path:
    return root / "locale" / "fr" / "LC_MESSAGES" / "django.po"


def read_catalogue(root: Path) -> Catalog:
    path = po_path(root)
    if not path.exists():
        return Catalog(locale="fr", domain="django")
    with path.open("rb") as stream:
        return read_po(stream, locale="fr", domain="django")


def catalogue_text(catalogue: Catalog) -> str:
    """The .po text: sorted by id and without line numbers, so that it changes only by its words."""
    stream = io.BytesIO()
    write_po(
        stream,
        catalogue,
        width=100,
        omit_header=True,
        sort_output=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    return HEADER + stream.getvalue().decode()


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file so that a reader sees the old one or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as stream:
        stream.write(content)
    os.chmod(stream.name, 0o644)
    os.replace(stream.name, path)


@contextlib.contextmanager
def locked(root: Path) -> Iterator[None]:
    """One writer of the catalogue at a time."""
    (root / "var").mkdir(exist_ok=True)
    with (root / "var" / "translations.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


# ---------------------------------------------------------------------------------------- merge


def sentences(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def key_of(message: Message) -> tuple[str, str | None]:
    """What makes a message itself: its singular id and its context."""
    singular = message.id if isinstance(message.id, str) else message.id[0]
    return singular, message.context


def as_set(french: Any) -> Any:
    """A translation, or its forms, with the spaces that French typography wants."""
    if isinstance(french, str):
        return OPEN_SPACE.sub(NARROW_SPACE, french)
    return tuple(map(as_set, french))


def merged(sources: Catalog, known: Catalog) -> Catalog:
    """The sentences of the sources, each with the translation that is already known."""
    translations = {key_of(m): m for m in sentences(known)}
    for message in sentences(sources):
        old = translations.get(key_of(message))
        if old is not None and isinstance(old.id, str) == isinstance(message.id, str):
            message.string = as_set(old.string)
            message.flags |= old.flags & {"fuzzy"}
    return sources


def update(root: Path) -> Catalog:
    """Bring the catalogue up to date with the sources, dropping what they no longer say."""
    catalogue = merged(sources_catalogue(root), read_catalogue(root))
    write_atomically(po_path(root), catalogue_text(catalogue).encode())
    return catalogue


# ----------------------------------------------------------------------------------------- fill


def unescaped(cell: str) -> str:
    return re.sub(r"\\(?:n|t|x04|\\)", lambda match: ESCAPES[match[0]], cell)


def table_rows(lines: Iterable[str]) -> Iterator[list[str]]:
    r"""The rows of a table of translations.

    One sentence a line: id TAB French, or id TAB plural id TAB singular TAB plural. A context comes
    before the id, with \x04 between. A line break inside a sentence is written \n.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        cells = [unescaped(cell) for cell in line.rstrip("\n").split("\t")]
        if len(cells) not in (2, 4):
            raise CatalogueError(f"line {number} has {len(cells)} columns instead of 2 or 4")
        yield cells


def fill_row(catalogue: Catalog, row: list[str]) -> bool:
    """Give one row's French to its message; False when the sources don't say it that way."""
    context, separator, rest = row[0].partition("\x04")
    message = catalogue.get(rest if separator else row[0], context if separator else None)
    if message is None or isinstance(message.id, str) != (len(row) == 2):
        return False
    message.string = as_set(row[1] if len(row) == 2 else (row[2], row[3]))
    message.flags.discard("fuzzy")
    return True


def fill(root: Path, table: Path) -> list[str]:
    """Fill the French of a table's rows; returns the ids that no source says."""
    with table.open(encoding="utf-8") as stream:
        rows = list(table_rows(stream))
    catalogue = merged(sources_catalogue(root), read_catalogue(root))
    unknown = [row[0] for row in rows if not fill_row(catalogue, row)]
    write_atomically(po_path(root), catalogue_text(catalogue).encode())
    return unknown


# ---------------------------------------------------------------------------------------- check


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text.replace("%%", "")))


def pairs(message: Message) -> list[tuple[str, str]]:
    """Each form of a message with its translation."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string or ""))]
    strings = list(message.string or ())
    return list(zip(message.id, [*strings, "", ""], strict=False))


def has_other_placeholders(message: Message) -> bool:
    """Whether a translation asks for a value that it won't get, or loses one.

    A singular may leave its number out: « un message » for « %(count)s message ».
    """
    forms = pairs(message)
    offered = set().union(*(placeholders(original) for original, _ in forms))
    invented = any(placeholders(french) - offered for _, french in forms)
    lost = placeholders(forms[-1][0]) - placeholders(forms[-1][1])
    return invented or bool(lost)


def problems(root: Path) -> list[str]:
    """What keeps the French from being complete, one sentence each."""
    catalogue = merged(sources_catalogue(root), read_catalogue(root))
    path = po_path(root)
    found = [problem for m in sentences(catalogue) if (problem := problem_of(m))]
    if not path.exists() or path.read_text(encoding="utf-8") != catalogue_text(catalogue):
        found.append("The catalogue differs from the sources: run `bin/translations update`.")
    return found


def problem_of(message: Message) -> str:
    singular = key_of(message)[0]
    where = ", ".join(sorted({file for file, _ in message.locations}))
    if not all(french for _, french in pairs(message)):
        return f"untranslated: {singular!r} ({where})"
    if message.fuzzy:
        return f"fuzzy: {singular!r} ({where})"
    if has_other_placeholders(message):
        return f"other placeholders: {singular!r} ({where})"
    return ""


def compile_catalogue(root: Path) -> None:
    """Write the binary catalogue that Django reads."""
    stream = io.BytesIO()
    write_mo(stream, read_catalogue(root))
    write_atomically(po_path(root).with_suffix(".mo"), stream.getvalue())


# -------------------------------------------------------------------------------------- command


def run_check(root: Path) -> int:
    found = problems(root)
    print("\n".join(found) if found else "The French catalogue is complete.")
    return 1 if found else 0


def run_fill(root: Path, table: Path) -> int:
    with locked(root):
        unknown = fill(root, table)
    for sentence in unknown:
        print(f"no source says: {sentence!r}")
    return 0


def run_update(root: Path) -> int:
    with locked(root):
        catalogue = update(root)
    missing = sum(not all(french for _, french in pairs(m)) for m in sentences(catalogue))
    print(f"{len(catalogue)} sentences, {missing} without French.")
    return 0


def arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/translations", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("update", help="take the sentences from the sources")
    actions.add_parser("check", help="say what is missing; exit 1 if anything is")
    actions.add_parser("compile", help="write the .mo file")
    filling = actions.add_parser("fill", help="fill the French from a table", epilog=table_help())
    filling.add_argument("table", type=Path)
    return parser.parse_args(given)


def table_help() -> str:
    return " ".join((table_rows.__doc__ or "").split())


def main(given: list[str]) -> int:
    chosen = arguments(given)
    if chosen.action == "fill":
        return run_fill(ROOT, chosen.table)
    if chosen.action == "update":
        return run_update(ROOT)
    if chosen.action == "check":
        return run_check(ROOT)
    compile_catalogue(ROOT)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (CatalogueError, OSError) as error:
        sys.exit(f"bin/translations: {error}")
