"""`writ decide` as somebody outside would try it, over the June case."""

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from writ.cli.main import main

ORDERS = Path(__file__).parents[3] / "orders" / "june-2026"
GOLDEN = Path(__file__).parents[2] / "cases" / "golden"
AT = "2026-06-13T00:00:00Z"
KEYS = ["outcome", "model", "served_by", "reasons", "would_settle", "rules_digest", "at"]


@dataclass
class Done:
    """What a run left."""

    code: int
    out: str
    err: str

    @property
    def answers(self) -> list[dict[str, object]]:
        """The lines of stdout, all of them JSON."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def answer(self) -> dict[str, object]:
        """The only answer."""
        [only] = self.answers
        return only


Run = Callable[..., Done]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `writ decide` over the June case with further words."""

    def go(*words: object, orders: Path = ORDERS) -> Done:
        monkeypatch.setattr(
            sys, "argv", ["writ", "decide", "--orders", str(orders), *map(str, words)]
        )
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return Done(code, said.out, said.err)

    return go


@pytest.fixture
def write(tmp_path: Path) -> Callable[[object], Path]:
    """Write JSON, or text as it is, to a new file."""
    count = iter(range(1000))

    def file(value: object) -> Path:
        path = tmp_path / f"{next(count)}.json"
        path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return path

    return file


Write = Callable[[object], Path]


def fact(attribute: str = "citizenships", **changes: object) -> dict[str, object]:
    """A fact as JSON: a US passport unless changed."""
    return {
        "attribute": attribute,
        "value": ["US"],
        "completeness": "at_least",
        "assurance": "A3",
        "method": "passport",
        "issuer": "idv",
        "verified_at": "2026-06-01T00:00:00Z",
    } | changes


def person(*facts: object, **more: object) -> dict[str, object]:
    """A person as JSON."""
    return {"id": "me", "kind": "person", "facts": list(facts)} | more


def company(name: str, country: str) -> dict[str, object]:
    """A company shown to be of one country."""
    facts = [
        fact(attribute, value=[country], completeness="exhaustive")
        for attribute in ("incorporated_in", "organised_in")
    ]
    return {"id": name, "kind": "organisation", "facts": facts}


def test_a_permit(run: Run, write: Write) -> None:
    """Keys exactly as promised, exit 0, nothing on stderr."""
    done = run("--subject", write(person(fact())), "--model", "fable-5", "--at", AT, "--json")
    assert (0, "", KEYS) == (done.code, done.err, list(done.answer))
    assert ("permit", "fable-5", "fable-5", AT) == tuple(
        done.answer[key] for key in ("outcome", "model", "served_by", "at")
    )
    assert ([], []) == (done.answer["reasons"], done.answer["would_settle"])


def test_a_verify_says_why_and_what_would_settle_it(run: Run, write: Write) -> None:
    """Exit 2; reasons and settlements have the keys promised."""
    subject = write(person(fact(value=["FR"])))
    done = run("--subject", subject, "--model", "fable-5", "--at", AT, "--json")
    reason = {
        "order": "us-bis-2026-06-12",
        "version": 1,
        "rule": "only-us-persons",
        "clauses": ["c1", "c2"],
        "link": "requester",
        "verdict": "undetermined",
    }
    assert (2, "verify", None, [reason]) == (
        done.code,
        *(done.answer[key] for key in ("outcome", "served_by", "reasons")),
    )
    settling = done.answer["would_settle"]
    assert isinstance(settling, list)
    assert {
        "link": "requester",
        "attribute": "citizenships",
        "value": ["US"],
        "completeness": "at_least",
        "assurance": "A2",
        "methods": ["passport", "wallet", "identity_vendor", "attestation"],
    } == settling[0]


def test_a_substitute_is_served_by_another(run: Run, write: Write) -> None:
    """Exit 0, and both names are told."""
    done = run("--subject", write(person()), "--model", "saga-5", "--at", AT, "--json")
    assert (0, "substitute", "saga-5", "opus-4-8") == (
        done.code,
        *(done.answer[key] for key in ("outcome", "model", "served_by")),
    )


