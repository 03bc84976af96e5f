"""Auto Scaling's end of an instance: the terminating hook, its heartbeats and its completion.

moto ends an instance at once, and knows neither CompleteLifecycleAction nor RecordLifecycleActionHeartbeat.
No clock runs here: a hook's time never runs out, and only a test or an instance ends what waits.
What happened can be read by DescribeScalingActivities.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

WAITING = "Terminating:Wait"
_TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"


@dataclass
class Ending:
    """One instance's way out of its group, as DescribeScalingActivities shows it."""

    group: str
    instance: str
    token: str = field(default_factory=lambda: str(mock_random.uuid4()))
    id: str = field(default_factory=lambda: str(mock_random.uuid4()))
    begun: datetime = field(default_factory=utcnow)
    heartbeats: int = 0
    result: str | None = None
    ended: datetime | None = None

    def describe(self) -> dict[str, Any]:
        details = {"heartbeats": self.heartbeats, "result": self.result, "token": self.token}
        return {
            "ActivityId": self.id,
            "AutoScalingGroupName": self.group,
            "Description": f"Terminating EC2 instance: {self.instance}",
            "Cause": f"At {self.begun:%Y-%m-%dT%H:%M:%SZ} instance {self.instance} was selected for termination.",
            "StartTime": self.begun,
            "EndTime": self.ended,
            "StatusCode": "Successful" if self.ended else "MidTerminatingLifecycleAction",
            "Progress": 100 if self.ended else 60,
            "Details": json.dumps(details),
        }


def apply() -> None:
    FakeAutoScalingGroup.set_desired_capacity = _set_desired_capacity
    AutoScalingBackend.terminate_instance = _terminate_instance
    AutoScalingBackend.delete_auto_scaling_group = _delete_group
    AutoScalingResponse.complete_lifecycle_action = _complete
    AutoScalingResponse.record_lifecycle_action_heartbeat = _heartbeat
    AutoScalingResponse.describe_scaling_activities = _describe_activities


def _endings(backend: AutoScalingBackend) -> list[Ending]:
    # On the backend, so that a reset forgets them with everything else.
    if not hasattr(backend, "endings"):
        backend.endings = []
    return backend.endings


def _set_desired_capacity(group: FakeAutoScalingGroup, capacity: int | None) -> None:
    group.desired_capacity = group.min_size if capacity is None else capacity
    active = group.active_instances()
    missing = (group.desired_capacity or 0) - len(active)
    if missing > 0:
        group.replace_autoscaling_group_instances(missing, group.get_propagated_tags())
    elif missing < 0:
        may_go = [state for state in active if not state.protected_from_scale_in]
        for state in may_go[: -missing]:
            _end(group, state)


def _end(group: FakeAutoScalingGroup, state: Any) -> None:
    backend = group.autoscaling_backend
    hooks = [hook for hook in backend.describe_lifecycle_hooks(group.name) if hook.lifecycle_transition == _TERMINATING]
    if state.lifecycle_state == WAITING:
        return
    ending = Ending(group.name, state.instance.id)
    _endings(backend).append(ending)
    if hooks:
        state.lifecycle_state = WAITING
    else:
        _gone(group, state, ending)


def _gone(group: FakeAutoScalingGroup, state: Any, ending: Ending) -> None:
    ending.ended = utcnow()
    group.instance_states = [other for other in group.instance_states if other is not state]
    group.ec2_backend.terminate_instances([state.instance.id])


def _terminate_instance(self: AutoScalingBackend, instance_id: str, should_decrement: bool) -> dict[str, Any]:
    group, state = _find(self, None, instance_id)
    _end(group, state)
    _set_desired_capacity(group, group.desired_capacity - 1 if should_decrement else group.desired_capacity)
    return next(ending for ending in reversed(_endings(self)) if ending.instance == instance_id).describe()


def _delete_group(self: AutoScalingBackend, group_name: str) -> None:
    """AWS waits for the hooks of each instance; here all of them go at once."""
    if group_name not in self.autoscaling_groups:
        raise ValidationError(f"AutoScalingGroup name not found - AutoScalingGroup '{group_name}' not found")
    group = self.autoscaling_groups.pop(group_name)
    instances = [state.instance.id for state in group.instance_states]
    if instances:
        self.ec2_backend.terminate_instances(instances)
    for hook in self.describe_lifecycle_hooks(group_name):
        self.delete_lifecycle_hook(group_name, hook.name)
    for policy in self.describe_policies(group_name):
        self.delete_policy(policy.name)


def _find(backend: AutoScalingBackend, group_name: str | None, instance_id: str) -> tuple[FakeAutoScalingGroup, Any]:
    for group in backend.autoscaling_groups.values():
        for state in group.instance_states:
            if state.instance.id == instance_id and group_name in (None, group.name):
                return group, state
    raise ValidationError(f"Instance Id not found - No managed instance found for instance ID: {instance_id}")


def _action(response: AutoScalingResponse) -> tuple[FakeAutoScalingGroup, Any, Ending]:
    backend, name = response.autoscaling_backend, response._get_param("AutoScalingGroupName")
    instance, token = response._get_param("InstanceId"), response._get_param("LifecycleActionToken")
    hook = response._get_param("LifecycleHookName")
    if name not in backend.autoscaling_groups or not backend.describe_lifecycle_hooks(name, [hook]):
        raise ValidationError(f"No Lifecycle Hook found with name {hook} for Auto Scaling group {name}")
    for ending in _endings(backend):
        if ending.group == name and not ending.ended and (ending.token == token or ending.instance == instance):
            group, state = _find(backend, name, ending.instance)
            return group, state, ending
    raise ValidationError(f"No active Lifecycle Action found with instance ID {instance}")


def _complete(self: AutoScalingResponse) -> Any:
    group, state, ending = _action(self)
    ending.result = self._get_param("LifecycleActionResult")
    _gone(group, state, ending)
    return EmptyResult()


def _heartbeat(self: AutoScalingResponse) -> Any:
    _action(self)[2].heartbeats += 1
    return EmptyResult()


def _describe_activities(self: AutoScalingResponse) -> Any:
    group = self._get_param("AutoScalingGroupName")
    shown = [ending.describe() for ending in _endings(self.autoscaling_backend) if group in (None, ending.group)]
    return ActionResult({"Activities": shown[::-1]})
