"""Permissions as AWS checks them, for whoever calls as an IAM user or under an assumed role.

moto's own check takes one action for each request, from a table that differs from S3's where versions, tags and copies
are concerned, and knows resources in S3 alone. Here a request needs what the service's documentation says, on the
resource that it names, and the keys of KMS too, which moto never asks about. Whoever is nobody in IAM is the account's
administrator, so that a test can look around while a role is held to its policy, and several can at the same time.
Signatures are not compared. Of a bucket's policy what it denies everybody is heeded, where moto does not know conditions;
those of queues and topics are not looked at. What comes over loopback counts as TLS.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-delete-enforce.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
"""

import json
import re
from urllib.parse import parse_qs, unquote, urlparse

from moto.autoscaling.models import autoscaling_backends
from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.exceptions import AccessDeniedError, JsonRESTError
from moto.iam.access_control import CreateAccessKeyFailure, PermissionResult, create_access_key
from moto.iam.models import Role
from moto.moto_api._internal.responses import MotoAPIResponse
from moto.s3.exceptions import BucketAccessDeniedError, S3AccessDeniedError
from moto.s3.models import FakeBucket
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from . import policies

_CREDENTIAL = re.compile(r"Credential=([^/]+)/[^/]+/([^/]+)/")
_ALWAYS = {"sts:GetCallerIdentity"}


class Caller:
    """A user or an assumed role, and what its policies say."""

    def __init__(self, response, key):
        self.region, self.account = response.region, response.current_account
        self.arn = key.arn
        # Of an assumed role it is the role's.
        role = getattr(key, "_owner_role_name", None)
        self.principal = f"arn:aws:iam::{self.account}:role/{role}" if role else key.arn
        self._documents = [_text(policy) for policy in key.collect_policies()]

    @staticmethod
    def of(response):
        """None for whoever is nobody in IAM."""
        found = _CREDENTIAL.search(response.headers.get("Authorization", ""))
        if not found:
            return None
        try:
            key = create_access_key(response.current_account, "aws", found[1], response.headers)
        except CreateAccessKeyFailure:
            return None
        return Caller(response, key)

    def _context(self, action, resource):
        return {
            "aws:principalarn": self.principal,
            "aws:principalaccount": self.account,
            "aws:resourceaccount": self.account,
            "aws:requestedregion": self.region,
            "aws:securetransport": "true",
            "kms:viaservice": f"{resource.service}.{self.region}.amazonaws.com" if action.startswith("kms:") else None,
        }

    def may(self, action, resource):
        context = self._context(action, resource)
        return action in _ALWAYS or policies.allow(self._documents, action, str(resource), context)

    def is_denied_by(self, policy, action, resource):
        return policy is not None and policies.deny(policy, action, resource, self._context(action, resource))


class Key(str):
    """The ARN of a key, and the service that uses it for the caller."""

    service: str

    @staticmethod
    def named(name, service, caller):
        arn = name if name.startswith("arn:") else f"arn:aws:kms:{caller.region}:{caller.account}:key/{name}"
        key = Key(arn)
        key.service = service
        return key


def _text(policy):
    if isinstance(policy, str):
        return policy
    if isinstance(policy, dict):
        return policy["policy_document"]
    return next(version.document for version in policy.versions if version.is_default)


def _keep_text():
    """CloudFormation hands a role its policies as they were parsed, and GetRolePolicy would answer with that."""
    put = Role.put_policy

    def put_text(self, policy_name, policy_json):
        put(self, policy_name, policy_json if isinstance(policy_json, str) else json.dumps(policy_json))

    Role.put_policy = put_text


# --- S3


def _object_arn(bucket, key):
    return f"arn:aws:s3:::{bucket}/{key}"


def _stored(response, bucket, key, version):
    if bucket not in response.backend.buckets:
        return None
    return response.backend.get_object(bucket, key, version_id=version)


def _reading(response, caller, bucket, key, version):
    """GET and HEAD: whoever may not list the bucket does not learn that an object is not there."""
    yield f"s3:GetObject{'Version' if version else ''}", _object_arn(bucket, key)
    stored = _stored(response, bucket, key, version)
    if stored is None:
        yield "s3:ListBucket", f"arn:aws:s3:::{bucket}"
    elif stored.encryption == "aws:kms" and stored.kms_key_id:
        yield "kms:Decrypt", Key.named(stored.kms_key_id, "s3", caller)


