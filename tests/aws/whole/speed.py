"""moto's clock, which asks for the time zone at each message of a queue, made cheap."""

import time
from typing import Any

from moto.sqs import models


def apply() -> None:
    seconds, milliseconds = models.unix_time, models.unix_time_millis
    models.unix_time = lambda moment=None: seconds(moment) if moment is not None else time.time()
    models.unix_time_millis = lambda moment=None: milliseconds(moment) if moment is not None else time.time() * 1000

    def within_retention(self: Any, queue_name: str, message: Any) -> bool:
        kept = int(self.get_queue(queue_name).message_retention_period) * 1000
        return message.sent_timestamp + kept > time.time() * 1000

    models.SQSBackend.is_message_valid_based_on_retention_period = within_retention
