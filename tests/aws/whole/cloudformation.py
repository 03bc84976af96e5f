"""CloudFormation that makes every resource or fails, where moto's skips what it does not know."""

from typing import Any

import yaml
from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import Stack

from .resource import ResourceType, model_of


def apply(types: list[ResourceType]) -> None:
    parsing.NULL_MODELS.clear()
    for kind in types:
        model = model_of(kind)
        parsing.get_model_list().append(model)
        parsing.get_model_map()[kind.name] = model
        parsing.get_name_type_map()[kind.name] = kind.name_property
    _leave_dates_as_text()
    _show_lists_as_given()
    _refuse_unknown_types()
    _roll_back_what_fails()
    _delete_in_reverse()


def _leave_dates_as_text() -> None:
    """A policy's `Version: 2012-10-17` is text to CloudFormation."""
    for first, resolvers in yaml.Loader.yaml_implicit_resolvers.items():
        kept = [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        yaml.Loader.yaml_implicit_resolvers[first] = kept


def _show_lists_as_given() -> None:
    def parameter_list(self: Stack) -> list[dict[str, Any]]:
        values = self.resource_map.resolved_parameters.items()
        return [
            {"ParameterKey": name, "ParameterValue": ",".join(value) if isinstance(value, list) else value}
            for name, value in values
        ]

    Stack.parameter_list = property(parameter_list)


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
