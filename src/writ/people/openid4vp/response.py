"""A wallet's answer (OpenID4VP 1.0 section 8): one presentation of one credential, proved.

1. The form has `response` alone, a JWE to the key of this request; or it says `error`.
2. Inside: `vp_token` and our `state`. The token names one credential of our query, with one
   presentation; more of them would have to be shown to be one person's.
3. An SD-JWT is bound to our client id and nonce, an mdoc to the transcript of this request.
4. The credential is of the kind that it was asked as, and shows what was asked: a wallet's word for
   having matched the query is not taken.
"""

from collections.abc import Mapping

from writ.errors import Refused
from writ.people.credentials.kinds import Kind
from writ.people.credentials.mdoc import verify_mdoc
from writ.people.credentials.presented import Asked, Presented
from writ.people.credentials.sdjwt import verify_sdjwt
from writ.people.credentials.trustlist import TrustList
from writ.people.openid4vp.request import Request
from writ.people.openid4vp.transcript import session_transcript
from writ.signing.jose import from_base64url, read_object

_WHAT = "the wallet's answer"
_ERRORS = {
    "access_denied": "the wallet says that you declined, or have no such credential",
    "wallet_unavailable": "the wallet could not be opened",
}


def read_answer(fields: Mapping[str, str], request: Request) -> tuple[str, str]:
    """Decrypt an answer; return the id of the credential that it answers with, and how it is shown."""
    # 1
    if "error" in fields:
        why = _ERRORS.get(fields["error"], "the wallet did not answer the request")
        raise Refused(f"{why}; start again, or take another way")
    if set(fields) - {"state"} != {"response"}:
        raise Refused(f"{_WHAT} is not a form with `response`")
    answer = read_object(request.key.decrypt(fields["response"], _WHAT), _WHAT)
    # 2
    if answer.get("state") != request.state:
        raise Refused(f"{_WHAT} is to another request than ours (state); start again")
    match answer.get("vp_token"):
        case {**shown} if len(shown) == 1:
            pass
        case _:
            raise Refused(f"{_WHAT} is not one credential; show one at a time")
    match next(iter(shown.items())):
        case (str(id_), [str(presentation)]):
            return id_, presentation
        case _:
            raise Refused(f"{_WHAT} is not one presentation of one credential")


def verify_answer(
    kind: Kind, presentation: str, request: Request, asked: Asked, trust: TrustList
) -> Presented:
    """Return what a presentation proves, to this request and as the kind it was asked as."""
    # 3
    if kind.format == "mso_mdoc":
        transcript = session_transcript(
            asked.audience, asked.nonce, request.key.public.thumbprint(), request.response_uri
        )
        response = from_base64url(presentation, "the device response")
        presented = verify_mdoc(response, transcript, trust, asked.now)
    else:
        presented = verify_sdjwt(presentation, asked, trust)
    # 4
    if presented.kind is not kind:
        raise Refused("the credential is of another kind than it was asked as")
    return presented
