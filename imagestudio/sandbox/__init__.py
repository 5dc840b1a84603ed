"""The three providers, emulated from their documentation: for demos without a key, and for strict tests."""

from imagestudio.sandbox.app import create_sandbox
from imagestudio.sandbox.transport import SandboxTransport

__all__ = ["SandboxTransport", "create_sandbox"]
