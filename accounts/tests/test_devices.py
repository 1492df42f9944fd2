"""What is kept of where somebody signs in."""

import pytest

from accounts.devices import device_of, shortened

AGENTS = {
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0": "Edge, Windows",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36": "Chrome, Linux",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36": "Chrome, Android",
    "Mozilla/5.0 (Macintosh; Mac OS X 10_15) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15": "Safari, macOS",
    "curl/8.0": "", "": "", "<script>": "", "Windows": "Windows",
}  # fmt: skip


@pytest.mark.parametrize("agent", AGENTS)
def test_device_is_named_as_people_call_it(agent: str) -> None:
    assert device_of(agent) == AGENTS[agent]


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.77", "203.0.113.0"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
        ("::ffff:203.0.113.7", "203.0.113.0"),
        ("127.0.0.1", "127.0.0.0"), ("nonsense", ""), ("", ""),
    ],
)  # fmt: skip
def test_address_keeps_what_many_share(address: str, kept: str) -> None:
    assert shortened(address) == kept