def _writing(response, caller, bucket, key):
    arn, headers = _object_arn(bucket, key), response.headers
    yield "s3:PutObject", arn
    if headers.get("x-amz-tagging"):
        yield "s3:PutObjectTagging", arn
    if headers.get("If-Match"):
        yield "s3:GetObject", arn
    if name := headers.get("x-amz-server-side-encryption-aws-kms-key-id") or _default_key(response, bucket):
        yield "kms:GenerateDataKey", Key.named(name, "s3", caller)


def _default_key(response, bucket):
    if bucket not in response.backend.buckets:
        return None
    encryption = response.backend.buckets[bucket].encryption
    rule = encryption["Rule"] if encryption else {}
    return (rule[0] if isinstance(rule, list) else rule).get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID")


def _copying(response, caller, bucket, key):
    source = urlparse(response.headers["x-amz-copy-source"])
    from_bucket, from_key = unquote(source.path).lstrip("/").split("/", 1)
    version = parse_qs(source.query).get("versionId", [None])[0]
    yield from _reading(response, caller, from_bucket, from_key, version)
    yield from _writing(response, caller, bucket, key)
    stored = _stored(response, from_bucket, from_key, version)
    replaced = response.headers.get("x-amz-tagging-directive") == "REPLACE"
    whole = "partNumber" not in parse_qs(urlparse(response.uri).query)
    if whole and not replaced and stored is not None and response.backend.tagger.has_tags(stored.arn):
        yield f"s3:GetObject{'Version' if version else ''}Tagging", _object_arn(from_bucket, from_key)
        yield "s3:PutObjectTagging", _object_arn(bucket, key)


def _on_object(response, caller, bucket, key):
    query = parse_qs(urlparse(response.uri).query, keep_blank_values=True)
    version = query.get("versionId", [None])[0]
    of_version, arn = ("Version" if version else ""), _object_arn(bucket, key)
    match response.method:
        case "GET" | "PUT" | "DELETE" as method if "tagging" in query:
            yield f"s3:{method.capitalize()}Object{of_version}Tagging", arn
        case "GET" if "uploadId" in query:
            yield "s3:ListMultipartUploadParts", arn
        case "GET" | "HEAD" if not query.keys() - {"versionId", "x-id", "partNumber"}:
            yield from _reading(response, caller, bucket, key, version)
        case "PUT" if not query.keys() - {"x-id", "partNumber", "uploadId"}:
            copies = "x-amz-copy-source" in response.headers
            yield from (_copying if copies else _writing)(response, caller, bucket, key)
        case "POST" if query.keys() & {"uploads", "uploadId"}:
            yield from _writing(response, caller, bucket, key)
        case "DELETE" if "uploadId" in query:
            yield "s3:AbortMultipartUpload", arn
        case "DELETE":
            yield f"s3:DeleteObject{of_version}", arn
            if response.headers.get("If-Match"):
                yield "s3:GetObject", arn
        case method:
            raise NotImplementedError(f"{method} of an object with {sorted(query)}")


def _on_bucket(response, bucket):
    query = parse_qs(urlparse(response.uri).query, keep_blank_values=True)
    if response.method in ("GET", "HEAD") and not query.keys() - {
        "list-type", "prefix", "delimiter", "max-keys", "continuation-token", "start-after", "encoding-type", "x-id",
    }:
        return [("s3:ListBucket", f"arn:aws:s3:::{bucket}")]
    raise NotImplementedError(f"{response.method} of a bucket with {sorted(query)}")


def _denied(response, caller, action, resource):
    bucket = response.backend.buckets.get(resource.removeprefix("arn:aws:s3:::").split("/")[0])
    policy = bucket.policy if bucket is not None and action.startswith("s3:") else None
    return caller.is_denied_by(policy, action, resource)


def _authorize_s3(self, bucket_name=None, key_name=None):
    caller = Caller.of(self)
    if caller is None:
        return
    needs = _on_object(self, caller, bucket_name, key_name) if key_name else _on_bucket(self, bucket_name)
    if not all(_permitted(caller, *need) and not _denied(self, caller, *need) for need in needs):
        raise BucketAccessDeniedError(bucket=bucket_name) if bucket_name else S3AccessDeniedError()


