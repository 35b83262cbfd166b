"""The control process as the command line sees it: one app, a file of routes for each noun."""

from starlette.applications import Starlette

from writ.errors import WritError
from writ.serve.problem import expected, unforeseen
from writ.serve.routes import (
    audits,
    cover,
    determinations,
    employers,
    end_users,
    evidence,
    exposure,
    facts,
    holds,
    issuers,
    keys,
    lists,
    log,
    notes,
    notices,
    obligations,
    proposals,
    record,
    results,
    reviews,
    seal,
    signals,
    signers,
    status,
    subjects,
    user_base,
)
from writ.serve.site import Site


def control_app(site: Site) -> Starlette:
    """Put the routes together over an open deployment."""
    nouns = (
        status, proposals, notes, holds, subjects, keys, end_users, issuers, facts, log,
        obligations, exposure, signers, notices, lists, results, reviews,
        evidence, seal, cover, signals, audits, employers,
        determinations, record, user_base,
    )  # fmt: skip
    return Starlette(
        routes=[route for noun in nouns for route in noun.routes(site)],
        exception_handlers={WritError: expected, Exception: unforeseen},
    )
