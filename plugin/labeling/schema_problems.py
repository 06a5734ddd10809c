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


class TooManyClassesError(SchemaError):
    """A source that holds no classes, but measurements or numbers of objects."""

    template = "{source} holds more than {most} different values: choose one that holds classes."


class NoClassesFoundError(SchemaError):
    """A source without a class."""

    template = "{source} names no classes ({detail}): choose another source, or add the classes by hand."


class SchemaFileError(SchemaError):
    """A file of a schema that cannot be read or written."""

    template = "The schema {path} cannot be used ({detail}): check the file, or choose another one."


class UnknownEcsError(SchemaError):
    """A classification schema of ArcGIS in a form that nobody could tell us."""

    template = (
        "The classification schema {path} is in a form that Swath does not know: save training samples of this schema "
        "in ArcGIS, add them to the project, and set up the classes from their field Classvalue."
    )


class EcsNotWrittenError(SchemaError):
    """Esri has not published what a classification schema file holds."""

    template = (
        "Classification schemas of ArcGIS ({path}) cannot be written, because their form is not public: save the "
        "schema as JSON, and give ArcGIS the layer of the samples, whose fields Classname and Classvalue it reads."
    )


class NotClassifiedError(SchemaError):
    """A raster whose pixels are no class values."""

    template = (
        "The raster '{layer}' has no classes to take ({detail}): choose one with a single band of class values, "
        "an attribute table or a palette."
    )


class UnknownSourceError(SchemaError):
    """A file of a kind that names no classes."""

    template = (
        "Classes cannot be taken from {path} ({detail}): choose a schema (.json, .ecs), a model (.emd, .onnx, .dlpk), "
        "samples of Swath (.gpkg), or the folder of a model or of chips; add other data to the project as a layer."
    )
