"""Which IP addresses belong to the public internet."""

import ipaddress

# IANA's special-purpose registry and what it leaves out, spelled out because `ipaddress.is_global` answers
# another question (is it routed?) and differs between Python patch releases.
SPECIAL_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host agent: a public number that never leaves the host
        "169.254.0.0/16",  # link-local, and with it the clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
    )
)
# RFC 4291: unicast addresses of the internet begin with 001. Everything that wraps an IPv4 address (mapped,
# compatible, NAT64), is local (fc00::/7, fe80::/10, fec0::/10) or multicast lies outside.
GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
SPECIAL_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
)


def parse_ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that `host` is, in its canonical form; None where it is a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_public(host: str) -> bool:
    """Whether this text is an address of the public internet. A name is none."""
    address = parse_ip(host)
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in SPECIAL_V4)
    if isinstance(address, ipaddress.IPv6Address):
        inside = address in GLOBAL_V6 and address.scope_id is None
        return inside and not any(address in network for network in SPECIAL_V6)
    return False
