"""What a request is about, for IAM policies that name queues, topics and groups; moto asks about `*` only."""

from typing import Any

from moto.autoscaling.responses import AutoScalingResponse
from moto.sns.responses import SNSResponse
from moto.sqs.responses import SQSResponse

# These have no resource on AWS: a policy can only allow them on `*`.
_ABOUT_ALL = ("Describe", "List")


def apply() -> None:
    SQSResponse._determine_resource = _queue
    SNSResponse._determine_resource = _topic
    AutoScalingResponse._determine_resource = _group


def _queue(self: Any) -> str:
    url, name = self._get_param("QueueUrl"), self._get_param("QueueName")
    name = url.rstrip("/").split("/")[-1] if url else name
    return f"arn:aws:sqs:{self.region}:{self.current_account}:{name}" if name else "*"


def _topic(self: Any) -> str:
    return self._get_param("TopicArn") or self._get_param("TargetArn") or "*"


def _group(self: Any) -> str:
    name = self._get_param("AutoScalingGroupName")
    if self._get_action().startswith(_ABOUT_ALL):
        return "*"
    groups = self.autoscaling_backend.autoscaling_groups
    if name is None:
        # SetInstanceHealth names the instance only.
        instance = self._get_param("InstanceId")
        owners = [group for group in groups.values() if any(s.instance.id == instance for s in group.instance_states)]
        return owners[0].arn if owners else "*"
    return groups[name].arn if name in groups else f"arn:aws:autoscaling:{self.region}:{self.current_account}:group/{name}"
