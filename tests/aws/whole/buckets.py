"""Buckets with all of their properties; moto's CloudFormation takes up the encryption only."""

from typing import Any

from .inside import call
from .resource import Request, ResourceType


def _bucket(wanted: Request) -> str:
    properties = dict(wanted.properties)
    bucket = wanted.physical_id or properties.get("BucketName", wanted.name)
    properties.pop("BucketName", None)

    def put(operation: str, **parameters: Any) -> None:
        call(wanted.region, "s3", operation, Bucket=bucket, **parameters)

    if not wanted.physical_id:
        # In us-east-1 a location is an error, everywhere else it is required.
        away = wanted.region != "us-east-1"
        put("create_bucket", **({"CreateBucketConfiguration": {"LocationConstraint": wanted.region}} if away else {}))
    for name, value in properties.items():
        if name == "VersioningConfiguration":
            put("put_bucket_versioning", VersioningConfiguration=value)
        elif name == "PublicAccessBlockConfiguration":
            put("put_public_access_block", PublicAccessBlockConfiguration=value)
        elif name == "OwnershipControls":
            put("put_bucket_ownership_controls", OwnershipControls=value)
        elif name == "BucketEncryption":
            put("put_bucket_encryption", ServerSideEncryptionConfiguration={"Rules": _encryption(value)})
        elif name == "LifecycleConfiguration":
            rules = [_lifecycle_rule(rule) for rule in value["Rules"]]
            put("put_bucket_lifecycle_configuration", LifecycleConfiguration={"Rules": rules})
        elif name == "Tags":
            put("put_bucket_tagging", Tagging={"TagSet": value})
        else:
            raise ValueError(f"Encountered unsupported property {name} of a bucket")
    return bucket


def _encryption(configuration: dict[str, Any]) -> list[dict[str, Any]]:
    rules = []
    for rule in configuration["ServerSideEncryptionConfiguration"]:
        by_default = rule["ServerSideEncryptionByDefault"]
        rules.append({
            "ApplyServerSideEncryptionByDefault": by_default,
            **{name: value for name, value in rule.items() if name == "BucketKeyEnabled"},
        })
    return rules


def _lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    """CloudFormation has names of its own for what S3 calls ID, Filter and Expiration."""
    rule = dict(rule)
    expiration = {
        api: rule.pop(name)
        for name, api in (("ExpirationInDays", "Days"), ("ExpiredObjectDeleteMarker", "ExpiredObjectDeleteMarker"))
        if name in rule
    }
    told = {"ID": rule.pop("Id"), "Filter": {"Prefix": rule.pop("Prefix", "")}, **rule}
    return {**told, "Expiration": expiration} if expiration else told


def _no_bucket(gone: Request) -> None:
    call(gone.region, "s3", "delete_bucket", Bucket=gone.physical_id)


TYPE = ResourceType(
    "AWS::S3::Bucket",
    _bucket,
    _no_bucket,
    "BucketName",
    {
        "Arn": lambda region, name: f"arn:aws:s3:::{name}",
        "DomainName": lambda region, name: f"{name}.s3.amazonaws.com",
        "RegionalDomainName": lambda region, name: f"{name}.s3.{region}.amazonaws.com",
    },
)
