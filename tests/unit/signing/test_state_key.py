import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

from tests.worlds.asn1 import NULL, bits, integer, octets, oid, sequence, tlv
from tests.worlds.passports import (
    CURVES,
    DIGESTS,
    Family,
    digest_algorithm,
    ec_key,
    explicit_key,
    rsa_key,
)
from writ.errors import Refused
from writ.signing.der import read_der
from writ.signing.state_key import Scheme, StateKey, read_key, read_scheme

MESSAGE = b"a message"
RSA, PSS, MGF1, EC = (
    "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.8", "1.2.840.10045.2.1",
)  # fmt: skip


def key(data: bytes) -> StateKey:
    """Read a key."""
    return read_key(read_der(data, "it"))


def scheme(data: bytes) -> Scheme:
    """Read an algorithm."""
    return read_scheme(read_der(data, "it"))


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("compressed", [False, True])
def test_a_curve_is_known_by_its_parameters(curve: str, compressed: bool) -> None:  # noqa: FBT001
    """Named or told by parameters, with the generator in either form, it is one key."""
    private = ec_key(curve)
    told = key(explicit_key(private, curve, compressed=compressed))
    assert told.public == key(Family("ecdsa", curve=curve).public(private)).public
    assert CURVES[curve][0].name == told.name


def test_parameters_that_are_nobody_s_are_refused() -> None:
    """Another order, another generator, another name: no curve that we calculate on."""
    private = ec_key("P-256")
    order, point = private.curve.group_order, ec.derive_private_key(1, ec.SECP256R1())
    x = point.public_key().public_numbers().x.to_bytes(32)
    right = explicit_key(private, "P-256")
    unnamed = sequence(sequence(oid(EC), oid("1.3.132.0.10")), bits(b"\4" + bytes(64)))
    for wrong in (
        right.replace(integer(order), integer(order - 2)), right.replace(x, bytes(32)), unnamed,
    ):  # fmt: skip
        with pytest.raises(Refused, match="on a curve that is not known here"):
            key(wrong)


def test_keys_that_are_none_are_refused() -> None:
    """A point beside its curve, a wrong exponent, RSA of too few or too many bits, another kind."""
    curve = sequence(oid(EC), oid("1.2.840.10045.3.1.7"))
    for exponent, modulus, message in (
        (65537, 2**1000 + 1, "an RSA key of 1001 bits"),
        (65537, 2**8192 + 1, "an RSA key of 8193 bits"),
        (65537, -(2**2047), "an RSA key of 0 bits"),
        (0, 2**2047 + 1, "an RSA key of 2048 bits"),
        (2**64 + 1, 2**2047 + 1, "an RSA key of 2048 bits"),
        (2, 2**2047 + 1, "it is not in its form"),
    ):
        held = bits(sequence(integer(modulus), integer(exponent)))
        with pytest.raises(Refused, match=message):
            key(sequence(sequence(oid(RSA), NULL), held))
    with pytest.raises(Refused, match="it is not in its form"):
        key(sequence(curve, bits(b"\4" + bytes(64))))
    with pytest.raises(Refused, match=r"a key of the kind 1\.2\.840\.10040\.4\.1,"):
        key(sequence(sequence(oid("1.2.840.10040.4.1")), bits(b"")))


def test_a_key_says_what_it_is_and_whether_it_is_short() -> None:
    """RSA by its size, a curve by its name; short ones are weak, and a chip's may be shorter."""
    families = [Family("rsa", bits=bits) for bits in (2048, 1792, 1024)]
    families.append(Family("ecdsa", curve="P-192"))
    keys = [key(family.public(family.key())) for family in families]
    assert [
        ("RSA 2048", False, False),
        ("RSA 1792", True, False),
        ("RSA 1024", True, True),
        ("secp192r1", True, True),
    ] == [(item.name, item.weak, item.weak_in_chip) for item in keys]


def test_rsa_pss_says_everything_or_nothing() -> None:
    """What it leaves out is SHA-1 and a salt of twenty; a trailer is the one there is."""
    bare = scheme(sequence(oid(PSS), sequence()))
    full = scheme(sequence(oid(PSS), sequence(tlv(0xA3, integer(1)))))
    assert ("RSA-PSS with sha1", True, 20) == (bare.name, bare.weak, bare.salt)
    public = key(Family("pss").public(rsa_key()))
    pss = padding.PSS(padding.MGF1(hashes.SHA1()), 20)  # noqa: S303  what is left out means it
    public.verify(full, rsa_key().sign(MESSAGE, pss, hashes.SHA1()), MESSAGE, "it")  # noqa: S303
    hashed = digest_algorithm("sha256")
    mask = sequence(oid(MGF1), hashed)
    mixed = scheme(sequence(oid(PSS), sequence(tlv(0xA0, hashed), tlv(0xA2, integer(8)))))
    assert ("sha256", "sha1", 8) == (mixed.digest.name, mixed.mask.name, mixed.salt)
    for wrong in (
        tlv(0xA1, sequence(oid("1.2.3"), hashed)),
        tlv(0xA2, integer(65)),
        tlv(0xA2, integer(-1)),
        tlv(0xA3, integer(2)),
        tlv(0xA1, mask) + tlv(0xA0, hashed),
    ):
        with pytest.raises(Refused, match="it is not in its form"):
            scheme(sequence(oid(PSS), sequence(wrong)))


def test_a_key_verifies_its_own_kind_alone() -> None:
    """RSA's algorithm with a curve's key and the other way round, and halves of another length."""
    curve, other = (
        key(Family("ecdsa").public(ec_key("P-256"))),
        key(Family("rsa").public(rsa_key())),
    )
    plain = Scheme("plain", hashes.SHA256(), hashes.SHA256(), 0)
    for public, how, signature in (
        (curve, scheme(Family("rsa").algorithm()), bytes(256)),
        (other, scheme(Family("ecdsa").algorithm()), bytes(64)),
        (other, plain, bytes(64)),
        (curve, plain, bytes(63)),
        (other, scheme(Family("pss").algorithm()), b""),
    ):
        with pytest.raises(Refused, match="the signature of it is not by the key that it names"):
            public.verify(how, signature, MESSAGE, "it")


def test_an_algorithm_that_is_not_listed_is_refused() -> None:
    """MD5, and a kind of key alone without a digest beside it."""
    for named in ("1.2.840.113549.1.1.4", RSA, EC):
        with pytest.raises(Refused, match=f"it is signed by {named}, which is not accepted here"):
            scheme(sequence(oid(named)))
    beside = read_scheme(read_der(sequence(oid(RSA), NULL), "it"), DIGESTS["sha384"][1])
    assert "RSA with sha384" == beside.name
    with pytest.raises(Refused, match="not in its form"):
        key(sequence(sequence(oid(EC), sequence(octets(b""))), bits(b"")))
