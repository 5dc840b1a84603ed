"""Measures that several rooms count in, and how dollars are written."""

DAY_S = 24 * 3600
MAX_PIXELS = 100_000_000
"""Width times height of a picture that is decoded; one of this size takes about 400 MB."""
MAX_UPLOAD = 40 * 1024 * 1024
"""Bytes of a file that a visitor brings; what a model takes less of is brought down to that."""


def usd(amount: float) -> str:
    """Dollars with at least two decimals and at most four: $0.03, $0.0336."""
    whole, _, decimals = f"{amount:.4f}".partition(".")
    return f"${whole}.{decimals[:2]}{decimals[2:].rstrip('0')}"
