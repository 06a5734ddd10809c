"""Build one self-contained HTML page: sections, tables with bars, pictures, warnings.

Standard library only. Everything given is escaped; the page loads nothing from elsewhere, so it can
be mailed, archived, and opened without a network, in light and dark.
"""

from __future__ import annotations

import base64
import contextlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

_STYLE = """
:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--ink:#1c2430;--soft:#5c6675;--line:#e1e5eb;
--bar:#9dc3ee;--accent:#1f6fb5;--warn:#fff4d6;--warn-ink:#6a4a00;--warn-line:#e7bd4a}
@media(prefers-color-scheme:dark){:root{--ground:#14181e;--card:#1d232b;--ink:#e6eaf0;--soft:#9aa5b4;
--line:#313946;--bar:#2c5d90;--accent:#74b3ee;--warn:#3a3016;--warn-ink:#f4d993;--warn-line:#8a6d1d}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI",Roboto,sans-serif}
main{max-width:1040px;margin:0 auto;padding:32px 20px 48px}
h1{font-size:28px;line-height:1.2;margin:0 0 4px}h2{font-size:19px;margin:0 0 12px}
h3{font-size:15px;margin:20px 0 8px}p{margin:8px 0}.lead{color:var(--soft);margin:0 0 20px}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:20px 22px;margin:16px 0}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);padding:0 0 6px}
tbody th{min-width:8em}th,td{padding:6px 10px;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
thead th{color:var(--soft);font-weight:600;white-space:nowrap}tbody tr:last-child>*{border-bottom:0}
.n{text-align:right;white-space:nowrap}tbody th{font-weight:500}
.bar{display:flex;align-items:center;justify-content:flex-end;gap:8px}
.bar i{flex:1 1 auto;min-width:36px;max-width:120px;height:8px;border-radius:4px;background:var(--line);overflow:hidden}
.bar span{min-width:3em}.bar i b{display:block;height:100%;background:var(--accent);border-radius:4px}
.heat{background:color-mix(in srgb,var(--bar) calc(var(--heat)*1%),transparent)}
.swatch{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:8px;border:1px solid var(--line);
vertical-align:-1px}
.cards{display:flex;flex-wrap:wrap;gap:12px;margin:16px 0}
.cards div{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 18px;flex:1 1 140px}
.cards strong{display:block;font-size:24px;line-height:1.25;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.cards span{color:var(--soft)}
figure{margin:12px 0}figure img,figure svg{max-width:100%;height:auto;display:block;border-radius:6px}
figcaption{color:var(--soft);margin-top:6px}
.warning{background:var(--warn);color:var(--warn-ink);border:1px solid var(--warn-line);border-radius:10px;
padding:10px 16px;margin:12px 0}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;margin:8px 0}
.sheet{display:grid;grid-template-columns:repeat(auto-fill,minmax(max(130px,22%),1fr));gap:18px 14px}
.sheet.pairs{grid-template-columns:repeat(auto-fill,minmax(max(260px,44%),1fr))}
.sheet figure{margin:0;min-width:0}
.sheet figcaption{font-size:13px;line-height:1.4;margin:5px 0;gap:0 12px;overflow-wrap:anywhere}
.sheet .pair{display:grid;grid-template-columns:1fr 1fr;gap:6px;align-items:start}
.over text{font-family:system-ui,"Segoe UI",Roboto,sans-serif}
.toggle{margin:0 8px 12px 0}.toggle:not(:checked)~.sheet .over{display:none}
.chart text{fill:var(--soft);font-size:12px;paint-order:stroke;stroke:var(--card);stroke-width:3px}
footer{color:var(--soft);margin-top:24px;font-size:13px}code{font-size:90%;overflow-wrap:anywhere}
@media(max-width:600px){main{padding:18px 10px 32px}section{padding:14px 12px}}
@media print{body{background:#fff}section{break-inside:avoid}}
"""


@dataclass(frozen=True)
class Bar:
    """A number shown with a bar: ``share`` from 0 to 1 is the bar's length."""

    value: float
    share: float
    digits: int = 3


@dataclass(frozen=True)
class Heat:
    """A cell with a coloured ground: ``share`` from 0 to 1 is its strength."""

    value: object
    share: float


