"""Which addresses a message may go to."""

from ipaddress import ip_address, ip_network

import pytest

from accounts.networks import INSIDE, NO_ADDRESS, Place, may_be_reached, problem_of_address, read_address


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.100.100.200", "192.0.0.192", "168.63.129.16", "224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1",
        "::1", "::", "fe80::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_address_inside_a_network_is_not_reached(address: str) -> None:
    assert not may_be_reached(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_public_address_is_reached(address: str) -> None:
    assert may_be_reached(ip_address(address))


def test_allowed_network_is_reached_and_its_neighbour_is_not() -> None:
    allowed = [ip_network("10.1.0.0/16")]
    reached = [may_be_reached(ip_address(each), allowed) for each in ("10.1.2.3", "::ffff:10.1.2.3", "10.2.2.3")]
    assert reached == [True, True, False]


def test_address_is_read_into_host_port_and_what_to_ask() -> None:
    assert read_address("https://example.org") == Place("example.org", 443, "/")
    assert read_address("https://example.org:8443/a/b?c=d") == Place("example.org", 8443, "/a/b?c=d")
    assert read_address("https://[2606:4700::1111]/x") == Place("2606:4700::1111", 443, "/x")


@pytest.mark.parametrize(
    "url",
    [
        "", "example.org", "http://example.org/", "ftp://example.org", "https://", "https://user:pass@example.org/",
        "https://example.org/#part", "https://example.org:99999/", "https://exa mple.org/", "https://example.org/\r\nX:1",
        "https://example.org\\@10.0.0.1/", f"https://example.org/{'x' * 500}", "javascript:alert(1)", "https://[::1/",
        "https://\u0131.example/",
    ],
)  # fmt: skip
def test_what_is_no_https_address_is_refused(url: str) -> None:
    assert problem_of_address(url) == str(NO_ADDRESS)


@pytest.mark.parametrize("host", ["localhost", "a.localhost", "127.0.0.1", "[::1]", "192.168.7.20", "[fe80::1%25eth0]"])
def test_address_that_says_itself_that_it_is_inside_is_refused(host: str) -> None:
    assert problem_of_address(f"https://{host}/") == str(INSIDE)


def test_name_and_public_address_are_no_problem() -> None:
    assert [problem_of_address(f"https://{host}/x") for host in ("example.org", "1.1.1.1")] == ["", ""]
