"""What stands behind an address's question mark: only what its route takes, each once."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from fastapi import Request
from fastapi.routing import APIRoute

from imagestudio.catalog.validation import excerpt, shown_name
from imagestudio.core.errors import InvalidParameter, UnsupportedParameter
from imagestudio.core.messages import Message

Handler = TypeVar("Handler", bound=Callable[..., Any])
TAKEN = "query_names"
"""Where a handler says what it reads by itself; what it declares, FastAPI knows."""


def takes(*names: str) -> Callable[[Handler], Handler]:
    """Marks a handler that reads these parameters from the request by itself."""

    def mark(handler: Handler) -> Handler:
        setattr(handler, TAKEN, names)
        return handler

    return mark


async def check_query(request: Request) -> None:
    """Raises `UnsupportedParameter` for a parameter that the route does not take, and `InvalidParameter` for
    one that is there twice."""
    route: APIRoute = request.scope["route"]
    declared = [field.alias for field in route.dependant.query_params]
    allowed = [*declared, *cast("tuple[str, ...]", getattr(route.endpoint, TAKEN, ()))]
    seen: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name not in allowed:
            sentence = "query.unknown" if allowed else "query.none"
            raise UnsupportedParameter(
                Message(sentence, field=excerpt(name), allowed=allowed),
                field=shown_name(name),
                allowed=allowed,
            )
        if name in seen:
            raise InvalidParameter(Message("query.twice", field=name), field=name)
        seen.add(name)
