"""AWS clients that call moto's services within this process, as CloudFormation calls AWS's.

So a resource is made by the operation that a user would call, with everything that moto checks there.
"""

import threading
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.botocore_stubber import BotocoreStubber

_thread = threading.local()
_clients = threading.Lock()


@cache
def _client(service: str, region: str) -> Any:
    config = Config(
        ignore_configured_endpoint_urls=True,
        retries={"max_attempts": 0},
        s3={"addressing_style": "path"},
    )
    made = boto3.session.Session(region_name=region).client(
        service, aws_access_key_id="cloudformation", aws_secret_access_key="cloudformation", config=config
    )
    stubber = BotocoreStubber()
    stubber.enabled = True
    made.meta.events.register("before-send", stubber)
    return made


@contextmanager
def _trusted():
    before = getattr(_thread, "trusted", False)
    _thread.trusted = True
    try:
        yield
    finally:
        _thread.trusted = before


def call(region: str, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
    """Calls `operation` (`put_metric_alarm`) with parameters as CloudFormation has them.

    Numbers may be text, and what the operation does not know is an error: a property that is misspelt
    would otherwise be left out in silence.
    """
    with _clients:
        client = _client(service, region)
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation]).input_shape
    with _trusted():
        return getattr(client, operation)(**_fit(parameters, shape, operation))


def _fit(value: Any, shape: Any, where: str) -> Any:
    kind = shape.type_name
    if kind == "structure":
        for name in value:
            if name not in shape.members:
                raise ValueError(f"Encountered unsupported property {name} in {where}")
        return {name: _fit(item, shape.members[name], f"{where}.{name}") for name, item in value.items()}
    if kind == "list":
        return [_fit(item, shape.member, where) for item in value]
    if kind == "map":
        return {key: _fit(item, shape.value, where) for key, item in value.items()}
    if kind == "boolean":
        return str(value).lower() == "true"
    if kind in ("integer", "long"):
        return int(value)
    if kind in ("float", "double"):
        return float(value)
    if kind == "string":
        return str(value).lower() if isinstance(value, bool) else str(value)
    return value


def _exempt_from_policies() -> None:
    check = ActionAuthenticatorMixin._authenticate_and_authorize_action

    def unless_trusted(self: Any, *arguments: Any, **named: Any) -> None:
        # A signal to a wait condition is signed by its URL on AWS; here it comes without a signature.
        if getattr(_thread, "trusted", False) or "/cloudformation-waitcondition-" in self.uri:
            return
        check(self, *arguments, **named)

    ActionAuthenticatorMixin._authenticate_and_authorize_action = unless_trusted


_exempt_from_policies()
