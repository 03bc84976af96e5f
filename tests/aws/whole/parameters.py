"""Parameters and rules of a template, checked as CloudFormation checks them; moto takes anything."""

import re
from typing import Any, Callable

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend, Stack


def apply() -> None:
    load = parsing.ResourceMap.load_parameters

    def load_and_check(self: parsing.ResourceMap) -> None:
        declared = self._template.get("Parameters", {})
        unknown = sorted(set(self.input_parameters) - declared.keys())
        if unknown:
            raise ValidationError(message=f"Parameters: [{', '.join(unknown)}] do not exist in the template")
        load(self)
        for name, declaration in declared.items():
            self.resolved_parameters[name] = _typed(declaration, self.resolved_parameters[name])
            _check(name, declaration, self.resolved_parameters[name])
        self._parsed_resources.update(self.resolved_parameters)
        _Rules(self).check()

    parsing.ResourceMap.load_parameters = load_and_check
    _previous_defaults()


def _previous_defaults() -> None:
    """UsePreviousValue holds for a parameter that has its default as well; moto knows those that were given."""
    resolve = CloudFormationBackend._resolve_update_parameters

    def with_defaults(self: CloudFormationBackend, instance: Any, incoming_params: list[dict[str, str]]) -> dict[str, str]:
        if isinstance(instance, Stack):
            held = instance.resource_map.resolved_parameters.items()
            defaults = {name: ",".join(value) if isinstance(value, list) else value for name, value in held}
            instance.parameters = {**defaults, **instance.parameters}
        return resolve(self, instance, incoming_params)

    CloudFormationBackend._resolve_update_parameters = with_defaults


def _is_list(declaration: dict[str, Any]) -> bool:
    return declaration["Type"] == "CommaDelimitedList" or declaration["Type"].startswith("List<")


def _typed(declaration: dict[str, Any], value: Any) -> Any:
    # moto splits what is given, and forgets to split a default.
    if _is_list(declaration):
        return value if isinstance(value, list) else [part.strip() for part in str(value).split(",")]
    return str(value)


def _check(name: str, declaration: dict[str, Any], value: Any) -> None:
    for one in value if isinstance(value, list) else [value]:
        problem = _problem(declaration, str(one).strip())
        if problem:
            told = declaration.get("ConstraintDescription", problem)
            raise ValidationError(message=f"Parameter {name} failed to satisfy constraint: {told}")


def _problem(declaration: dict[str, Any], value: str) -> str | None:
    allowed = [str(item) for item in declaration.get("AllowedValues", [])]
    if allowed and value not in allowed:
        return f"must be one of the values [{', '.join(allowed)}]"
    pattern = declaration.get("AllowedPattern")
    # Java's matches(), which CloudFormation uses, is about the whole value.
    if pattern and not re.fullmatch(pattern, value):
        return f"must match pattern {pattern}"
    if declaration["Type"] == "Number":
        return _number_problem(declaration, value)
    if "MinLength" in declaration and len(value) < int(declaration["MinLength"]):
        return f"must have a length of at least {declaration['MinLength']}"
    if "MaxLength" in declaration and len(value) > int(declaration["MaxLength"]):
        return f"must have a length of at most {declaration['MaxLength']}"
    return None


def _number_problem(declaration: dict[str, Any], value: str) -> str | None:
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
        return "must be a number"
    if "MinValue" in declaration and float(value) < float(declaration["MinValue"]):
        return f"must be at least {declaration['MinValue']}"
    if "MaxValue" in declaration and float(value) > float(declaration["MaxValue"]):
        return f"must be at most {declaration['MaxValue']}"
    return None


class _Rules:
    """The functions that CloudFormation allows in `Rules`."""

    def __init__(self, resources: parsing.ResourceMap):
        self._rules = resources._template.get("Rules", {})
        self._values = resources.resolved_parameters
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": lambda name: self._values[name],
            "Fn::Equals": lambda sides: self._of(sides[0]) == self._of(sides[1]),
            "Fn::Not": lambda parts: not self._of(parts[0]),
            "Fn::And": lambda parts: all(self._of(part) for part in parts),
            "Fn::Or": lambda parts: any(self._of(part) for part in parts),
            "Fn::Contains": lambda parts: self._of(parts[1]) in [self._of(item) for item in self._of(parts[0])],
            "Fn::EachMemberEquals": lambda parts: all(item == self._of(parts[1]) for item in self._of(parts[0])),
            "Fn::EachMemberIn": lambda parts: all(item in self._of(parts[1]) for item in self._of(parts[0])),
        }

    def check(self) -> None:
        for name, rule in self._rules.items():
            if "RuleCondition" in rule and not self._of(rule["RuleCondition"]):
                continue
            for assertion in rule["Assertions"]:
                if not self._of(assertion["Assert"]):
                    told = assertion.get("AssertDescription", name)
                    raise ValidationError(message=f"Template validation error: Rule {name} failed: {told}")

    def _of(self, part: Any) -> Any:
        if not isinstance(part, dict):
            return part if isinstance(part, (list, bool)) else str(part)
        (function, argument), = part.items()
        if function not in self._functions:
            raise ValidationError(message=f"Template validation error: Invalid function {function} in Rules")
        return self._functions[function](argument)