@pytest.mark.parametrize("model", ["gpt-2", "FABLE-5", " fable-5", "", "\ufb01ble"])
def test_an_unknown_model_is_denied(run: Run, write: Write, model: str) -> None:
    """Names are exact; an unknown one is a deny with its reason."""
    done = run("--subject", write(person(fact())), "--model", model, "--at", AT, "--json")
    reasons = done.answer["reasons"]
    assert isinstance(reasons, list)
    assert (2, "deny", model, ["unknown_model"]) == (
        done.code,
        done.answer["outcome"],
        done.answer["model"],
        [reason["verdict"] for reason in reasons],
    )


@pytest.mark.parametrize(
    ("acts_for", "verdict"),
    [
        (["delaware-co", "british-co"], "ambiguous_organisation"),
        (["nobody-known"], "unknown_organisation"),
        (["me"], "unknown_organisation"),
    ],
)
def test_an_organisation_that_is_not_clear_denies(
    run: Run, write: Write, acts_for: list[str], verdict: str
) -> None:
    """Several, unknown, or none at all: deny, and say so; the digest is empty."""
    subject = write(person(fact(), acts_for=acts_for))
    done = run("--subject", subject, "--model", "fable-5", "--at", AT, "--json")
    reasons = done.answer["reasons"]
    assert isinstance(reasons, list)
    assert (2, "deny", [verdict]) == (
        done.code,
        done.answer["outcome"],
        [reason["verdict"] for reason in reasons],
    )


def test_the_same_organisation_twice_is_one(run: Run, write: Write) -> None:
    """Naming whom one acts for twice is not ambiguous."""
    subject = write(person(fact(), acts_for=["delaware-co", "delaware-co"]))
    done = run("--subject", subject, "--model", "fable-5", "--at", AT, "--json")
    assert (0, "permit") == (done.code, done.answer["outcome"])


@pytest.mark.parametrize(("country", "outcome"), [("US", "permit"), ("GB", "deny")])
def test_an_organisation_may_come_along(run: Run, write: Write, country: str, outcome: str) -> None:
    """The only `acts_for` is found among `related`, before the folder's own."""
    subject = person(fact(), acts_for=["delaware-co"], related=[company("delaware-co", country)])
    done = run("--subject", write(subject), "--model", "fable-5", "--at", AT, "--json")
    assert outcome == done.answer["outcome"]


def test_an_organisation_given_wins(run: Run, write: Write) -> None:
    """`--organisation` takes the place of several `acts_for`."""
    subject = write(person(fact(), acts_for=["delaware-co", "british-co"]))
    told = [
        run(
            "--subject", subject, "--organisation", write(company("x", country)),
            "--model", "fable-5", "--at", AT, "--json",
        ).answer["outcome"]
        for country in ("US", "GB")
    ]  # fmt: skip
    assert ["permit", "deny"] == told


def test_an_end_user_is_a_link(run: Run, write: Write) -> None:
    """Whoever is named counts."""
    done = run(
        "--subject", write(person(fact())), "--end-user", write(person(id="you")),
        "--model", "fable-5", "--at", AT, "--json",
    )  # fmt: skip
    assert "verify" == done.answer["outcome"]


def test_a_sentence_without_json(run: Run, write: Write) -> None:
    """People get words: outcome, who serves, why, and what would settle it."""
    person_file = write(person(fact(value=["FR"])))
    verify = run("--subject", person_file, "--model", "fable-5", "--at", AT).out.splitlines()
    assert [
        f"verify: fable-5 at {AT}",
        "  us-bis-2026-06-12 v1, rule only-us-persons, undetermined (requester)",
        "  requester could show citizenships: US (A2)",
    ] == verify[:3]
    served = run("--subject", write(person()), "--model", "saga-5", "--at", AT).out
    assert served.startswith(f"substitute: saga-5 at {AT}, served by opus-4-8\n")
    unknown = run("--subject", write(person()), "--model", "x", "--at", AT).out
    assert f"deny: x at {AT}\n  unknown_model\n" == unknown


