"""`writ order prove`: that the compiled rules do what the orders say, and nothing else."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from writ.cli.proposed import at_deployment
from writ.errors import Failed, InvalidInput, NotProved
from writ.law.folder import read_folder
from writ.model.order import Lawbook

if TYPE_CHECKING:
    from writ.study.proof.findings import Proof


def prove(  # noqa: PLR0913  one parameter per option of the command
    orders: Annotated[
        Path | None, typer.Argument(help="folder with catalogue.yaml and orders")
    ] = None,
    order: Annotated[
        list[str] | None, typer.Option(help="only this order; may be given again")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(help="a deployment: all that its open proposal would have in force"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="a new folder: report, page, picture, questions, people")
    ] = None,
    *,
    schema: Annotated[
        bool, typer.Option("--schema", help="print the JSON Schema of a report instead")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON only")] = False,
) -> int:
    """Prove, model by model, that the tables do what is ordered: nobody more, nobody less.

    Needs z3-solver, of `writ-ai` with its extra `study`. Its questions are kept in OUT.

    Example: writ order prove orders/june-2026 --order us-bis-2026-06-12 --out proof

    With --config it proves what is proposed there, and `writ attach` takes OUT/proof.json.

    Exit 0 proved, 3 where the folder has faults, 4 not proved.
    """
    from writ.study.proof.parallel import processors
    from writ.study.proof.prove import prove as proved
    from writ.study.proof.report import lines, plain, proof_schema, write

    if schema:
        print(proof_schema(), end="")
        return 0
    book = _book(orders, config)
    try:
        proof = proved(book, order or (), processes=processors())
    except ModuleNotFoundError as error:
        raise Failed(f"{error.name} is not installed; install `writ-ai[study]`") from None
    if out is not None:
        write(out, book, proof, _pages(book, proof))
    if as_json:
        print(msgspec.json.encode(plain(book, proof)).decode())
    else:
        print("\n".join(lines(proof)))
    return 0 if proof.proved else NotProved.exit_code


def _pages(book: Lawbook, proof: "Proof") -> dict[str, str]:
    from writ.study.charts import proof as drawn
    from writ.study.charts import standing_alone
    from writ.study.page import page
    from writ.study.proof.picture import cells, values

    picture = drawn(cells(proof))
    told = {**values(book, proof), "picture": picture}
    return {"proof.html": page("proof", told), "proof.svg": standing_alone(picture)}


def _book(orders: Path | None, config: Path | None) -> Lawbook:
    if orders is not None and config is None:
        return read_folder(orders)
    if config is not None and orders is None:
        return at_deployment(config, []).after
    raise InvalidInput("give a folder of orders, or --config for the open proposal")
