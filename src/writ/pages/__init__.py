"""What all pages of ours have: words in the reader's language, and one style."""