@dataclass(frozen=True)
class Swatch:
    """A name with its colour (red, green, blue; 0 to 255)."""

    text: str
    color: tuple[int, int, int]


@dataclass(frozen=True)
class Sample:
    """One place in a sheet: one or two SVG drawings of our own making, and what stands below them, side by side."""

    drawings: Sequence[str]
    notes: Sequence[str | Swatch] = ()


class Page:
    """Collect the parts of a page in order, then ``render`` or ``save`` it.

    Cells of tables are text, numbers (aligned right), ``Bar``, ``Heat`` or ``Swatch``.
    """

    def __init__(self, title: str, lead: str = "") -> None:
        self._title = title
        self._head: list[str] = [f"<h1>{escape(title)}</h1>"]
        if lead:
            self._head.append(f'<p class="lead">{escape(lead)}</p>')
        self._sections: list[tuple[str, list[str]]] = []

    def section(self, title: str) -> Page:
        """Start a section; what follows belongs to it."""
        self._sections.append((title, []))
        return self

    def text(self, text: str) -> Page:
        """Add paragraphs, parted by empty lines."""
        for part in text.split("\n\n"):
            if part.strip():
                self._add(f"<p>{escape(part.strip())}</p>")
        return self

    def heading(self, text: str) -> Page:
        """Add a small heading inside the section."""
        self._add(f"<h3>{escape(text)}</h3>")
        return self

    def warning(self, text: str) -> Page:
        """Add a sentence that must not be overlooked."""
        self._add(f'<div class="warning" role="note">{escape(text)}</div>')
        return self

    def cards(self, values: Mapping[str, object]) -> Page:
        """Add a row of key figures: caption to value."""
        items = "".join(
            f"<div><strong>{escape(number(value))}</strong><span>{escape(caption)}</span></div>"
            for caption, value in values.items()
        )
        self._add(f'<div class="cards">{items}</div>')
        return self

    def table(
        self,
        header: Sequence[str],
        rows: Iterable[Sequence[object]],
        caption: str = "",
    ) -> Page:
        """Add a table; the first cell of a row is its heading."""
        body = [list(row) for row in rows]
        numeric = [
            bool(body) and all(_is_numeric(row[index]) for row in body if index < len(row))
            for index in range(len(header))
        ]
        head = "".join(
            f'<th scope="col"{_numeric_class(right)}>{escape(name)}</th>'
            for name, right in zip(header, numeric, strict=True)
        )
        lines = "".join(f"<tr>{''.join(_cell(cell, not index) for index, cell in enumerate(row))}</tr>" for row in body)
        title = f"<caption>{escape(caption)}</caption>" if caption else ""
        top = f"<thead><tr>{head}</tr></thead>" if any(header) else ""
        self._add(f'<div class="scroll"><table>{title}{top}<tbody>{lines}</tbody></table></div>')
        return self

    def facts(self, values: Mapping[str, object]) -> Page:
        """Add a two-column table of names and values."""
        rows = "".join(
            f'<tr><th scope="row">{escape(name)}</th><td>{_content(value)}</td></tr>' for name, value in values.items()
        )
        self._add(f'<div class="scroll"><table><tbody>{rows}</tbody></table></div>')
        return self

    def picture(self, data: bytes | Path, caption: str = "", alt: str = "") -> Page:
        """Add a PNG or JPEG, from its bytes or its file, into the page itself."""
        content = data.read_bytes() if isinstance(data, Path) else data
        kind = "png" if content.startswith(b"\x89PNG") else "jpeg"
        source = f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"
        self._figure(f'<img alt="{escape(alt or caption)}" src="{source}">', caption)
        return self

    def svg(self, text: str, caption: str = "") -> Page:
        """Add an SVG drawing of our own making (it is not escaped).

        Raises:
            ValueError: where the drawing holds a script or a link to elsewhere.
        """
        self._figure(_plain_drawing(text), caption)
        return self

    def legend(self, entries: Iterable[Swatch]) -> Page:
        """Add names with their colours, side by side."""
        self._add(f'<div class="legend">{"".join(f"<span>{_content(entry)}</span>" for entry in entries)}</div>')
        return self

    def sheet(self, samples: Sequence[Sample], toggle: str = "") -> Page:
        """Add drawings in a grid, four a row on a wide screen, two where they are pairs.

        With ``toggle`` (its text) a tick shows and hides what the drawings hold in groups of class "over".
        Raises ValueError as ``svg`` does.
        """
        name = f"toggle{len(self._sections)}"
        box = f'<input type="checkbox" class="toggle" id="{name}" checked><label for="{name}">{escape(toggle)}</label>'
        pairs = " pairs" if any(len(sample.drawings) > 1 for sample in samples) else ""
        figures = "".join(_sample(sample) for sample in samples)
        self._add(f'<div>{box if toggle else ""}<div class="sheet{pairs}">{figures}</div></div>')
        return self

    def render(self) -> str:
        """Return the whole page."""
        blocks = "".join(
            f"<section><h2>{escape(title)}</h2>{''.join(parts)}</section>" for title, parts in self._sections
        )
        return (
            '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
            "style-src 'unsafe-inline'\">"
            f"<title>{escape(self._title)}</title><style>{_STYLE}</style></head>"
            f"<body><main>{''.join(self._head)}{blocks}<footer>Made by Swath.</footer></main></body></html>\n"
        )

    def save(self, path: Path) -> Path:
        """Write the page under its final name only when it is complete; raise OSError."""
        partial = path.with_name(path.name + ".partial")
        try:
            # Names of files may hold what is no text at all.
            partial.write_text(self.render(), encoding="utf-8", errors="replace")
            partial.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
            raise
        return path

    def _add(self, part: str) -> None:
        (self._sections[-1][1] if self._sections else self._head).append(part)

    def _figure(self, content: str, caption: str) -> None:
        note = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
        self._add(f"<figure>{content}{note}</figure>")


