"""What the portal may ask of the control process, over a Unix socket of its own, and nothing else.

1. Every call carries the SHA-256 of an API key, or of a pass (`serve.passes`): whoever has none can
   ask about nobody, the portal itself not excepted. A revoked key ends what was begun with it.
2. It may read the account, its standing for a model and its reviews; hand in signed attestations
   about the account's own subjects; open a review; appeal.
3. What is attested must be what is asked of that subject now, by a method the trust document has.
4. A credential that backs another account is not attested: people decide first.
5. Signals of transmitters come this way too, with no key: they prove themselves (`serve.signals`).
6. On the same socket employers are answered, by their own tokens (`writ.serve.personnel`).
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from writ.canonical import Plain
from writ.clock import format_instant, wall
from writ.desk.inquiry import Holder, Inquiry, Standing
from writ.desk.roll import Roll
from writ.errors import InvalidInput, Refused, WritError
from writ.law.subjects import read_fact, write_values
from writ.model.decision import Settlement
from writ.people.backing import Source
from writ.people.keys import ApiKey
from writ.people.methods import Question
from writ.people.reviews import Review, Wanted
from writ.people.statement import Methods
from writ.serve.body import Form, answer, read_form
from writ.serve.passes import NoKey, Pass, Passes
from writ.serve.personnel import personnel_routes
from writ.serve.problem import expected, unforeseen
from writ.serve.signals import signal_routes
from writ.serve.site import Site
from writ.serve.streams import stream_routes
from writ.signing.dsse import envelope_of
from writ.signing.invitation import read_invitation
from writ.signing.secret import read_secret

T = TypeVar("T")


class _Shown(Form, frozen=True):
    key: str


class _Account(_Shown, frozen=True):
    invitation: str = ""


class _SignIn(Form, frozen=True):
    provider: str
    token: str
    nonce: str


class _Model(Form, frozen=True):
    key: str
    model: str


class _Attested(Form, frozen=True):
    envelope: dict[str, object]
    revocation: str | None = None


class _Found(Form, frozen=True):
    key: str
    model: str
    attested: list[_Attested]
    credential: str | None = None


class _Papers(Form, frozen=True):
    key: str
    model: str
    subject: str
    document: str
    claimed: list[dict[str, object]]


class _Appeal(Form, frozen=True):
    key: str
    about: str


@dataclass(frozen=True, slots=True)
class _Counter:
    site: Site
    inquiry: Inquiry
    methods: Methods
    passes: Passes

    def known(self, form: _Shown) -> dict[str, object]:
        """Say that a key is one, and nothing of it: all that a place in line asks."""
        self._key(form.key)
        return {"known": True}

    def account(self, form: _Account) -> dict[str, object]:
        """Say whose account a key is, and of which model an invitation speaks."""
        key = self._key(form.key)
        subject = self.site.registry.subjects.find(key.requester)
        model = None
        if form.invitation:
            secret = read_secret(self.site.config.invitations, may_make=True)
            invitation = read_invitation(form.invitation, secret, wall())
            if invitation.account.hex() != self.site.registry.books.alias(key.requester):
                raise Refused("this link is for another account than the one you came with")
            model = self.inquiry.model_named(invitation.question)
        return {
            "subject": key.requester,
            "kind": subject.kind,
            "organisation": key.organisation,
            **_way(key),
            "model": model,
            "models": self.inquiry.wanting(key),
            "closing": {name: format_instant(at) for name, at in self.inquiry.closing(key).items()},
        }

    def standing(self, form: _Model) -> dict[str, object]:
        """Say how an account stands for a model, what would settle it, what people decide."""
        key = self._key(form.key)
        return self._standing(key, form.model)

    def found(self, form: _Found) -> dict[str, object]:
        """Take attestations in (rules 3, 4)."""
        key = self._key(form.key)
        standing = self.inquiry.standing(key, form.model)
        asked = {
            (question.subject, item.attribute)
            for question in standing.questions
            for item in question.wanted
        }
        envelopes = [envelope_of(item.envelope) for item in form.attested]
        for envelope in envelopes:
            proved = self.methods.prove(envelope.json())
            if (proved.subject, proved.fact.attribute) not in asked:
                raise Refused("this is not asked of this account")
        nullifier = self._claim(key, form.credential)
        lines = b"\n".join(envelope.json() for envelope in envelopes)
        self.site.registry.facts.take_in(lines, None, skip_bad=False)
        self.site.registry.backing.attach(
            [
                Source(
                    hashlib.sha256(envelope.payload).digest(),
                    nullifier,
                    item.revocation,
                    standing.model,
                )
                for envelope, item in zip(envelopes, form.attested, strict=True)
            ]
        )
        return self._standing(key, form.model)

    def papers(self, form: _Papers) -> dict[str, object]:
        """Open a review of papers for what is asked of one of the account's subjects."""
        key = self._key(form.key)
        standing = self.inquiry.standing(key, form.model)
        asked = {(q.subject, item.attribute) for q in standing.questions for item in q.wanted}
        claimed = [_claim(item) for item in form.claimed]
        if not claimed or any((form.subject, item["attribute"]) not in asked for item in claimed):
            raise Refused("this is not asked of this account")
        wanted = Wanted(form.subject, "papers", form.document, claimed, model=standing.model)
        return _review(self.site.registry.reviews.open(wanted))

    def appeal(self, form: _Appeal) -> dict[str, object]:
        """Open an appeal of the account's requester."""
        key = self._key(form.key)
        law = self.site.desk.current().digest
        reviews = self.site.registry.reviews
        return _review(reviews.appeal(key.requester, form.about, "known-facts", law))

    def _key(self, text: str) -> ApiKey | Pass:
        try:
            digest = bytes.fromhex(text)
        except ValueError:
            raise NoKey("this API key is not valid") from None
        passed = self.passes.by_digest(digest)
        if passed is not None:
            return passed
        try:
            return self.site.registry.keys.by_digest(digest)
        except Refused as refused:
            raise NoKey(str(refused)) from None

    def _claim(self, key: Holder, credential: str | None) -> bytes | None:
        """Rule 4."""
        if credential is None:
            return None
        backing = self.site.registry.backing
        nullifier = backing.nullifier(bytes.fromhex(credential))
        if backing.claim(key.requester, nullifier) == "asked":
            self.site.registry.reviews.open(
                Wanted(key.requester, "reuse", "credential", nullifier=nullifier)
            )
            raise Refused(
                "this credential backs another account already; people look at that now, and the "
                "answer stands here"
            )
        return nullifier

    def _standing(self, key: Holder, model: str) -> dict[str, object]:
        found = self.inquiry.standing(key, model)
        whose = {key.requester, *([key.organisation] if key.organisation and key.speaks else [])}
        reviews = [item for name in sorted(whose) for item in self.site.registry.reviews.all(name)]
        law = self.site.desk.current().digest
        return {
            **_standing_plain(found),
            "reviews": [_review(item) for item in reviews],
            "answered": self.site.registry.reviews.answered(key.requester, law),
        }


