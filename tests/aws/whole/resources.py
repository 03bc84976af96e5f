"""The types of resources that moto's CloudFormation lacks, each by the operations of its own service."""

import json
import threading
from typing import Any

from flask import request as flask_request
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT

from . import buckets, groups
from .inside import call
from .resource import Request, ResourceType


# Stacks are made at the same time, and share the bucket for their signals.
_signals = threading.Lock()


def _queue_policy(wanted: Request) -> str:
    for queue in wanted.properties["Queues"]:
        document = json.dumps(wanted.properties["PolicyDocument"])
        call(wanted.region, "sqs", "set_queue_attributes", QueueUrl=queue, Attributes={"Policy": document})
    return wanted.physical_id or wanted.name


def _no_queue_policy(gone: Request) -> None:
    for queue in gone.properties["Queues"]:
        call(gone.region, "sqs", "set_queue_attributes", QueueUrl=queue, Attributes={"Policy": ""})


def _subscription(wanted: Request) -> str:
    settings = dict(wanted.properties)
    main = {name: settings.pop(name) for name in ("TopicArn", "Protocol", "Endpoint")}
    attributes = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in settings.items()}
    if wanted.physical_id:
        _no_subscription(wanted)
    answer = call(wanted.region, "sns", "subscribe", **main, Attributes=attributes, ReturnSubscriptionArn=True)
    return answer["SubscriptionArn"]


def _no_subscription(gone: Request) -> None:
    call(gone.region, "sns", "unsubscribe", SubscriptionArn=gone.physical_id)


def _topic_policy(wanted: Request) -> str:
    document = json.dumps(wanted.properties["PolicyDocument"])
    for topic in wanted.properties["Topics"]:
        call(wanted.region, "sns", "set_topic_attributes", TopicArn=topic, AttributeName="Policy", AttributeValue=document)
    return wanted.physical_id or wanted.name


def _no_topic_policy(gone: Request) -> None:
    empty = json.dumps({"Version": "2012-10-17", "Statement": []})
    for topic in gone.properties["Topics"]:
        call(gone.region, "sns", "set_topic_attributes", TopicArn=topic, AttributeName="Policy", AttributeValue=empty)


def _hook(wanted: Request) -> str:
    named = {"LifecycleHookName": wanted.name, **wanted.properties}
    call(wanted.region, "autoscaling", "put_lifecycle_hook", **named)
    return named["LifecycleHookName"]


def _no_hook(gone: Request) -> None:
    group = gone.properties["AutoScalingGroupName"]
    call(
        gone.region, "autoscaling", "delete_lifecycle_hook", AutoScalingGroupName=group, LifecycleHookName=gone.physical_id
    )


def _scaling_policy(wanted: Request) -> str:
    call(wanted.region, "autoscaling", "put_scaling_policy", PolicyName=wanted.name, **wanted.properties)
    # moto's answer to PutScalingPolicy lacks the ARN.
    policies = call(wanted.region, "autoscaling", "describe_policies", PolicyNames=[wanted.name])["ScalingPolicies"]
    return policies[0]["PolicyARN"]


def _no_scaling_policy(gone: Request) -> None:
    call(gone.region, "autoscaling", "delete_policy", PolicyName=gone.name)


def _alarm(wanted: Request) -> str:
    named = {"AlarmName": wanted.name, **wanted.properties}
    call(wanted.region, "cloudwatch", "put_metric_alarm", **named)
    return named["AlarmName"]


def _no_alarm(gone: Request) -> None:
    call(gone.region, "cloudwatch", "delete_alarms", AlarmNames=[gone.physical_id])


def _dashboard(wanted: Request) -> str:
    named = {"DashboardName": wanted.name, **wanted.properties}
    call(wanted.region, "cloudwatch", "put_dashboard", **named)
    return named["DashboardName"]


