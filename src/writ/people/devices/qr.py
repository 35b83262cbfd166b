"""A link as a QR code (ISO/IEC 18004), as the outline that a page draws.

1. What comes back is a number of modules with the quiet zone of four around them, and the path of an
   SVG, one rectangle for each run of dark modules: nothing that a page would have to trust.
"""

import segno

QUIET = 4


def qr_outline(text: str) -> tuple[int, str]:
    """Return the width of the square in modules, and the path of its dark parts."""
    code = segno.make_qr(text, error="m", boost_error=False)
    rows = [list(row) for row in code.matrix]
    parts: list[str] = []
    for y, row in enumerate(rows, QUIET):
        start = None
        for x, dark in enumerate([*row, 0], QUIET):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                parts.append(f"M{start} {y}h{x - start}v1H{start}z")
                start = None
    return len(rows) + 2 * QUIET, "".join(parts)