def number(value: object, digits: int = 3) -> str:
    """Write a value for people: thousands apart, ``digits`` decimals, a dash for what is not known."""
    if value is None or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN
        return "-"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\u202f")
    if value and (abs(value) < 10**-digits or abs(value) >= 10**6):
        return f"{value:.{digits}g}"
    return f"{value:,.{digits}f}".replace(",", "\u202f")


def _sample(sample: Sample) -> str:
    drawings = "".join(_plain_drawing(text) for text in sample.drawings)
    notes = (_content(part) if isinstance(part, Swatch) else escape(part) for part in sample.notes)
    words = "".join(f"<span>{note}</span>" for note in notes)
    inner = f'<div class="pair">{drawings}</div>' if len(sample.drawings) > 1 else drawings
    return f'<figure>{inner}<figcaption class="legend">{words}</figcaption></figure>'


def _plain_drawing(text: str) -> str:
    """Return the SVG in a text; only its tags count: names in it are escaped and may read as they like."""
    start = text.find("<svg")
    drawing = text[max(start, 0) :]
    if start < 0 or re.search(r"<script|<[^>]*(\son\w+\s*=|javascript:)", drawing, re.IGNORECASE):
        raise ValueError("not a plain SVG drawing")
    return drawing


def _is_numeric(cell: object) -> bool:
    inner = cell.value if isinstance(cell, Heat) else cell
    return isinstance(inner, Bar) or inner is None or (isinstance(inner, int | float) and not isinstance(inner, bool))


def _numeric_class(right: bool) -> str:
    return ' class="n"' if right else ""


def _content(cell: object) -> str:
    if isinstance(cell, Bar):
        width = 100 * min(max(cell.share if cell.share == cell.share else 0.0, 0.0), 1.0)
        track = f'<i><b style="width:{width:.1f}%"></b></i>'
        return f'<span class="bar">{track}<span>{escape(number(cell.value, cell.digits))}</span></span>'
    if isinstance(cell, Swatch):
        red, green, blue = (int(part) for part in cell.color)
        return f'<span class="swatch" style="background:rgb({red},{green},{blue})"></span>{escape(cell.text)}'
    return escape(number(cell))


def _cell(cell: object, first: bool) -> str:
    tag = 'th scope="row"' if first else "td"
    classes = ["n"] if _is_numeric(cell) else []
    style = ""
    inner = cell
    if isinstance(cell, Heat):
        classes.append("heat")
        style = f' style="--heat:{100 * min(max(cell.share, 0.0), 1.0):.0f}"'
        inner = cell.value
    names = f' class="{" ".join(classes)}"' if classes else ""
    return f"<{tag}{names}{style}>{_content(inner)}</{tag.split(maxsplit=1)[0]}>"
