"""Agents' messages, read before the SDK does: what it can't read or does not await it writes into the log,
values and all, and what it answers then names neither code nor field."""

import json
from typing import Any, get_args

from mcp import types
from pydantic import ValidationError
from starlette.responses import JSONResponse, Response

from imagestudio.api.bodies import parse_object
from imagestudio.core.errors import BadRequest, InvalidParameter, MissingField, StudioError
from imagestudio.core.messages import Message

METHODS = frozenset(each.model_fields["method"].default for each in get_args(types.ClientRequestType))
"""What agents may ask."""
CALL = "tools/call"


def check_message(body: bytes) -> bytes | Response:
    """The body as the SDK shall read it, or the answer to it. Raises `StudioError` for what is no message."""
    call = parse_object(body)
    try:
        message = types.JSONRPCMessage.model_validate(call).root
    except ValidationError:  # the SDK would answer with all that it holds
        raise BadRequest(Message("mcp.unreadable")) from None
    if isinstance(message, types.JSONRPCResponse | types.JSONRPCError):
        return Response(status_code=202)  # nothing was asked
    known = types.ClientRequest if isinstance(message, types.JSONRPCRequest) else types.ClientNotification
    try:
        known.model_validate(message.model_dump(by_alias=True, mode="json", exclude_none=True))
    except ValidationError:
        return _unfit(message)
    except UnicodeEncodeError:  # a name with half a letter, which the SDK would fall over
        raise BadRequest(Message("mcp.unreadable")) from None
    return json.dumps(call).encode()


def _unfit(message: types.JSONRPCRequest | types.JSONRPCNotification) -> Response:
    """The answer to a message of a method that there is not, or with parameters that it does not take."""
    if isinstance(message, types.JSONRPCNotification):
        return Response(status_code=202)
    if message.method not in METHODS:
        error = types.ErrorData(code=types.METHOD_NOT_FOUND, message="Method not found")
    else:
        error = _invalid(_fault(message.method, message.params or {}))
    answer = types.JSONRPCError(jsonrpc="2.0", id=message.id, error=error)
    return JSONResponse(answer.model_dump(mode="json", exclude_none=True))


def _fault(method: str, params: dict[str, Any]) -> StudioError:
    if method == CALL and "name" not in params:
        return MissingField(Message("tool.argument_missing", field="name"), field="name")
    if method == CALL and not isinstance(params["name"], str):
        return InvalidParameter(Message("mcp.name"), field="name", allowed="string")
    if method == CALL and not isinstance(params.get("arguments", {}), dict):
        return InvalidParameter(Message("mcp.arguments"), field="arguments", allowed="object")
    return InvalidParameter(Message("mcp.params", method=method), field="params")


def _invalid(fault: StudioError) -> types.ErrorData:
    line = f"{fault.code}: {fault.message}"
    return types.ErrorData(code=types.INVALID_PARAMS, message=line, data=fault.as_dict())
