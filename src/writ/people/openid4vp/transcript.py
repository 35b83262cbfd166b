"""The session transcript that an mdoc's device signs (OpenID4VP 1.0, appendix B.2.6).

1. `[null, null, ["OpenID4VPHandover", hash]]`, where the hash is the SHA-256 of the CBOR of client
   id, nonce, thumbprint of the key that the answer is encrypted to, and address of the answer.
"""

import hashlib

from writ.signing.cbor import write_cbor


def session_transcript(client_id: str, nonce: str, thumbprint: bytes, response_uri: str) -> bytes:
    """Write the transcript of one request."""
    info = write_cbor([client_id, nonce, thumbprint, response_uri])
    return write_cbor([None, None, ["OpenID4VPHandover", hashlib.sha256(info).digest()]])