def test_a_sentence_says_what_a_parent_would_have_to_show(run: Run, write: Write) -> None:
    """Whose fact is missing is named; in JSON under `subject`."""
    owned = fact(attribute="ultimate_parent", value=["top-co"], completeness="exhaustive")
    asked = ("--subject", write({"id": "co", "kind": "organisation", "facts": [owned]}))
    rest = ("--model", "parent", "--at", "2026-06-13T00:00:00Z")
    words = run(*asked, *rest, orders=GOLDEN).out.splitlines()[-1]
    assert (
        "  top-co, as owner, parent or employer of the requester, could show incorporated_in:"
        " complete: nothing else (A2)"
    ) == words
    settling = run(*asked, *rest, "--json", orders=GOLDEN).answer["would_settle"]
    assert isinstance(settling, list)
    [found] = settling
    assert ("top-co", "incorporated_in", []) == (
        found["subject"],
        found["attribute"],
        found["value"],
    )


def test_now_is_the_default(run: Run, write: Write) -> None:
    """Without an instant, the machine's."""
    done = run("--subject", write(person(fact())), "--model", "opus-4-8", "--json")
    assert "permit" == done.answer["outcome"]


ODD = {
    "no-json": "{",
    "empty": "",
    "list": "[]",
    "text": '"delaware"',
    "null": "null",
    "number": "1",
    "nan": '{"id": NaN, "kind": "person"}',
    "large": '{"id": "me", "kind": "person", "facts": ' + "9" * 5000 + "}",
    "deep": "[" * 100_000,
    "deep-facts": '{"id":"me","kind":"person","facts":' + "[" * 900 + "]" * 900 + "}",
    "twice": '{"id": "me", "id": "you", "kind": "person"}',
    "no-kind": '{"id": "me"}',
    "odd-kind": '{"id": "me", "kind": "robot"}',
    "surrogate": '{"id": "\\ud800", "kind": "person"}',
    "unknown-key": '{"id": "me", "kind": "person", "passport": 1}',
    "same-related": '{"id":"me","kind":"person","related":[{"id":"me","kind":"organisation"}]}',
    "no-verified": json.dumps(
        person({key: value for key, value in fact().items() if key != "verified_at"})
    ),
    "no-value": json.dumps(person({k: v for k, v in fact().items() if k != "value"})),
    "odd-attribute": json.dumps(person(fact("shoe_size"))),
    "value-no-list": json.dumps(person(fact(value="US"))),
    "odd-country": json.dumps(person(fact(value=["Usa"]))),
    "odd-assurance": json.dumps(person(fact(assurance="A5"))),
    "number-assurance": json.dumps(person(fact(assurance=3))),
    "no-zone": json.dumps(person(fact(verified_at="2026-06-01T00:00:00"))),
    "no-calendar": json.dumps(person(fact(verified_at="0001-01-01T00:00:00+10:00"))),
    "float": json.dumps(person(fact("age_over", value=[1.5]))),
    "not-for-people": json.dumps(person(fact("incorporated_in"))),
}


@pytest.mark.parametrize("name", ODD)
def test_bad_subjects_are_bad_input(run: Run, write: Write, name: str) -> None:
    """Exit 3, stdout empty, a line that names the file, and no stack trace."""
    path = write(ODD[name])
    done = run("--subject", path, "--model", "fable-5", "--at", AT, "--json")
    assert (3, "") == (done.code, done.out)
    assert done.err.strip()
    assert "Traceback" not in done.err
    if name not in {"null", "text"}:
        assert str(path) in done.err


@pytest.mark.parametrize(
    "at", ["2026-06-13T00:00:00", "today", "", "0001-01-01T00:00:00+01:00", "9" * 400]
)
def test_a_bad_instant_is_bad_input(run: Run, write: Write, at: str) -> None:
    """An instant without a zone, outside the calendar, or none."""
    done = run("--subject", write(person()), "--model", "fable-5", "--at", at, "--json")
    assert (3, "") == (done.code, done.out)


def test_wrong_kinds_are_bad_input(run: Run, write: Write) -> None:
    """An organisation is an organisation, an end user a person."""
    human, firm = write(person()), write(company("x", "US"))
    words = ("--subject", human, "--model", "fable-5", "--json")
    assert 3 == run(*words, "--organisation", human).code
    assert 3 == run(*words, "--end-user", firm).code


