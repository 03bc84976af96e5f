"""What a type of resources is to moto's CloudFormation, told by three functions."""

from dataclasses import dataclass, field
from typing import Any, Callable

from moto.core.common_models import CloudFormationModel


@dataclass(frozen=True)
class Request:
    """What CloudFormation asks for: one resource of one stack."""

    region: str
    # The name from the template, or one that was made up from the stack's and the logical id.
    name: str
    properties: dict[str, Any]
    # None while the resource is not there yet.
    physical_id: str | None = None


@dataclass(frozen=True)
class ResourceType:
    """A type that moto lacks, or has only in part."""

    name: str
    # Creates the resource, or brings what is there to the properties asked for; its physical id is returned.
    put: Callable[[Request], str]
    remove: Callable[[Request], None]
    name_property: str = ""
    # What Fn::GetAtt may ask for.
    attributes: dict[str, Callable[[str, str], str]] = field(default_factory=dict)


def model_of(kind: ResourceType) -> type[CloudFormationModel]:
    """The class by which moto's CloudFormation makes, changes and deletes resources of this type."""

    class Model(CloudFormationModel):
        # moto keeps count of the instances of each service's models by the name of their module.
        __module__ = "moto.whole.models"

        def __init__(self, physical_id: str, region: str, name: str, properties: dict[str, Any]):
            self.physical_resource_id = physical_id
            self.region = region
            self.name = name
            self.properties = properties
            # moto takes tags of the stack over to what has a type.
            self.type = kind.name

        @staticmethod
        def cloudformation_name_type() -> str:
            return kind.name_property

        @staticmethod
        def cloudformation_type() -> str:
            return kind.name

        @classmethod
        def has_cfn_attr(cls, attr: str) -> bool:
            return attr in kind.attributes

        def get_cfn_attribute(self, attribute: str) -> str:
            return kind.attributes[attribute](self.region, self.physical_resource_id)

        @classmethod
        def create_from_cloudformation_json(
            cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **_: Any
        ) -> "Model":
            properties = cloudformation_json.get("Properties", {})
            made = kind.put(Request(region_name, resource_name, properties))
            return cls(made, region_name, resource_name, properties)

        @classmethod
        def update_from_cloudformation_json(
            cls,
            original_resource: "Model",
            new_resource_name: str,
            cloudformation_json: Any,
            account_id: str,
            region_name: str,
        ) -> "Model":
            properties = cloudformation_json.get("Properties", {})
            before = original_resource
            made = kind.put(Request(region_name, before.name, properties, before.physical_resource_id))
            return cls(made, region_name, before.name, properties)

        def delete(self, account_id: str, region_name: str) -> None:
            kind.remove(Request(region_name, self.name, self.properties, self.physical_resource_id))

    return Model
