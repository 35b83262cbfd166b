"""The public record as its readers have it: on a phone, in the dark, in print, and checking the log.

Runs docs/record.md too, block by block, with real keys.
"""

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.worlds.browser import CHROMIUM, browser_page, scrolls_sideways, shot, wrongs
from tests.worlds.deployment import CATALOGUE, LETTER, Deployment, found
from tests.worlds.record import everything, recorded
from writ.store.events import append

PAGE = Path(__file__).parents[2] / "docs" / "record.md"
BLOCKS = re.findall(r"```(sh|toml)\n(.*?)```", PAGE.read_text(), re.DOTALL)
ORDER = "us-bis-2026-06-12"
OLD_BROWSER = """
const known = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (...asked) => asked[2].name === "Ed25519"
  ? Promise.reject(new DOMException("", "NotSupportedError")) : known(...asked);
"""


@contextmanager
def serving(record: Path) -> Iterator[str]:
    """Serve a record; yield its address."""
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "writ",
        "record",
        "serve",
        record,
        "--listen",
        "127.0.0.1:0",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://{json.loads(process.stdout.readline())['listen']}"
    finally:
        process.terminate()
        assert 0 == process.wait(60)
        process.stdout.close()


def test_the_page_works_as_it_is_written(tmp_path: Path) -> None:
    """Built, stated, corrected, audited and verified; the log that is cut short is found out."""
    deployment = found(tmp_path)
    config = tmp_path / "writ.toml"
    [toml] = [text for kind, text in BLOCKS if kind == "toml"]
    config.write_text(f"{config.read_text()}\n{toml}")
    letter = tmp_path / "letter.yaml"
    letter.write_text(re.sub(r"disclosure: \w+", "disclosure: full", LETTER.read_text()))
    deployment.obey(CATALOGUE, letter)
    said = "".join(
        deployment.writ(*shlex.split(line)[1:])
        for kind, text in BLOCKS
        for line in (text.splitlines() if kind == "sh" else ())
    )
    assert "1 orders, 1 new editions" in said
    assert f"{ORDER}: statement 2, by ada" in said
    assert '"kind":"record.published"' in said
    page = (tmp_path / "record" / "orders" / f"{ORDER}.html").read_text()
    assert "We said none; a summary had come." in page
    check_refusals(deployment)


def check_refusals(deployment: Deployment) -> None:
    """What the commands refuse, in one line each."""
    state = ("record", "state", "--key", "ada.key")
    assert f"no order here is called `us-bis-2026-06-13`; did you mean `{ORDER}`?" == (
        deployment.fails(3, *state, "us-bis-2026-06-13", "--evaluation", "none")
    )
    assert "say something" in deployment.fails(3, *state, ORDER)
    assert "`nowhere` has no record" in deployment.fails(3, "record", "serve", "nowhere")
    deployment.writ("log", "seal", "--key", "ben.key")
    assert "nothing is published" in deployment.fails(2, "record", "build")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A record over a log of several hundred entries, and a checkpoint of before."""
    folder = tmp_path_factory.mktemp("built")
    with recorded(folder) as made:
        everything(made)
        earlier = (folder / "record" / "log" / "checkpoint").read_text()
        with made.site.store.unit() as connection:
            for number in range(600):
                append(connection, "test", {"number": number})
        made.state(challenge="Before the Court of Appeals, 26-1234.")
        made.build()
    return folder / "record", earlier


def checked(page: Page, address: str, earlier: str = "") -> tuple[str, str]:
    """Check the last edition; return the verdict and the last step."""
    page.goto(f"{address}/orders/us-bis.html")
    page.get_by_role("link", name="Check that the log has it").click()
    page.get_by_label("A checkpoint that you kept").fill(earlier)
    page.get_by_role("button", name="Check").click()
    verdict = page.locator("#verdict")
    verdict.filter(has_not_text="Checking.").filter(has_text=".").wait_for()
    return verdict.inner_text(), page.locator("#steps li").last.inner_text()


@pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no Chromium here")
def test_readers_read_and_check_it(built: tuple[Path, str], tmp_path: Path) -> None:
    """Every page keeps WCAG and fits a phone; what was spoiled does not hold; nothing is asked elsewhere."""
    record, earlier = built
    spoiled = shutil.copytree(record, tmp_path / "spoiled")
    edition = spoiled / "orders" / "us-bis" / "4.json"
    edition.write_bytes(edition.read_bytes().replace(b"26-1234", b"26-1235"))
    asked: list[str] = []
    size = int(earlier.splitlines()[1])
    with serving(record) as address, browser_page(dark=True) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: asked.append(message.text))
        for name in ("index", "orders/us-bis", "verify", "ja/index", "de/orders/us-bis"):
            page.goto(f"{address}/{name}.html")
            shot(page, tmp_path, name.replace("/", "-"))
            assert [] == wrongs(page)
            assert not scrolls_sideways(page)
        page.goto(f"{address}/orders/us-bis.html")
        page.emulate_media(media="print")
        assert not page.get_by_role("navigation").is_visible()
        page.emulate_media(media="screen")
        holds = checked(page, address, earlier)
        assert [] == wrongs(page)
        another = checked(page, address, earlier.replace(f"\n{size}\n", f"\n{size - 1}\n"))
        assert [] == [item for item in asked if not item.startswith(address)]
        page.context.add_init_script(OLD_BROWSER)
        old, _ = checked(page, address, earlier)
    assert (
        "All of it holds.",
        f"Yes. The log begins with the {size} entries of the earlier checkpoint.",
    ) == holds
    assert (
        "It does not hold.",
        "No. The signature on the checkpoint is not that key's.",
    ) == another
    assert old.startswith("This browser cannot check signatures of this kind (Ed25519).")
    with serving(spoiled) as address, browser_page() as page:
        no = checked(page, address)
    assert ("It does not hold.", "No. The edition is not the one that was published.") == no