def test_missing_words_are_bad_input(run: Run, write: Write, tmp_path: Path) -> None:
    """No subject, no model, no file, no folder, or a batch with more: exit 3."""
    human = write(person())
    for words in (
        ("--model", "fable-5"),
        ("--subject", human),
        ("--subject", tmp_path / "absent", "--model", "fable-5"),
        ("--subject", tmp_path, "--model", "fable-5"),
        ("--batch", tmp_path / "absent"),
        ("--batch", tmp_path),
        ("--batch", human, "--model", "fable-5"),
        ("--batch", human, "--at", AT),
        ("--colour", "red"),
    ):
        done = run(*words)
        assert (3, "") == (done.code, done.out)
    assert 3 == run("--subject", human, "--model", "fable-5", orders=tmp_path / "absent").code


def test_bytes_that_are_no_text_are_bad_input(run: Run, tmp_path: Path) -> None:
    """Neither a file nor a name of a model that is not UTF-8 gives a stack trace."""
    path = tmp_path / "latin"
    path.write_bytes(b'{"id": "J\xf6rg", "kind": "person"}')
    assert (3, "") == ((done := run("--subject", path, "--model", "fable-5")).code, done.out)
    path.write_text('{"id": "me", "kind": "person"}', encoding="utf-8")
    done = run("--subject", path, "--model", "fable\udcff", "--json")
    assert (3, "") == (done.code, done.out)


LINES = [
    '{"subject": "us-citizen-in-paris", "model": "fable-5", "at": "2026-06-13T00:00:00Z"}',
    "",
    "   ",
    "{",
    '{"subject": "nobody", "model": "fable-5"}',
    '{"subject": {"id": "x", "kind": "person"}, "model": "fable-5", "at": "2026-06-13T00:00:00Z"}',
    '{"subject": "us-citizen-in-paris", "model": "fable-5", "at": "2026-06-13T00:00:00"}',
    '{"subject": "us-citizen-in-paris", "model": "\\ud800", "at": "2026-06-13T00:00:00Z"}',
    '{"subject": "us-citizen-in-paris", "model": "fable-5", "at": "0001-01-01T00:00:00+01:00"}',
    '{"subject": "us-citizen-in-paris", "model": "fable-5", "modle": "opus-4-8"}',
    '{"subject": "us-citizen-in-paris", "model": 5}',
    '{"subject": "us-citizen-in-paris", "model": "fable-5", "at": 0}',
    '{"model": "fable-5"}',
    '["us-citizen-in-paris"]',
    '{"subject": "us-citizen-in-paris", "subject": "british-co", "model": "fable-5"}',
    '{"subject": "us-citizen-in-paris", "organisation": "nobody", "model": "fable-5"}',
    '{"subject": "us-citizen-in-paris", "end_user": "british-co", "model": "fable-5"}',
    (
        '{"subject": {"id": "x", "kind": "person"}, "end_user": {"id": "x", "kind": "person",'
        ' "acts_for": ["y"]}, "model": "fable-5"}'
    ),
    '{"subject": NaN, "model": "fable-5"}',
    '{"subject": ' + "9" * 5000 + ', "model": "fable-5"}',
    "[" * 100_000,
    "\\u0000",
    (
        '{"subject": "us-citizen-in-paris", "end_user": "ghost", "model": "fable-5",'
        ' "at": "2026-06-13T00:00:00Z"}'
    ),
    '{"subject": "us-citizen-in-paris", "model": "fable-5", "at": "2026-06-13T00:00:00Z"}',
]
SAID = ["permit", *["bad"] * 2, "verify", *["bad"] * 16, "verify", "permit"]


def told(answer: dict[str, object]) -> object:
    """The outcome, or `bad` where a line was bad input."""
    reasons = answer["reasons"]
    assert isinstance(reasons, list)
    bad = [reason["verdict"] for reason in reasons] == ["bad_input"]
    if bad:
        assert "deny" == answer["outcome"]
    return "bad" if bad else answer["outcome"]


def test_a_batch_keeps_its_order_past_bad_lines(run: Run, write: Write) -> None:
    """Blank lines are nothing, bad ones are denied in their place, and exit 3 comes at the end."""
    path = write("\n".join(LINES))
    done = run("--batch", path)
    assert SAID == [told(answer) for answer in done.answers]
    assert [KEYS] * len(SAID) == [list(answer) for answer in done.answers]
    assert 3 == done.code
    blank = 2
    numbers = [index + 1 + blank for index, said in enumerate(SAID) if said == "bad"]
    assert [f"{path}:{number}" for number in numbers] == [
        line.rpartition(": ")[0][: len(f"{path}:{number}")]
        for line, number in zip(done.err.splitlines(), numbers, strict=True)
    ]


