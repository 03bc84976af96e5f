"""The version of what a bucket keeps that does not keep versions any more, which S3 calls "null" and moto leaves out.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/AddingObjectstoVersionSuspendedBuckets.html
"""

from typing import Any

from moto.s3.models import FakeKey, s3_backends

_NULL = "null"


def apply() -> None:
    known = FakeKey.response_dict.fget

    def with_null_version(key: FakeKey) -> dict[str, Any]:
        headers = known(key)
        if "x-amz-version-id" not in headers and _status(key) is not None:
            headers["x-amz-version-id"] = _NULL
        return headers

    FakeKey.response_dict = property(with_null_version)


def _status(key: FakeKey) -> str | None:
    bucket = s3_backends[key.account_id][key.partition].buckets.get(key.bucket_name)
    return bucket.versioning_status if bucket is not None else None
