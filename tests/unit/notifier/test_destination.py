"""Only https to public addresses; in the demo loopback as well."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.destination import LONGEST_URL, fault_of, may_reach

PRIVATE = [
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.1.1", "100.64.0.1", "127.0.0.1",
    "127.8.8.8", "169.254.169.254", "0.0.0.0", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%2", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "ff0e::1",
    "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::10.0.0.1", "64:ff9b::10.0.0.1",
    "64:ff9b:1::1", "2002:0a00:0001::1", "2002:7f00:1::", "2001:0:4136:e378::1", "2001:db8::1", "100::1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "114.114.114.114", "202.96.209.5", "2400:3200::1", "2606:4700:4700::1111", "::ffff:1.1.1.1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_no_private_address_is_reached_outside_the_demo(address: str) -> None:
    assert not may_reach(ip_address(address), secure=True, demo=False)
    assert not may_reach(ip_address(address), secure=False, demo=False)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_reached_over_tls_alone(address: str) -> None:
    for demo in (True, False):
        assert may_reach(ip_address(address), secure=True, demo=demo)
        assert not may_reach(ip_address(address), secure=False, demo=demo)


@pytest.mark.parametrize("address", PRIVATE)
def test_the_demo_adds_loopback_and_nothing_else(address: str) -> None:
    loopback = address in {"127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"}
    for secure in (True, False):
        assert may_reach(ip_address(address), secure=secure, demo=True) == loopback


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_the_same_when_it_is_mapped(address: IPv4Address) -> None:
    mapped = IPv6Address(f"::ffff:{address}")
    assert may_reach(mapped, secure=True, demo=False) == may_reach(address, secure=True, demo=False)


@given(st.sampled_from(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]), st.integers(0, 2**16 - 1))
def test_no_embedding_of_a_private_address_is_reached(network: str, number: int) -> None:
    inner = int(IPv4Network(network)[number])
    for prefix, shift in ((0x2002, 80), (0x64FF9B, 0)):
        outer = IPv6Address((prefix << 112 if prefix == 0x2002 else 0x64FF9B << 96) | inner << shift)
        assert not may_reach(outer, secure=True, demo=False)


@pytest.mark.parametrize(
    "url", ["https://hooks.example.gov.cn/12345?key=a", "https://1.1.1.1:8443", "https://[2400::1]/"]
)
def test_a_good_url_has_no_fault(url: str) -> None:
    assert fault_of(url, demo=False) is None


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://hooks.example.gov.cn/", "not an https URL"),
        ("ftp://hooks.example.gov.cn/", "not an https URL"),
        ("hooks.example.gov.cn", "not an https URL"),
        ("", "not an https URL"),
        ("https://", "has no host"),
        ("https:///hook", "has no host"),
        ("https://user@example.com/", "has a user"),
        ("https://user:word@example.com/", "has a user"),
        ("https://example.com/#top", "a fragment"),
        ("https://example.com:99999/", "is not a URL"),
        ("https://[::1/", "is not a URL"),
        ("https://例.cn/", "other than ASCII"),
        ("https://example.com/a b", "other than ASCII"),
        ("https://example.com/\r\nX: y", "other than ASCII"),
        ("https://example.com/" + "a" * LONGEST_URL, f"more than {LONGEST_URL}"),
        ("https://127.0.0.1/", "not a public address"),
        ("https://10.1.2.3/", "not a public address"),
        ("https://[::ffff:10.1.2.3]/", "not a public address"),
        ("https://169.254.169.254/latest", "not a public address"),
    ],
)
def test_a_faulty_url_is_refused_with_the_remedy(url: str, fault: str) -> None:
    assert fault in (fault_of(url, demo=False) or "")


def test_the_demo_also_takes_http_to_loopback_alone() -> None:
    assert fault_of("http://127.0.0.1:8080/", demo=True) is None
    assert fault_of("http://localhost:8080/", demo=True) is None
    assert fault_of("http://10.0.0.1/", demo=True)
    assert fault_of("http://1.1.1.1/", demo=True)
