"""What goes wrong on the way to the platform has a name, found by types and codes on real connections."""

import datetime
import socket
import ssl
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sync import patience
from sync.client import ApiClient
from sync.errors import SyncError
from sync.translate import network_error
from tests.answering import AnsweringServer, http, json_answer

Answering = Callable[..., AnsweringServer]
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def code_of(url: str) -> str:
    client = ApiClient(url, lambda: None, lambda _token: None)
    try:
        client.health()
    except SyncError as error:
        return error.code
    return ""


def certificate(folder: Path, begins: int = -1, ends: int = 1, name: str = "127.0.0.1") -> Path:
    """A certificate that signs itself, valid from and until so many days from now."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "platform")])
    address = x509.IPAddress(__import__("ipaddress").ip_address(name))
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins * DAY)
        .not_valid_after(now + ends * DAY)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = folder / "platform.pem"
    path.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize(
    ("arguments", "trusted", "code"),
    [
        ({}, True, ""),
        ({}, False, "tls_untrusted"),
        ({"begins": -9, "ends": -3}, True, "tls_expired"),
        ({"begins": 3, "ends": 9}, True, "tls_not_yet_valid"),
        ({"name": "127.0.0.9"}, True, "tls_other_name"),
    ],
)
def test_certificates_that_are_not_good_have_names(
    answering: Answering,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: dict[str, Any],
    trusted: bool,
    code: str,
) -> None:
    path = certificate(tmp_path, **arguments)
    if trusted:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path)
    assert code_of(answering(json_answer({"platform": "twindesk"}), tls).url) == code


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="its trust store cannot be set for a test")
def test_a_certificate_that_the_computer_trusts_is_trusted(
    answering: Answering, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A school's filter signs all sites anew; its certificate is installed in the system's store."""
    path = certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path)
    url = answering(json_answer({"platform": "twindesk"}), tls).url
    assert code_of(url) == "tls_untrusted"
    monkeypatch.setenv("SSL_CERT_FILE", str(path))  # where OpenSSL finds the system's
    assert code_of(url) == ""


@pytest.mark.parametrize(
    ("system_code", "code"),
    [
        (0x800B0101, "tls_expired"),
        (0x800B0101 - 2**32, "tls_expired"),
        (0x800B010F, "tls_other_name"),
        (0x800B0109, "tls_untrusted"),
        (-67818, "tls_expired"),
        (-67819, "tls_not_yet_valid"),
        (-67602, "tls_other_name"),
        (-67843, "tls_untrusted"),
    ],
)
def test_what_windows_and_macos_say_of_a_certificate_has_names(system_code: int, code: str) -> None:
    error = ssl.SSLCertVerificationError("sertifika geçersiz")
    error.verify_code = system_code
    assert network_error(error).code == code


def test_a_server_that_speaks_no_tls_has_a_name(answering: Answering) -> None:
    assert code_of(answering(http("200 OK")).url.replace("http:", "https:")) in ("tls", "offline")


def test_a_name_that_leads_nowhere_and_a_port_nobody_listens_at(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert code_of(f"http://127.0.0.1:{port}") == "offline"

    def unknown(*_arguments: object, **_named: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "bilinmeyen ad")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert code_of("http://platform.example") == "dns"


def test_a_platform_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "READ_SECONDS", 0.1)
    monkeypatch.setattr("sync.transport.READ_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert code_of(f"http://127.0.0.1:{silent.getsockname()[1]}") == "timeout"


@pytest.mark.parametrize(
    "address", ["http://", "ftp://platform.example", "http://[::1", "not an address", "http://a:99999"]
)
def test_an_address_that_is_none(address: str) -> None:
    assert code_of(address) == "bad_address"


def test_a_proxy_that_is_not_there_or_asks_for_a_name(answering: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    asks = answering(http("407 Proxy Authentication Required", Proxy_Authenticate="Basic"))
    monkeypatch.setenv("http_proxy", asks.url)
    monkeypatch.setenv("https_proxy", asks.url)
    assert code_of("http://platform.example") == "proxy_sign_in"
    assert code_of("https://platform.example") == "proxy_sign_in"
    refuses = answering(http("403 Forbidden"))
    monkeypatch.setenv("https_proxy", refuses.url)
    assert code_of("https://platform.example") == "proxy_refused"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
    assert code_of("http://platform.example") == "proxy_unreachable"


def test_every_name_has_a_code_of_its_own() -> None:
    def all_of(kind: type[SyncError]) -> list[type[SyncError]]:
        return [kind, *(one for sub in kind.__subclasses__() for one in all_of(sub))]

    kinds = [kind for kind in all_of(SyncError) if kind.__module__ == "sync.errors"]
    assert len({kind.code for kind in kinds}) == len(kinds) > 20
    assert {kind.state for kind in kinds} == {"offline", "trouble", "signed_out", "no_platform"}
