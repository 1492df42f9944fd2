"""What is kept of where somebody signs in: enough to recognise one's own, no more."""

from ipaddress import IPv6Address, ip_address, ip_network

# What programs call themselves; each also names those after it, so the first that is found is the one.
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
KEPT_OF_IPV4, KEPT_OF_IPV6 = 24, 48  # the part of an address that many share


def device_of(user_agent: str) -> str:
    """The browser and the system in words ("Firefox, Windows"); empty where neither is known."""
    found = (_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent))
    return ", ".join(name for name in found if name)


def shortened(address: str) -> str:
    """An internet address without what tells one computer from its neighbours; empty for what is none."""
    try:
        whole = ip_address(address)
    except ValueError:
        return ""
    if isinstance(whole, IPv6Address) and whole.ipv4_mapped:
        whole = whole.ipv4_mapped
    kept = KEPT_OF_IPV6 if whole.version == 6 else KEPT_OF_IPV4
    return str(ip_network((whole, kept), strict=False).network_address)


def _first(names: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for mark, name in names if mark in text), "")
