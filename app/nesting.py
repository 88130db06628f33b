"""Names with dots as places in an object: `person.email_addresses.0.address` is the address of the first one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

SEPARATOR = "."


def conflict(names: Sequence[str]) -> str:
    """A name that would hold a value and others at once, or a list with gaps; nothing where all fit into one object."""
    paths = [tuple(name.split(SEPARATOR)) for name in names]
    whole = set(paths)
    for path in paths:
        for length in range(1, len(path)):
            if path[:length] in whole:
                return SEPARATOR.join(path[:length])
    inside: dict[tuple[str, ...], dict[str, None]] = {}
    for path in paths:
        for length in range(len(path)):
            inside.setdefault(path[:length], {})[path[length]] = None
    for place, parts in inside.items():
        numbers = [part for part in parts if part.isdecimal()]
        if numbers and list(parts) != [str(n) for n in range(len(parts))]:
            return SEPARATOR.join((*place, numbers[0]))
    return ""


def nester(names: Sequence[str]) -> Callable[[Sequence[Any]], Any]:
    """Makes of the values of a row the object that these names say."""
    paths = [name.split(SEPARATOR) for name in names]
    if all(len(path) == 1 for path in paths):
        return lambda values: dict(zip(names, values, strict=True))

    def nested(values: Sequence[Any]) -> Any:
        tree: dict[str, Any] = {}
        for path, value in zip(paths, values, strict=True):
            inside = tree
            for part in path[:-1]:
                inside = inside.setdefault(part, {})
            inside[path[-1]] = value
        return _lists(tree)

    return nested


def _lists(value: Any) -> Any:
    """The same, with a list wherever the parts are numbered."""
    if not isinstance(value, dict):
        return value
    inside = {part: _lists(one) for part, one in value.items()}
    return list(inside.values()) if inside and all(part.isdecimal() for part in inside) else inside
