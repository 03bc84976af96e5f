"""CloudFormation that makes every resource or fails, where moto's skips what it does not know."""

import json
from typing import Any

import yaml
from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import Stack
from moto.ec2.models.security_groups import SecurityGroup
from moto.iam.models import Role
from moto.sqs.models import Queue

from .inside import call
from .resource import ResourceType, model_of


def apply(types: list[ResourceType]) -> None:
    parsing.NULL_MODELS.clear()
    for kind in types:
        model = model_of(kind)
        parsing.get_model_list().append(model)
        parsing.get_model_map()[kind.name] = model
        parsing.get_name_type_map()[kind.name] = kind.name_property
    _leave_dates_as_text()
    _show_what_there_is()
    _leave_out_no_values()
    _know_conditions_by_their_tag()
    _compare_as_text()
    _change_queues_wholly()
    _keep_policies_as_json()
    _attach_managed_policies()
    _let_out_only_what_is_given()
    _refuse_unknown_types()
    _roll_back_what_fails()
    _delete_in_reverse()


def _leave_dates_as_text() -> None:
    """A policy's `Version: 2012-10-17` is text to CloudFormation."""
    for first, resolvers in yaml.Loader.yaml_implicit_resolvers.items():
        kept = [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        yaml.Loader.yaml_implicit_resolvers[first] = kept


def _show_what_there_is() -> None:
    """A list that was given as text, and no resources that a condition left out."""

    def parameter_list(self: Stack) -> list[dict[str, Any]]:
        values = self.resource_map.resolved_parameters.items()
        return [
            {"ParameterKey": name, "ParameterValue": ",".join(value) if isinstance(value, list) else value}
            for name, value in values
        ]

    def stack_resources(self: Stack) -> list[Any]:
        return [resource for resource in self.resource_map.values() if resource is not None]

    Stack.parameter_list = property(parameter_list)
    Stack.stack_resources = property(stack_resources)


def _know_conditions_by_their_tag() -> None:
    """`!Condition Name` within another condition: moto reads it as Fn::Condition, and takes that for no."""
    parse = parsing.parse_condition

    def renamed(condition: Any) -> Any:
        if isinstance(condition, list):
            return [renamed(item) for item in condition]
        if isinstance(condition, dict):
            return {("Condition" if key == "Fn::Condition" else key): renamed(item) for key, item in condition.items()}
        return condition

    parsing.parse_condition = lambda condition, resources, conditions: parse(renamed(condition), resources, conditions)


def _leave_out_no_values() -> None:
    """`!Ref AWS::NoValue` takes an item out of a list; moto leaves a null."""
    clean = parsing.clean_json

    def clean_json(part: Any, resources: Any) -> Any:
        if isinstance(part, list):
            return [item for item in (clean_json(item, resources) for item in part) if item is not None]
        return clean(part, resources)

    parsing.clean_json = clean_json


def _compare_as_text() -> None:
    """Conditions: both sides of `!Equals` are text, and `!Condition` is short for `Condition`, which moto does not know."""

    def parse_condition(condition: Any, resources: Any, conditions: Any) -> bool:
        if isinstance(condition, bool):
            return condition
        ((function, argument),) = condition.items()
        if function in ("Condition", "Fn::Condition"):
            return conditions[argument]
        if function == "Fn::Equals":
            left, right = (parsing.clean_json(side, resources) for side in argument)
            return _text(left) == _text(right)
        parts = (parse_condition(part, resources, conditions) for part in argument)
        return {"Fn::Not": lambda: not next(parts), "Fn::And": lambda: all(parts), "Fn::Or": lambda: any(parts)}[function]()

    parsing.parse_condition = parse_condition


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _change_queues_wholly() -> None:
    """moto's update of a queue takes two of its properties."""

    def update(original_resource: Queue, new_resource_name: str, cloudformation_json: Any, **place: str) -> Queue:
        settings = {
            name: json.dumps(value) if isinstance(value, dict) else _text(value)
            for name, value in cloudformation_json["Properties"].items()
            if name not in ("QueueName", "Tags")
        }
        url = original_resource.physical_resource_id
        call(place["region_name"], "sqs", "set_queue_attributes", QueueUrl=url, Attributes=settings)
        return original_resource

    Queue.update_from_cloudformation_json = update


def _keep_policies_as_json() -> None:
    """moto keeps a role's policies as Python's own text, which no reader of JSON takes."""
    put = Role.put_policy

    def put_policy(self: Role, policy_name: str, policy_json: Any) -> None:
        put(self, policy_name, policy_json if isinstance(policy_json, str) else json.dumps(policy_json))

    Role.put_policy = put_policy


def _attach_managed_policies() -> None:
    create = Role.create_from_cloudformation_json

    def create_with_policies(resource_name: str, cloudformation_json: Any, *place: str, **more: Any) -> Role:
        role = create(resource_name, cloudformation_json, *place, **more)
        for arn in cloudformation_json["Properties"].get("ManagedPolicyArns", []):
            call(place[1], "iam", "attach_role_policy", RoleName=role.name, PolicyArn=arn)
        return role

    Role.create_from_cloudformation_json = create_with_policies


def _let_out_only_what_is_given() -> None:
    """A security group's own rules take the place of the one that lets everything out."""
    create = SecurityGroup.create_from_cloudformation_json

    def create_with_own_rules(resource_name: str, cloudformation_json: Any, *place: str, **more: Any) -> SecurityGroup:
        group = create(resource_name, cloudformation_json, *place, **more)
        given = cloudformation_json["Properties"].get("SecurityGroupEgress", [])
        if given:
            group.egress_rules.clear()
            rules = [
                {
                    **{name: rule[name] for name in ("IpProtocol", "FromPort", "ToPort")},
                    "IpRanges": [{"CidrIp": rule["CidrIp"], "Description": rule["Description"]}],
                }
                for rule in given
            ]
            call(place[1], "ec2", "authorize_security_group_egress", GroupId=group.id, IpPermissions=rules)
        return group

    SecurityGroup.create_from_cloudformation_json = create_with_own_rules


def _refuse_unknown_types() -> None:
    load = parsing.ResourceMap.load

    def known_types_only(self: parsing.ResourceMap) -> None:
        used = {resource["Type"] for resource in self._resource_json_map.values()}
        unknown = sorted(name for name in used - parsing.get_model_map().keys() if not name.startswith("Custom::"))
        if unknown:
            raise ValidationError(message=f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")
        load(self)

    parsing.ResourceMap.load = known_types_only


def _roll_back_what_fails() -> None:
    create = Stack.create_resources

    def create_or_roll_back(self: Stack) -> None:
        try:
            create(self)
        except Exception as failure:  # noqa: BLE001 - whatever goes wrong, the stack says what it was
            self.status_reason = f"{type(failure).__name__}: {failure}"
            self._add_stack_event("ROLLBACK_IN_PROGRESS", resource_status_reason=self.status_reason)
            _delete_what_there_is(self)
            self.status = "ROLLBACK_COMPLETE"
            self._add_stack_event("ROLLBACK_COMPLETE")

    Stack.create_resources = create_or_roll_back


def _delete_what_there_is(stack: Stack) -> None:
    stack.resource_map.delete()
    # moto would make the rest whenever somebody looks.
    stack.resource_map._resource_json_map = {}
    stack.template_dict = {"Resources": {}}
    stack.output_map = stack._create_output_map()


def _delete_in_reverse() -> None:
    """What was made last goes first, so that nothing goes before what needs it."""

    def delete(self: parsing.ResourceMap) -> None:
        made = [name for name in self._parsed_resources if name in self._resource_json_map]
        for name in reversed(made):
            resource, definition = self._parsed_resources.pop(name), self._resource_json_map[name]
            if resource is not None and not definition.get("DeletionPolicy", "Delete").startswith("Retain"):
                self._delete_resource(resource, definition)

    parsing.ResourceMap.delete = delete
