#!/usr/bin/env python3
"""Operations of AWS in one process that stays, where the aws CLI would start anew for each.

It listens on a port of loopback, and says on which. POST the CLI's arguments as a JSON list, such as
["sqs", "list-queues", "--queue-name-prefix", "a"]; what comes is the service's answer, or with status 400 what the CLI
would say. The environment is boto3's own.
"""

import json
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import boto3
from botocore import xform_name

client = cache(boto3.client)


def answer(service: str, operation: str, *options: str) -> dict[str, Any]:
    one = client("s3" if service == "s3api" else service)
    method = operation.replace("-", "_")
    shape = one.meta.service_model.operation_model(one.meta.method_to_api_mapping[method]).input_shape
    names = {f"--{xform_name(name, '-')}": name for name in (shape.members if shape else {})}
    given: dict[str, list[str]] = {}
    for option in options:
        if option.startswith("--"):
            current = given.setdefault(names[option], [])
        else:
            current.append(option)
    parameters = {name: _value(shape.members[name].type_name, values) for name, values in given.items()}
    output = getattr(one, method)(**parameters)
    output.pop("ResponseMetadata")
    return output


def _value(kind: str, texts: list[str]) -> Any:
    read = [Path(text[7:]).read_text(encoding="utf-8") if text.startswith("file://") else text for text in texts]
    if kind == "list":
        return json.loads(read[0]) if read[0].startswith("[") else read
    return read[0]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        arguments = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            status, text = 200, json.dumps(answer(*arguments), default=str)
        except Exception as failure:  # noqa: BLE001 - whatever it is, whoever asked is told
            status, text = 400, f"{type(failure).__name__}: {failure}"
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", 0), Handler)
    print(f"Running on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