def test_a_batch_without_faults_exits_0(run: Run, write: Write) -> None:
    """Whatever the outcomes, the batch was done; the last line needs no end."""
    done = run("--batch", write("\n".join([LINES[0], LINES[5]])))
    assert (0, ["permit", "verify"], "") == (done.code, [told(x) for x in done.answers], done.err)


def test_a_batch_reads_stdin(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` reads bytes, and those that are no text are a bad line like any other."""
    data = LINES[0].encode() + b"\n\xff\xfe\n" + LINES[0].encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
    done = run("--batch", "-")
    assert (3, ["permit", "bad", "permit"]) == (done.code, [told(x) for x in done.answers])


def test_an_unreadable_list_of_people_is_bad_input(run: Run, tmp_path: Path) -> None:
    """Every bad line of `subjects.jsonl` is told, and nothing is decided."""
    for name in ("catalogue.yaml", "us-bis-2026-06-12.v1.yaml"):
        (tmp_path / name).write_bytes((ORDERS / name).read_bytes())
    people = tmp_path / "subjects.jsonl"
    people.write_bytes(
        b'{"id": "a", "kind": "person"}\n\n\xff\n{"id": "b"}\n'
        b'{"id": "a", "kind": "organisation"}\n{"id": "c\xe2\x80\xa8d", "kind": "person"}\n'
    )
    batch = tmp_path / "batch"
    batch.write_text('{"subject": "a", "model": "fable-5"}', encoding="utf-8")
    done = run("--batch", batch, orders=tmp_path)
    assert (3, "") == (done.code, done.out)
    assert {3, 4, 5} <= {int(line.split(":")[1]) for line in done.err.splitlines()}


def test_bad_lines_name_the_model_they_ask_for(run: Run, write: Write) -> None:
    """Where it can be read, so that answers can be told apart."""
    done = run("--batch", write("\n".join(LINES)))
    models = [answer["model"] for answer in done.answers]
    assert ["", "fable-5", "", ""] == [models[1], models[2], models[5], models[17]]


@pytest.fixture
def deployed(tmp_path: Path) -> Path:
    """The June case with its rules for what is served from the United States alone."""
    folder = tmp_path / "deployed"
    folder.mkdir()
    for file in ORDERS.iterdir():
        text = file.read_text(encoding="utf-8")
        text = text.replace("    in_flight: cut", "    in_flight: cut\n    where: {regions: [US]}")
        (folder / file.name).write_text(text, encoding="utf-8")
    with (folder / "catalogue.yaml").open("a", encoding="utf-8") as catalogue:
        catalogue.write(
            "deployments:\n  us: {entity: acme, region: US}\n  eu: {entity: acme, region: IE}\n"
        )
    return folder


def test_at_a_deployment(run: Run, write: Write, deployed: Path) -> None:
    """Only the rules that cover it count; in a batch, each line says where."""
    asks = ("--subject", write(person()), "--model", "fable-5", "--at", AT, "--json")
    assert ["verify", "permit", "verify"] == [
        run(*asks, *where, orders=deployed).answer["outcome"]
        for where in (("--deployment", "us"), ("--deployment", "eu"), ())
    ]
    line = {"subject": person(), "model": "fable-5", "at": AT}
    places: list[object] = ["us", "eu", "mars", 7]
    batch = write("\n".join(json.dumps(line | {"deployment": name}) for name in places))
    done = run("--batch", batch, orders=deployed)
    assert ["verify", "permit", "bad", "bad"] == [told(answer) for answer in done.answers]
    assert "no deployment `mars` in the catalogue" in done.err


def test_a_deployment_that_is_not_there(run: Run, write: Write) -> None:
    """A misspelt one is bad input, not a place without rules."""
    done = run("--subject", write(person()), "--model", "fable-5", "--deployment", "eu")
    assert (3, "no deployment `eu` in the catalogue\n") == (done.code, done.err)
