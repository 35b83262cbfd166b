"""`python -m writ`."""

from writ.cli.main import main

main()
