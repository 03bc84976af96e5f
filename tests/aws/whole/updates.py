"""Stack updates that change what has changed, whichever way the change came.

moto compares the text of resources and the parameters that they name by Ref: a change that comes by Fn::Sub, by a
condition or by another resource's new version is lost.
"""

import re
from collections.abc import Iterator
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.models import Stack


def apply() -> None:
    create = parsing.parse_and_create_resource

    def create_and_remember(logical_id: str, definition: Any, resources: parsing.ResourceMap, **place: str) -> Any:
        made = create(logical_id, definition, resources, **place)
        if made is not None:
            _resolved(resources)[logical_id] = _resolve(definition, resources)
        return made

    parsing.parse_and_create_resource = create_and_remember
    parsing.ResourceMap.update = _update
    _tell_of_failures()


def _resolved(resources: parsing.ResourceMap) -> dict[str, Any]:
    return resources.__dict__.setdefault("resolved", {})


def _resolve(definition: dict[str, Any], resources: parsing.ResourceMap) -> Any:
    return parsing.clean_json(definition.get("Properties", {}), resources)


def _update(self: parsing.ResourceMap, template: dict[str, Any], parameters: dict[str, Any] | None = None) -> None:
    before, self._resource_json_map = self._resource_json_map, template["Resources"]
    self._template = template
    if parameters:
        self.input_parameters = parameters
    self.load_mapping()
    self.load_parameters()
    self.load_conditions()

    wanted = [name for name in _in_order(self._resource_json_map) if _is_wanted(self, name)]
    gone = [name for name in self._parsed_resources if name in before and name not in wanted]
    for name in wanted:
        if name not in self._parsed_resources:
            self[name]
        elif _resolved(self)[name] != (now := _resolve(self._resource_json_map[name], self)):
            place = {"account_id": self._account_id, "region_name": self._region_name}
            definition = self._resource_json_map[name]
            self._parsed_resources[name] = parsing.parse_and_update_resource(name, definition, self, **place)
            _resolved(self)[name] = now
    for name in reversed(gone):
        resource = self._parsed_resources.pop(name)
        if not before[name].get("DeletionPolicy", "Delete").startswith("Retain"):
            self._delete_resource(resource, before[name])


def _is_wanted(resources: parsing.ResourceMap, name: str) -> bool:
    condition = resources._resource_json_map[name].get("Condition")
    return condition is None or resources.lazy_condition_map[condition]


def _in_order(definitions: dict[str, Any]) -> list[str]:
    """Each resource after those that it names."""
    order: dict[str, None] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in order or name in above:
            return
        for other in _names(definitions[name]):
            if other in definitions:
                visit(other, (*above, name))
        order[name] = None

    for name in definitions:
        visit(name, ())
    return list(order)


def _names(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for item in part:
            yield from _names(item)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key == "Ref":
                yield value
            elif key == "Fn::GetAtt":
                yield value[0]
            elif key == "DependsOn":
                yield from [value] if isinstance(value, str) else value
            elif key == "Fn::Sub":
                text = value if isinstance(value, str) else value[0]
                yield from re.findall(r"\${([A-Za-z0-9]+)(?:\.[A-Za-z0-9.]+)?}", text)
                yield from _names(value)
            else:
                yield from _names(value)


def _tell_of_failures() -> None:
    update = Stack.update

    def update_or_say_why(self: Stack, template: str, role_arn: Any = None, parameters: Any = None, tags: Any = None) -> None:
        try:
            update(self, template, role_arn, parameters, tags)
        except parsing.ValidationError:
            raise
        except Exception as failure:  # noqa: BLE001 - whatever goes wrong, the stack says what it was
            self.status, self.status_reason = "UPDATE_FAILED", f"{type(failure).__name__}: {failure}"
            self._add_stack_event("UPDATE_FAILED", resource_status_reason=self.status_reason)

    Stack.update = update_or_say_why
