"""What every request passes before anybody answers it, and what every answer carries: see `stack.py`."""
