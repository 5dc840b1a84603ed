"""What every request passes before anybody answers it, and what every answer carries."""

from imagestudio.web.guard import guard

__all__ = ["guard"]
