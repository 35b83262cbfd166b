"""Ask both writings of the meaning a great many questions: `python -m tests.laws.nightly 100000`.

A seed is a lawbook with eighteen questions: three chains, each about six names of models.
Seeds on which they differ are printed as they are found, with the answers; exit 1 if any did.
`--from N` starts elsewhere, so that several can run at once. `--failures FOLDER` keeps each
question they differ on, made as small as it gets, as a case with its orders for `writ order test`.
"""

import argparse
import sys
from pathlib import Path
from random import Random

from tests.laws.agreement import compiled, literally, question, questions
from tests.laws.failures import keep


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--from", dest="start", type=int, default=0)
    parser.add_argument("--failures", type=Path)
    arguments = parser.parse_args()
    different = 0
    for seed in range(arguments.start, arguments.start + arguments.count):
        put = question(Random(seed))  # noqa: S311 - to be repeated, not to be secret
        answers = zip(questions(put), literally(put), compiled(put), strict=True)
        for place, (asked, one, other) in enumerate(answers):
            if one != other:
                different += 1
                sys.stdout.write(f"{seed}\n  literal  {one}\n  compiled {other}\n")
                if arguments.failures is not None:
                    folder = arguments.failures / f"seed-{seed}-{place}"
                    sys.stdout.write(f"  {keep(folder, put.book, asked)}\n")
        if (seed + 1) % 10_000 == 0:
            sys.stdout.write(f"{seed + 1 - arguments.start} asked, {different} different\n")
            sys.stdout.flush()
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
