"""What a client or an upstream may make long, and how long; in bytes, counts and seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The defaults are for prompts of 32 MiB and for models that think for minutes."""

    head_bytes: int = 64 * 1024
    head_fields: int = 128
    target_bytes: int = 8 * 1024
    body_bytes: int = 32 * 1024 * 1024
    stranger_bytes: int = 64 * 1024
    """A body of more than this is kept only for a known API key."""
    head_seconds: float = 15
    body_seconds: float = 120
    idle_seconds: float = 75
    pipelined: int = 16
    connections: int = 16384
    connect_seconds: float = 5
    first_byte_seconds: float = 600
    silence_seconds: float = 300
    stalled_client_seconds: float = 120
    answer_bytes: int = 8 * 1024 * 1024
    """A longer answer is passed on in pieces instead of being held until it is whole."""
    event_bytes: int = 8 * 1024 * 1024
    spare_seconds: float = 30
    """How long an unused upstream connection is kept."""
    permits_waiting: int = 4096
    """Permits not yet on disk; beyond this a permit waits for the disk."""
