"""What every request passes before anybody answers it, and what every answer carries."""

from imagestudio.api.middleware.stack import guard

__all__ = ["guard"]
