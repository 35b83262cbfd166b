"""What the record's files are called, and what its pages may load: for whoever writes and serves them."""

INDEX, LOG = "index.html", "log"
SECURITY = ".well-known/security.txt"
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"
CHECKING = POLICY + "; script-src 'self'; connect-src 'self'"
