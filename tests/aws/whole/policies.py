"""What IAM's policy documents allow. Only what they are made of here; anything else is an error, never a silent no or yes."""

import json
import re


def _as_list(value):
    return value if isinstance(value, list) else [value]


def _matches(pattern, value, flags=0):
    translated = "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern)
    return re.fullmatch(translated, value, flags | re.DOTALL) is not None


def _equal(pattern, value):
    return pattern == value


_OPERATORS = {
    "StringEquals": (_equal, True),
    "StringNotEquals": (_equal, False),
    "StringLike": (_matches, True),
    "StringNotLike": (_matches, False),
    "ArnEquals": (_matches, True),
    "ArnLike": (_matches, True),
    "ArnNotLike": (_matches, False),
    "ArnNotEquals": (_matches, False),
    "Bool": (_equal, True),
}


def _holds(operator, key, patterns, context):
    base = operator.removesuffix("IfExists")
    if base not in _OPERATORS:
        raise NotImplementedError(f"Condition operator {operator}")
    compare, wanted = _OPERATORS[base]
    if key.lower() not in context:
        raise NotImplementedError(f"Condition key {key}: nobody here says what its value is")
    value = context[key.lower()]
    if value is None:
        return base != operator or not wanted
    return any(compare(str(p), value) for p in _as_list(patterns)) is wanted


def _concerns(statement, action, resource, context):
    if unknown := set(statement) - {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}:
        raise NotImplementedError(f"Statement with {', '.join(sorted(unknown))}")
    return (
        any(_matches(a, action, re.IGNORECASE) for a in _as_list(statement["Action"]))
        and any(_matches(r, resource) for r in _as_list(statement["Resource"]))
        and all(
            _holds(operator, key, patterns, context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, patterns in keys.items()
        )
    )


def deny(document, action, resource, context):
    """Whether a resource's own policy, as text, denies everybody the action. Single principals are not looked at."""
    return any(
        statement["Effect"] == "Deny" and statement["Principal"] == "*" and _concerns(statement, action, resource, context)
        for statement in _as_list(json.loads(document)["Statement"])
    )


def allow(documents, action, resource, context):
    """Whether the documents, as text, allow the action on the resource.

    The context has every condition key in lower case that a request has a value for; None where it has none.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    effects = {
        statement["Effect"]
        for document in documents
        for statement in _as_list(json.loads(document)["Statement"])
        if _concerns(statement, action, resource, context)
    }
    return effects == {"Allow"}