# --- the other services

_BATCHES = {
    "DeleteMessageBatch": "DeleteMessage",
    "SendMessageBatch": "SendMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
    "PublishBatch": "Publish",
}
_KEYS_OF_QUEUE = {"SendMessage": ["kms:GenerateDataKey", "kms:Decrypt"], "ReceiveMessage": ["kms:Decrypt"]}


def _of_sqs(response, caller, action):
    url = response._get_param("QueueUrl") or response.path
    name = url.rstrip("/").split("/")[-1]
    yield f"sqs:{action}", f"arn:aws:sqs:{caller.region}:{caller.account}:{name}"
    queue = sqs_backends[caller.account][caller.region].queues.get(name)
    if queue is not None and queue.kms_master_key_id:
        for needed in _KEYS_OF_QUEUE.get(action, []):
            yield needed, Key.named(queue.kms_master_key_id, "sqs", caller)


def _of_sns(response, caller, action):
    arn = response._get_param("TopicArn") or response._get_param("TargetArn")
    yield f"sns:{action}", arn or "*"
    topic = sns_backends[caller.account][caller.region].topics.get(arn)
    if action == "Publish" and topic is not None and topic.kms_master_key_id:
        for needed in ("kms:GenerateDataKey", "kms:Decrypt"):
            yield needed, Key.named(topic.kms_master_key_id, "sns", caller)


def _of_autoscaling(response, caller, action):
    if action.startswith("Describe"):
        yield f"autoscaling:{action}", "*"
        return
    groups = autoscaling_backends[caller.account][caller.region].autoscaling_groups
    name, instance = response._get_param("AutoScalingGroupName"), response._get_param("InstanceId")
    group = groups.get(name) or next(
        (g for g in groups.values() if any(state.instance.id == instance for state in g.instance_states)), None
    )
    yield f"autoscaling:{action}", group.arn if group else "*"


_SERVICES = {"sqs": _of_sqs, "sns": _of_sns, "autoscaling": _of_autoscaling}


def _authorize(self, resource="*"):
    caller = Caller.of(self)
    if caller is None:
        return
    action = _BATCHES.get(self._get_action(), self._get_action())
    needs = _SERVICES.get(self.service_name)
    needs = needs(self, caller, action) if needs else [(f"{self.service_name}:{action}", resource)]
    for needed, on in needs:
        if not _permitted(caller, needed, on):
            raise _refusal(self, caller, needed, on)


def _refusal(response, caller, action, resource):
    if "json" not in response.headers.get("Content-Type", ""):
        return AccessDeniedError(user_arn=caller.arn, action=f"{action} on resource: {resource}")
    message = f"User: {caller.arn} is not authorized to perform: {action} on resource: {resource}"
    refusal = JsonRESTError("com.amazon.coral.service#AccessDeniedException", message)
    refusal.code = 403
    return refusal


# --- what was asked for

_asked: set[tuple[str, str, str, bool]] = set()


def _permitted(caller, action, resource):
    permitted = caller.may(action, resource)
    _asked.add((caller.arn, action, str(resource), permitted))
    return permitted


def _tell(self, request, full_url, headers):
    """Every action that a caller needed so far, whether or not it may."""
    asked = [{"caller": c, "action": a, "resource": r, "permitted": p} for c, a, r, p in sorted(_asked)]
    return 200, {"Content-Type": "application/json"}, json.dumps(asked)


def apply():
    """From now on; `GET /moto-api/permissions` tells what was needed."""
    from moto.moto_api._internal import urls

    _keep_text()
    # moto takes a condition that it does not know for one that is met.
    FakeBucket.get_permission = lambda self, action, resource: PermissionResult.NEUTRAL
    ActionAuthenticatorMixin._authenticate_and_authorize_s3_action = _authorize_s3
    ActionAuthenticatorMixin._authenticate_and_authorize_normal_action = _authorize
    MotoAPIResponse.permissions = _tell
    urls.url_paths["{0}/moto-api/permissions"] = MotoAPIResponse().permissions
