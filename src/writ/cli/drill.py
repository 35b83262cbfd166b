"""`writ drill`: a legal order obeyed end to end on this machine, with a scorecard."""

import asyncio
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from writ.cli.lines import write_file
from writ.clock import WallClock, format_instant
from writ.errors import CasesFailed, Failed

ORDERS = Path("orders/june-2026")
OUT = Path("drill-out")
SCORECARD = "scorecard.json"
PEOPLE = 2_000


def drill(  # noqa: PLR0913, PLR0917  one parameter per option of the command
    orders: Annotated[Path, typer.Option(help="folder with orders and expected.csv")] = ORDERS,
    out: Annotated[
        Path, typer.Option(help="folder for scorecard.json, drill.jsonl and logs")
    ] = OUT,
    people: Annotated[int, typer.Option(min=0, help="how many besides the cases themselves")] = (
        PEOPLE
    ),
    seed: Annotated[int, typer.Option(help="another number, other people")] = 0,
    coverage: Annotated[
        Path | None, typer.Option(help="your coverage register, held against the drill's gateway")
    ] = None,
    svg: Annotated[Path | None, typer.Option(help="write the scorecard as a picture")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON only")] = False,
) -> int:
    """Drill the obeying of orders: real servers, real clients, a compressed clock.

    Example: writ drill --orders orders/june-2026 --json

    Every request is held against expected.csv; exit 0 only if all came out as written there, 5 if
    not. Nothing outside a temporary folder and --out is touched.
    """
    try:
        from writ.drill.drill import Wish
        from writ.drill.drill import drill as run
        from writ.drill.telling import Telling, save_picture
    except ModuleNotFoundError as missing:
        raise Failed(f"`{missing.name}` is not installed; a drill needs writ-ai[drill]") from None

    telling = Telling(Console(stderr=as_json))
    try:
        card = asyncio.run(run(Wish(orders, out, people, seed, coverage), telling))
    except asyncio.CancelledError:
        raise Failed("the drill was stopped before its end") from None
    telling.card(card)
    written = {"at": format_instant(WallClock().now()), "orders": str(orders), **card.plain()}
    write_file(out / SCORECARD, msgspec.json.encode(written) + b"\n")
    if svg is not None:
        save_picture(card, svg)
    if as_json:
        print(msgspec.json.encode(card.plain()).decode())
    return 0 if card.right else CasesFailed.exit_code