def counter_app(site: Site, passes: Passes | None = None) -> Starlette:
    """Put the counter together over an open deployment; without `passes` nobody signs in."""
    registry = site.registry
    roll = Roll(registry.books, registry.facts)
    inquiry = Inquiry(
        lambda: site.desk.current().book,
        roll,
        site.clock,
        site.config.gateway_name,
        registry.backing.shown_for,
    )
    passes = passes or Passes(registry, site.clock)
    counter = _Counter(site, inquiry, Methods(site.trust), passes)

    def route(
        name: str, form: type[T], work: Callable[[T], dict[str, object]], *, changes: bool = False
    ) -> Route:
        async def endpoint(request: Request) -> Response:
            said = await asyncio.to_thread(work, await read_form(request, form))
            return answer(said, applied=not changes or await site.settled())

        return Route(f"/{name}", endpoint, methods=["POST"])

    async def sign_in(request: Request) -> Response:
        form = await read_form(request, _SignIn)
        return answer({"pass": await passes.sign_in(form.provider, form.token, form.nonce)})

    return Starlette(
        routes=[
            Route("/sign-in", sign_in, methods=["POST"]),
            route("known", _Shown, counter.known),
            route("account", _Account, counter.account),
            route("standing", _Model, counter.standing),
            route("found", _Found, counter.found, changes=True),
            route("papers", _Papers, counter.papers),
            route("appeal", _Appeal, counter.appeal),
            *signal_routes(site, passes),
            *stream_routes(site),
            *personnel_routes(site),
        ],
        exception_handlers={NoKey: _no_key, WritError: expected, Exception: unforeseen},
    )


async def _no_key(request: Request, error: Exception) -> Response:
    """Answer whoever has no valid key so that the portal can ask for one (RFC 9110 15.5.2)."""
    response = await expected(request, error)
    response.status_code = 401
    return response


def _way(key: ApiKey | Pass) -> dict[str, object]:
    """Say how its holder came."""
    if isinstance(key, Pass):
        return {"key": None, "made_at": format_instant(key.at), "provider": key.provider}
    return {"key": key.id, "made_at": format_instant(key.created_at), "provider": None}


def _claim(value: dict[str, object]) -> dict[str, Plain]:
    """Read a claim, in the form of a fact's parts; anything else is InvalidInput."""
    if set(value) != {"attribute", "value", "completeness"}:
        raise InvalidInput("a claim has an attribute, values and their completeness")
    rest = {"assurance": "A0", "method": "claim", "issuer": "claim"}
    fact = read_fact({**value, **rest, "verified_at": "1970-01-01T00:00:00Z"})
    return {
        "attribute": fact.attribute,
        "value": write_values(fact.attribute, fact.values),
        "completeness": fact.completeness,
    }


def _standing_plain(found: Standing) -> dict[str, object]:
    return {
        "model": found.model,
        "outcome": found.outcome.word,
        "others": found.others,
        "held": found.held,
        "disclosure": found.told.disclosure,
        "notice": dict(found.told.notice),
        "orders": [
            {"order": item.order, "version": item.version, "title": item.title}
            for item in found.told.orders
        ],
        "questions": [_question(item) for item in found.questions],
        "closes": None if found.closes is None else format_instant(found.closes),
        "days": found.days,
    }


def _question(question: Question) -> dict[str, object]:
    return {
        "subject": question.subject,
        "kind": question.kind,
        "link": question.link,
        "wanted": [_wanted(item) for item in question.wanted],
    }


def _wanted(item: Settlement) -> dict[str, object]:
    return {
        "attribute": item.attribute,
        "values": [list(parts) for parts in item.values],
        "completeness": item.completeness,
        "assurance": item.assurance,
        "methods": list(item.methods),
        "together": item.together,
    }


def _review(found: Review) -> dict[str, object]:
    """Write a review as its own subject sees it: reasons, and not whose they are."""
    return {
        "id": found.id,
        "kind": found.kind,
        "document": found.document,
        "state": found.state,
        "about": found.about,
        "due_at": format_instant(found.due_at),
        "reasons": list(dict.fromkeys(item.said.reason for item in found.agreed))
        if found.state != "open"
        else [],
    }
