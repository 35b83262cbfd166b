"""Errors on the wire: RFC 9457 problems that carry what the command line needs to say the same.

1. `exit_code` is the error's, `faults` are its places; `detail` is its text.
2. What nobody foresaw is logged with its trace and answered without one.
"""

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response

from writ.errors import InvalidInput, WritError

MEDIA_TYPE = "application/problem+json"
_STATUS = {1: 500, 2: 409, 3: 422, 5: 422}
_TITLES = {1: "failed", 2: "refused", 3: "invalid input", 5: "cases failed"}


def problem(error: WritError) -> Response:
    """Write an error as a problem."""
    faults = error.faults if isinstance(error, InvalidInput) else ()
    body = {
        "type": "about:blank",
        "title": _TITLES[error.exit_code],
        "status": _STATUS[error.exit_code],
        "detail": str(error),
        "exit_code": error.exit_code,
        "faults": faults,
    }
    return Response(msgspec.json.encode(body), _STATUS[error.exit_code], media_type=MEDIA_TYPE)


async def expected(_request: Request, error: Exception) -> Response:
    """Answer an error that Writ raised on purpose."""
    if not isinstance(error, WritError):
        raise error
    return problem(error)


async def unforeseen(request: Request, error: Exception) -> Response:
    """Answer anything else (rule 2)."""
    structlog.get_logger().error(
        "internal error", route=request.url.path, kind=type(error).__name__, exc_info=error
    )
    return problem(WritError(f"internal error ({type(error).__name__}); the log has more"))
