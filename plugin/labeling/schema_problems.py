"""What may be wrong with classes and their files."""

from __future__ import annotations

from ...engine.errors import InputError


class SchemaError(InputError):
    """A schema that would be wrong, or a change that is not possible."""

    template = "The classes cannot be changed ({detail}): check the schema."


class ClassValueError(SchemaError):
    """A value that no class may have."""

    template = (
        "The class '{name}' cannot have the value {value}: choose a whole number from 1 to {largest}; "
        "0 stands for what is not labeled."
    )


class ClassValueTakenError(SchemaError):
    """Two classes of one value."""

    template = "The value {value} belongs to the class '{there}' already: choose another value for '{name}'."


class ClassNameTakenError(SchemaError):
    """Two classes of one name."""

    template = "There is a class '{there}' with the value {value} already: choose another name."


class ClassNameError(SchemaError):
    """A class or a group without a name, or with an endless one."""

    template = "The name '{name}' cannot be used in the schema: give it 1 to {longest} letters."


class ClassColorError(SchemaError):
    """A colour of another form."""

    template = "The class '{name}' cannot have the color '{color}': give red, green and blue, like '#e69f00'."


class NoSuchClassError(SchemaError):
    """A value that is not in the schema."""

    template = "No class of the schema has the value {value}: choose one of the schema, or add the class first."


class NoSuchGroupError(SchemaError):
    """A path that leads to no group."""

    template = "The schema has no group '{path}': choose one of the schema, or add the group first."


class GroupNameTakenError(SchemaError):
    """Two groups of one name side by side."""

    template = "There is a group '{name}' in the same place already: choose another name."


class GroupPlaceError(SchemaError):
    """Groups in themselves, or too deep."""

    template = "The group '{name}' cannot be there ({detail}): choose another place for it."
