"""What may be wrong with samples and the file that holds them."""

from __future__ import annotations

from ...engine.errors import InputError


class StoreError(InputError):
    """Samples that cannot be read, changed or written."""

    template = "The samples {path} cannot be used ({detail}): check the file, or open other samples."


class NoStoreError(StoreError):
    """A file that is not there."""

    template = "There is no file {path}: choose another one, or create new samples."


class StoreThereError(StoreError):
    """A file that would be overwritten."""

    template = "There is a file {path} already: open it, or choose another name for new samples."


class NotOursError(StoreError):
    """A GeoPackage, or another file, that Swath did not make."""

    template = (
        "{path} does not hold samples of Swath (missing: {missing}): open a file that Swath made, "
        "or create new samples and import the layer into them."
    )


class BrokenStoreError(StoreError):
    """A file that SQLite cannot read."""

    template = "The samples {path} are damaged ({detail}): take a copy of the file from a backup."


class NewerStoreError(StoreError):
    """A file of a later version of Swath."""

    template = "The samples {path} were made by a later version of Swath: update Swath to open them."


class ReadOnlyStoreError(StoreError):
    """A file or a folder that may not be written."""

    template = (
        "The samples {path} cannot be written: copy them to a folder where you may write, and open the copy there."
    )


class NoFolderError(StoreError):
    """A folder that is not there."""

    template = "There is no folder {folder}: choose another folder for the samples."


class StoreFolderError(StoreError):
    """A folder that may not be written."""

    template = "No file can be made in the folder {folder}: choose a folder where you may write."


class StoreOpenElsewhereError(StoreError):
    """A file at which another window of QGIS works."""

    template = (
        "The samples {path} are open in another QGIS (process {process} on {machine}): close them there, "
        "or work on a copy and merge it later. If that QGIS is no more, delete the file {lock}."
    )


class StoreOpenHereError(StoreError):
    """A file at which this window works."""

    template = "The samples {path} are open already: close them before they are opened again."


class StoreLockedError(StoreError):
    """A file that another program is writing."""

    template = "Another program is writing to {path}: wait until it has finished, or close it, and try again."


class StoreGoneError(StoreError):
    """A file that was deleted or moved while it was open."""

    template = (
        "The file {path} was deleted, moved or replaced while it was open, so nothing was changed: "
        "put it back, or close the samples and open them where they are now."
    )


class StoreClosedError(StoreError):
    """Samples that were closed."""

    template = "The samples {path} are closed: open them again."


class StoreFullError(StoreError):
    """No space is left for the file."""

    template = "The disk is full, so {path} was left as it is: free some space and try again."


class NoStoreCrsError(StoreError):
    """Samples without a place on Earth."""

    template = (
        "New samples need a coordinate reference system, but '{name}' has none: "
        "set it first (right-click the layer > Layer CRS > Set)."
    )


class NoCurrentClassError(StoreError):
    """A sample of no class."""

    template = "No class is chosen for the new samples: choose one in the schema, or add a class first."


class UnknownClassError(StoreError):
    """A value that is not in the schema."""

    template = "No class of the schema has the value {value}: add it to the schema first."


class NoSampleError(StoreError):
    """Samples that are not there."""

    template = "Samples {fids} are not in {path}: they were deleted meanwhile, so select others."


class SampleGeometryError(StoreError):
    """A geometry that is no area."""

    template = "The geometry ({kind}) cannot be a sample: draw an area, or give lines and points a width."


class LayerGoneError(StoreError):
    """The user removed the layer of the samples from the project; a note, as nothing is lost."""

    template = (
        "The layer of the samples was removed from the project; all samples are still in {path}: "
        "open them again to see them on the map."
    )


class MergeSamplesError(StoreError):
    """Samples that cannot become one."""

    template = "{count} samples cannot be merged: select at least two."


class ClassesInUseError(StoreError):
    """A schema without classes that samples have."""

    template = (
        "Samples have the class values {values}, which the new schema does not hold: "
        "remove the samples with their class, or say which class they become."
    )


class ImportCrsError(StoreError):
    """A layer without a place on Earth."""

    template = (
        "The layer {layer} has no coordinate reference system, but the samples are in {crs}: "
        "set it first (right-click the layer > Layer CRS > Set)."
    )


class NothingImportedError(StoreError):
    """A layer without anything that can be a sample."""

    template = (
        "No sample can be taken from the layer {layer} ({detail}): choose a layer of polygons, "
        "or give lines and points a width."
    )


class MergeItselfError(StoreError):
    """A copy that is none."""

    template = "{path} is open here: choose a copy of it in which somebody else labeled."
