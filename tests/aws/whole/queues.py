"""moto's queues, made safe for many clients at once, and cheap.

moto takes a message out of a queue by a new list of the others, with no lock: what is sent between the making of that
list and its taking the old one's place, or between two deletions at once, is lost. And it asks for the time zone at
each message.
"""

import time
from typing import Any

from moto.sqs import models


def apply() -> None:
    delete = models.Queue.delete_message

    def delete_alone(self: Any, receipt_handle: str) -> None:
        # The lock that a message is added under.
        with self._messages_lock:
            delete(self, receipt_handle)

    models.Queue.delete_message = delete_alone

    seconds, milliseconds = models.unix_time, models.unix_time_millis
    models.unix_time = lambda moment=None: seconds(moment) if moment is not None else time.time()
    models.unix_time_millis = lambda moment=None: milliseconds(moment) if moment is not None else time.time() * 1000

    def within_retention(self: Any, queue_name: str, message: Any) -> bool:
        kept = int(self.get_queue(queue_name).message_retention_period) * 1000
        return message.sent_timestamp + kept > time.time() * 1000

    models.SQSBackend.is_message_valid_based_on_retention_period = within_retention
