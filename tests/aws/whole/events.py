"""S3's event notifications as AWS writes them, where moto's are nearly so."""

import itertools
import urllib.parse
from typing import Any

from moto.s3 import notifications
from moto.s3.notifications import S3NotificationEvent as Event

_sequence = itertools.count(1)


def apply() -> None:
    body, send = notifications._get_s3_event, notifications.send_event

    def as_on_aws(event_name: str, bucket: Any, key: Any, notification_id: str) -> dict[str, Any]:
        event = body(event_name, bucket, key, notification_id)
        record = event["Records"][0]
        # Milliseconds and UTC; moto has microseconds and no zone.
        record["eventTime"] = record["eventTime"][:-3] + "Z"
        record["userIdentity"] = {"principalId": "AWS:AIDAEXAMPLE"}
        entity = record["s3"]["object"]
        entity["key"] = urllib.parse.quote_plus(key.name, safe="/")
        entity["sequencer"] = f"{next(_sequence):018X}"
        if key.version_id and key.version_id != "null":
            entity["versionId"] = key.version_id
        return event

    def once(account_id: str, event_name: Event, bucket: Any, key: Any) -> None:
        # moto completes a multipart upload by a put of its own, and tells of both.
        if event_name == Event.OBJECT_CREATED_PUT_EVENT and key.multipart is not None:
            return
        send(account_id, event_name, bucket, key)

    notifications._get_s3_event = as_on_aws
    notifications.send_event = once
