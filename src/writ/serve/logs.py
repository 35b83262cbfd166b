"""Structured logs: one JSON object a line on stderr.

1. An event names what happened and ids that are public; never a key's text, a prompt, a fact or a
   subject's id.
2. A trace has no local variables in it: they might hold any of those.
"""

import sys

import structlog


def start_logs() -> None:
    """Set logging up for this process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