def _no_dashboard(gone: Request) -> None:
    call(gone.region, "cloudwatch", "delete_dashboards", DashboardNames=[gone.physical_id])


def _log_group(wanted: Request) -> str:
    settings = dict(wanted.properties)
    name = settings.pop("LogGroupName", wanted.name)
    days = settings.pop("RetentionInDays", None)
    tags = {tag["Key"]: tag["Value"] for tag in settings.pop("Tags", [])}
    if settings:
        raise ValueError(f"Encountered unsupported properties {sorted(settings)} of a log group")
    if not wanted.physical_id:
        call(wanted.region, "logs", "create_log_group", logGroupName=name, **({"tags": tags} if tags else {}))
    if days:
        call(wanted.region, "logs", "put_retention_policy", logGroupName=name, retentionInDays=days)
    return name


def _no_log_group(gone: Request) -> None:
    call(gone.region, "logs", "delete_log_group", logGroupName=gone.physical_id)


def _bucket_policy(wanted: Request) -> str:
    bucket = wanted.properties["Bucket"]
    call(wanted.region, "s3", "put_bucket_policy", Bucket=bucket, Policy=json.dumps(wanted.properties["PolicyDocument"]))
    return bucket


def _no_bucket_policy(gone: Request) -> None:
    call(gone.region, "s3", "delete_bucket_policy", Bucket=gone.physical_id)


def _handle(wanted: Request) -> str:
    """The URL of an object in moto's own S3: what is PUT there can be read like any object."""
    bucket = f"cloudformation-waitcondition-{wanted.region}"
    # In us-east-1 a location is an error, everywhere else it is required.
    place = {} if wanted.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": wanted.region}}
    with _signals:
        if bucket not in _buckets(wanted.region):
            call(wanted.region, "s3", "create_bucket", Bucket=bucket, **place)
    # On AWS its signature is what lets an instance in that has no permission; here anything that looks like one does.
    return f"{flask_request.host_url}{bucket}/{wanted.name}?Expires=4102444800&Signature=wait"


def _buckets(region: str) -> list[str]:
    return [bucket["Name"] for bucket in call(region, "s3", "list_buckets")["Buckets"]]


def _nothing(_: Request) -> None:
    """What was signalled stays readable after the stack is gone."""


def _group_arn(region: str, name: str) -> str:
    return f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{name}:*"


def _alarm_arn(region: str, name: str) -> str:
    return f"arn:aws:cloudwatch:{region}:{ACCOUNT}:alarm:{name}"


def _same(_: str, physical_id: str) -> Any:
    return physical_id


TYPES = [
    buckets.TYPE,
    groups.TYPE,
    ResourceType("AWS::SQS::QueuePolicy", _queue_policy, _no_queue_policy),
    ResourceType("AWS::SNS::Subscription", _subscription, _no_subscription),
    ResourceType("AWS::SNS::TopicPolicy", _topic_policy, _no_topic_policy),
    ResourceType("AWS::S3::BucketPolicy", _bucket_policy, _no_bucket_policy),
    ResourceType("AWS::AutoScaling::LifecycleHook", _hook, _no_hook, "LifecycleHookName"),
    ResourceType("AWS::AutoScaling::ScalingPolicy", _scaling_policy, _no_scaling_policy, attributes={"Arn": _same}),
    ResourceType("AWS::CloudWatch::Alarm", _alarm, _no_alarm, "AlarmName", {"Arn": _alarm_arn}),
    ResourceType("AWS::CloudWatch::Dashboard", _dashboard, _no_dashboard, "DashboardName"),
    ResourceType("AWS::Logs::LogGroup", _log_group, _no_log_group, "LogGroupName", {"Arn": _group_arn}),
    ResourceType("AWS::CloudFormation::WaitConditionHandle", _handle, _nothing),
    ResourceType("AWS::CloudFormation::WaitCondition", lambda wanted: wanted.name, _nothing, attributes={"Data": _same}),
]
