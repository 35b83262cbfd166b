from pathlib import Path

import pytest

from writ.clock import DAY, HOUR
from writ.errors import InvalidInput
from writ.model.config import read_config
from writ.model.listeners import Address, Certificates, PassportFiles, Portal, WalletFiles
from writ.model.record import Security

FULL = """
[data]
folder = "data"

[gateway]
listen = "0.0.0.0:8443"
name = "edge-1"

[admin]
listen = "[::1]:8081"

[trust]
pin = "sha256:{pin}"
file = "trust.json"

[portal]
listen = "127.0.0.1:8082"
address = "https://verify.example.org/"
proxies = ["10.0.0.1"]
contact = "help@example.org"

[certificates]
listen = "127.0.0.1:8090"
address = "https://cert.verify.example.org/"
issuers = "navy.toml"
crls = "revoked"
crl_from = ["https://crl.example/navy.crl"]

[signals]
file = "who.toml"

[wallet]
client = "x509_san_dns"
key = "keys/wallet.key"

[vendors]
file = "idv.toml"

[passport]
signed_under = ["sha256:{pin}"]
reader = "my-app://passport"
crl_within = "90d"

[[upstream]]
name = "main"
address = "http://127.0.0.1:9000/"
dialects = ["openai"]
models = ["fable-5"]
key_file = "upstream.key"

[record]
address = "https://record.example.org/"
operator = "Acme AI"
security_contacts = ["mailto:security@example.org"]
security_expires = "2027-06-01T00:00:00Z"

[drill]
clock = "clock"
"""


def written(folder: Path, text: str) -> Path:
    """Write a configuration and return where it is."""
    path = folder / "writ.toml"
    path.write_text(text)
    return path


def test_everything_is_read(tmp_path: Path) -> None:
    """A full file gives every setting, with paths beside the file."""
    config = read_config(written(tmp_path, FULL.format(pin="0" * 64)))
    upstream = config.upstreams[0]

    assert tmp_path / "data" == config.folder
    assert tmp_path / "data" / "control.sock" == config.control_socket
    assert Address("0.0.0.0", 8443) == config.gateway_listen  # noqa: S104 - a gateway may face the world
    assert Address("::1", 8081) == config.admin_listen
    assert "[::1]:8081" == str(config.admin_listen)
    assert "edge-1" == config.gateway_name
    assert config.portal == Portal(
        Address("127.0.0.1", 8082),
        "https://verify.example.org",
        frozenset({"10.0.0.1"}),
        "help@example.org",
        certificates=Certificates(
            Address("127.0.0.1", 8090),
            "https://cert.verify.example.org",
            tmp_path / "navy.toml",
            tmp_path / "revoked",
            frozenset({"https://crl.example/navy.crl"}),
        ),
    )
    assert tmp_path / "data" / "portal.sock" == config.portal_socket
    assert tmp_path / "who.toml" == config.signals
    assert config.wallet == WalletFiles(
        tmp_path / "wallet-issuers.toml",
        tmp_path / "wallet.pem",
        tmp_path / "keys" / "wallet.key",
        "x509_san_dns",
        tmp_path / "wallet-crls",
    )
    assert tmp_path / "idv.toml" == config.vendors
    assert tmp_path / "data" / "vendors" == config.erasures
    assert config.passport == PassportFiles(
        tmp_path / "passport-lists",
        frozenset({"sha256:" + "0" * 64}),
        "my-app://passport",
        90 * DAY,
    )
    assert "sha256:" + "0" * 64 == config.pin
    assert tmp_path / "trust.json" == config.trust_file
    assert ("main", "http://127.0.0.1:9000") == (upstream.name, upstream.address)
    assert (frozenset({"openai"}), frozenset({"fable-5"})) == (upstream.dialects, upstream.models)
    assert tmp_path / "upstream.key" == upstream.key_file
    assert config.record is not None
    assert ("https://record.example.org", tmp_path / "record", "Acme AI") == (
        config.record.address,
        config.record.folder,
        config.record.operator,
    )
    contacts = ("mailto:security@example.org",)
    assert Security(contacts, "2027-06-01T00:00:00Z") == config.record.security
    assert tmp_path / "clock" == config.drill_clock


def test_an_empty_file_has_defaults(tmp_path: Path) -> None:
    """Nothing has to be written for a start on one machine."""
    config = read_config(written(tmp_path, ""))

    assert Address("127.0.0.1", 8080) == config.gateway_listen
    assert ("", None, ()) == (config.pin, config.drill_clock, config.upstreams)
    assert config.portal is None
    assert config.wallet is None
    assert HOUR == config.log_cover
    assert 90 * DAY == config.keep_ended
    assert 64 * 2**20 == config.receipts_bytes
    assert config.signals is None
    assert config.vendors is None
    assert config.passport is None
    assert config.record is None


