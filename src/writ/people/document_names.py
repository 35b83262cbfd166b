"""What names a document, the same by whichever way it was shown: its country and its number.

1. A passport that backs one account by its chip backs no other by a picture that a vendor took.
"""

import hashlib


def document_name(country: str, number: str) -> bytes:
    """Name a document by the country that issued it, in our code, and its number, however written."""
    letters = "".join(letter for letter in number.upper() if letter.isalnum())
    return hashlib.sha256(f"document\0{country}\0{letters}".encode()).digest()
