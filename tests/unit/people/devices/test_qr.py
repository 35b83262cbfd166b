import re

import segno

from writ.people.devices.qr import QUIET, qr_outline

LINK = "openid4vp://?client_id=x509_hash%3Aabc&request_uri=https%3A%2F%2Fverify.example%2F1"


def test_the_outline_is_the_code() -> None:
    """Drawn, the path is dark where the code is, and has its quiet zone around it."""
    width, outline = qr_outline(LINK)
    drawn = [[0] * width for _ in range(width)]
    for x, y, length, back in re.findall(r"M(\d+) (\d+)h(\d+)v1H(\d+)z", outline):
        assert x == back
        for at in range(int(x), int(x) + int(length)):
            drawn[int(y)][at] = 1
    code = segno.make_qr(LINK, error="m", boost_error=False)
    inner = [row[QUIET:-QUIET] for row in drawn[QUIET:-QUIET]]
    assert [list(row) for row in code.matrix] == inner
    assert sum(map(sum, drawn)) == sum(map(sum, inner))