def test_all_faults_come_at_once_with_lines(tmp_path: Path) -> None:
    """Every fault is reported with its line, in file order."""
    path = written(
        tmp_path,
        '[gateway]\nlisten = "nowhere"\nspeed = 3\n[trust]\npin = "abc"\n'
        '[[upstream]]\naddress = "ftp://x"\n[[upstream]]\naddress = "http://a"\ndialects = ["klingon"]\n'
        '[admin]\nlisten = "0.0.0.0:1"\n',
    )
    with pytest.raises(InvalidInput) as caught:
        read_config(path)

    assert [2, 3, 5, 7, 8, 10, 12] == [fault.line for fault in caught.value.faults]
    assert (
        f"{path}:2:1: gateway.listen: `nowhere` is not an address such as 127.0.0.1:8080"
        == str(caught.value).splitlines()[0]
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[gateway\n", ":1:9: expected ']' at the end of a table declaration"),
        ('data = "x"', ":1:1: data: write this as a section, [data]"),
        ("[gateway]\nname = 3", ":2:1: gateway.name: must be a text in quotes"),
        ("[data]\nfolder = ''", ":2:1: data.folder: must name a path"),
        ("[gateway]\nlisten = '127.0.0.1:65536'", ":2:1: gateway.listen: `127.0.0.1:65536` is not"),
        ("upstream = 1", ":1:1: upstream: write each upstream under its own [[upstream]]"),
        (
            "[portal]\nlisten = '127.0.0.1:0'",
            ":1:1: portal.address: `` is not where people find it, such as https://",
        ),
        (
            "[gateway]\nreceipts_mib = 0",
            ":2:1: gateway.receipts_mib: must be a whole number from 1",
        ),
        ("[log]\ncover = 'daily'", ":2:1: log.cover: `daily` is no span from 1m to 1d, such"),
        ("[facts]\nkeep_ended = '5m'", ":2:1: facts.keep_ended: `5m` is no span from 1h to 3660d"),
        ("[log]\ncover = '30s'", ":2:1: log.cover: `30s` is no span from 1m to 1d, such"),
        (
            "[portal]\naddress = 'https://v.example'\nper_second = 0",
            ":3:1: portal.per_second: must be a whole number from 1 to 1000",
        ),
        (
            "[portal]\naddress = 'https://v.example'\nplaces = true",
            ":3:1: portal.places: must be a whole number from 1 to 20000",
        ),
        ("[wallet]", ":1:1: wallet: wallets need a [portal]"),
        ("[certificates]", ":1:1: certificates: certificates need a [portal]"),
        (
            "[portal]\naddress = 'https://v.example'\n[certificates]\n",
            ":3:1: certificates.address: `` is not where people find it",
        ),
        (
            "[portal]\naddress='https://v'\n[certificates]\naddress='https://c'\nlisten='127.0.0.1:8082'",
            ":5:1: certificates.listen: certificates need a port that is not the portal's",
        ),
        ("[signals]", ":1:1: signals: signals need a [portal]"),
        ("[receivers]", ":1:1: receivers: receivers need a [portal]"),
        ("[vendors]", ":1:1: vendors: vendors need a [portal]"),
        (
            "[portal]\naddress = 'https://v.example'\n[wallet]\nclient = 'did'",
            ":4:1: wallet.client: `did` is neither x509_hash nor x509_san_dns",
        ),
        ("[passport]\nsigned_under = []", ":2:1: passport.signed_under: must be a list of texts"),
        ("[passport]\nsigned_under = ['']", ":2:1: passport.signed_under: `` is no digest; write"),
        (
            "[passport]\ncrl_from = ['http://a/b']",
            ":2:1: passport.crl_from: `http://a/b` is not an",
        ),
        ("[passport]\ncrl_within = '90'", ":2:1: passport.crl_within: `90` is no span of time"),
        ("[passport]\nreader = 'app'", ":2:1: passport.reader: `app` is not what opens an app"),
        ("[elsewhere]", ":1:1: elsewhere: unknown key `elsewhere`; known here are admin"),
    ],
)
def test_a_fault_says_what_to_do(tmp_path: Path, text: str, expected: str) -> None:
    """Each kind of fault is one line that starts with its place."""
    path = written(tmp_path, text)
    with pytest.raises(InvalidInput) as caught:
        read_config(path)

    assert [f"{path}{expected}"] == [str(caught.value)[: len(f"{path}{expected}")]]


def test_a_missing_file_names_the_command_that_makes_one(tmp_path: Path) -> None:
    """Without a file the answer is how to get one."""
    with pytest.raises(InvalidInput, match="make one with `writ init`"):
        read_config(tmp_path / "writ.toml")


def test_bytes_that_are_not_text_are_refused(tmp_path: Path) -> None:
    """A file that is not UTF-8 is a fault, not a crash."""
    path = tmp_path / "writ.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInput, match="not UTF-8 text"):
        read_config(path)


def test_sockets_must_fit(tmp_path: Path) -> None:
    """A data folder too deep for a Unix socket is refused before anything is started."""
    with pytest.raises(InvalidInput, match="path too long for the sockets"):
        read_config(written(tmp_path, f'[data]\nfolder = "{"d" * 120}"'))


def test_a_record_says_what_it_cannot_publish(tmp_path: Path) -> None:
    """Contacts that lead nowhere, an end that is no instant, security.txt below a host's top."""
    security = 'security_contacts = ["security@example.org"]\nsecurity_expires = "soon"\n'
    faulty = f'[record]\naddress = "https://example.org/record"\n{security}'
    with pytest.raises(InvalidInput) as caught:
        read_config(written(tmp_path, faulty))
    assert [3, 3, 4] == [fault.line for fault in caught.value.faults]

    with pytest.raises(InvalidInput, match="is not where people find it"):
        read_config(written(tmp_path, '[record]\noperator = "Acme AI"\n'))


def test_a_record_is_named_after_its_host(tmp_path: Path) -> None:
    """Who speaks is the host, where nobody says it."""
    config = read_config(written(tmp_path, '[record]\naddress = "https://example.org"\n'))
    assert config.record is not None
    assert ("example.org", None) == (config.record.operator, config.record.security)


def test_a_record_is_kept_and_served_where_it_says_so(tmp_path: Path) -> None:
    """With `listen`; without it, it is built by hand."""
    text = '[record]\naddress = "https://example.org"\n'
    by_hand = read_config(written(tmp_path, text)).record
    kept = read_config(written(tmp_path, text + 'listen = "127.0.0.1:8084"\n')).record
    assert by_hand is not None
    assert kept is not None
    assert (None, "127.0.0.1:8084") == (by_hand.listen, str(kept.listen))
