"""What the demo prints: headings, a table, text that stands out only where a terminal can show it."""
import json
import os
import sys
import unicodedata

COLOURS = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}
COLOURED = sys.stdout.isatty() and "NO_COLOR" not in os.environ

sys.stdout.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)


def paint(text, colour):
    return f"\033[{COLOURS[colour]}m{text}\033[0m" if COLOURED and colour else text


def heading(text):
    print("\n" + paint(text, "bold"))


def line(text):
    print("  " + text)


def block(text):
    for row in text.splitlines():
        line(paint("| ", "dim") + row)


def document(value):
    block(json.dumps(value, indent=2, ensure_ascii=False))


def width(text):
    """In a terminal's columns: emoji take two, combining characters none."""
    return sum(
        0 if unicodedata.combining(char) or char == "\ufe0f" else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def table(titles, rows, colour_of=lambda title, value: None):
    """Prints rows of text in columns; colour_of(title, value) names a colour or None."""
    columns = [max(width(row[at]) for row in [titles, *rows]) for at in range(len(titles))]
    pad = lambda text, at: text + " " * (columns[at] - width(text))
    line(paint("  ".join(pad(title, at) for at, title in enumerate(titles)).rstrip(), "dim"))
    for row in rows:
        line("  ".join(paint(pad(text, at), colour_of(titles[at], text)) for at, text in enumerate(row)).rstrip())
