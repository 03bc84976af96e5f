"""Auto Scaling groups with all of their properties, changed in place; moto's CloudFormation makes a new one."""

from typing import Any

from moto.autoscaling.models import autoscaling_backends
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT

from .inside import call
from .resource import Request, ResourceType

# What UpdateAutoScalingGroup does not take, or CloudFormation calls otherwise.
_ON_THEIR_OWN = ("AutoScalingGroupName", "MetricsCollection", "Tags", "VPCZoneIdentifier", "Cooldown")


def _group(wanted: Request) -> str:
    properties = wanted.properties
    name = wanted.physical_id or properties.get("AutoScalingGroupName", wanted.name)
    settings = {key: value for key, value in properties.items() if key not in _ON_THEIR_OWN}
    if "VPCZoneIdentifier" in properties:
        settings["VPCZoneIdentifier"] = ",".join(properties["VPCZoneIdentifier"])
    if "Cooldown" in properties:
        settings["DefaultCooldown"] = properties["Cooldown"]

    def ask(operation: str, **parameters: Any) -> None:
        call(wanted.region, "autoscaling", operation, AutoScalingGroupName=name, **parameters)

    if wanted.physical_id:
        ask("update_auto_scaling_group", **settings)
        tags = [{**tag, "ResourceId": name, "ResourceType": "auto-scaling-group"} for tag in properties.get("Tags", [])]
        call(wanted.region, "autoscaling", "create_or_update_tags", Tags=tags)
    else:
        ask("create_auto_scaling_group", **settings, Tags=properties.get("Tags", []))
    for metrics in properties.get("MetricsCollection", []):
        ask("enable_metrics_collection", **metrics)
    _keep_what_moto_drops(wanted.region, name, settings)
    return name


def _keep_what_moto_drops(region: str, name: str, settings: dict[str, Any]) -> None:
    group = autoscaling_backends[ACCOUNT][region].autoscaling_groups[name]
    # Described by these names of attributes.
    if "DefaultInstanceWarmup" in settings:
        group.default_instance_warmup = int(settings["DefaultInstanceWarmup"])
    group.capacity_rebalance = str(settings.get("CapacityRebalance", False)).lower() == "true"


def _no_group(gone: Request) -> None:
    call(gone.region, "autoscaling", "delete_auto_scaling_group", AutoScalingGroupName=gone.physical_id, ForceDelete=True)


TYPE = ResourceType("AWS::AutoScaling::AutoScalingGroup", _group, _no_group, "AutoScalingGroupName")
