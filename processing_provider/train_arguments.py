"""What is given to a training, checked and turned into the engine's job."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingUtils

from ..engine.chips import FORMATS, ChipFormat
from ..engine.errors import InputError
from ..engine.jobs import TrainJob
from ..engine.models import MODEL_TYPES, ModelType, fitting_types, split_arguments
from ..engine.presets import preset_values
from ..engine.tasks import TASKS
from ..i18n import translate
from .arguments import Arguments, home_path
from .problems import BadNumberError, ModelTypeFormatError, NotChipsError, NotThereError
from .train_distances import blur_distances, solid_distances
from .train_parameters import AUTO
from .train_problems import (
    BadModelNameError,
    CustomIsEmptyError,
    MixedFormatsError,
    NoModelForChipsError,
    NotForTaskError,
    OnlyForCustomError,
    WeightOrderError,
)

_NAME = re.compile(r"[^\W.][\w .-]{0,99}")
_SMALLEST_CHIP = 16
_TRANSFORMS = "transforms.json"


class TrainArguments:
    """The values of one training; made anew in each thread."""

    def __init__(self, arguments: Arguments) -> None:
        self._given = arguments

    def check(self) -> None:
        """Raise InputError for all that can be known without opening chips and without torch."""
        self._check_numbers()
        self._check_name()
        chip_format = self._format()
        self._check_paths()
        model = self._model_type(chip_format)
        if model is not None:
            self._check_model(model, chip_format)
        self._check_augmentation()
        self._distances()

    def job(self) -> TrainJob:
        """Return the job; presets and what else depends on the chips is the engine's to fill in."""
        given = self._given
        output = given.folder("OUTPUT")
        solid, blur = self._distances()
        ratio = given.real("BACKGROUND_PATCH_RATIO") if given.given("BACKGROUND_PATCH_RATIO") else -1.0
        return TrainJob(
            inputs=[str(home_path(folder).absolute()) for _, folder in self._folders()],
            output=output,
            name=given.text("MODEL_NAME") or _name_of(output),
            preset=given.text("PRESET"),
            model_type=given.text("MODEL_TYPE"),
            backbone=given.text("BACKBONE"),
            backbone_weights=self._weights(),
            pretrained_model=given.folder("PRETRAINED_MODEL"),
            arguments=split_arguments(given.text("MODEL_ARGUMENTS")),
            max_epochs=given.whole("MAX_EPOCHS"),
            batch_size=given.whole("BATCH_SIZE"),
            learning_rate=given.real("LEARNING_RATE"),
            validation_percentage=given.real("VALIDATION_PERCENTAGE"),
            stop_early=given.flag("STOP_EARLY"),
            freeze=given.flag("FREEZE"),
            monitor=given.text("MONITOR"),
            chip_size=given.whole("CHIP_SIZE"),
            resize_to=given.whole("RESIZE_TO"),
            augmentation=given.text("AUGMENTATION"),
            augmentation_parameters=given.text("AUGMENTATION_PARAMETERS"),
            weight_init_scheme=given.text("WEIGHT_INIT_SCHEME"),
            shuffle=given.flag("SHUFFLE"),
            feature_patch_percentage=given.real("FEATURE_PATCH_PERCENTAGE"),
            background_patch_ratio=ratio,
            pad_small_features=given.flag("PAD_SMALL_FEATURES"),
            solid_distance=solid,
            blur_distance=blur,
            class_weight_min=given.real("CLASS_WEIGHT_MIN"),
            class_weight_max=given.real("CLASS_WEIGHT_MAX"),
            loss_weight=given.real("LOSS_WEIGHT"),
            seed=given.whole("SEED"),
            processor=given.text("PROCESSOR"),
            gpu_id=given.whole("GPU_ID"),
            processes=0,  # as many as GPU_ID says
            report=given.folder("REPORT"),
        )

    def _check_numbers(self) -> None:
        """Check what the bounds of single parameters do not say; QGIS has checked these."""
        given = self._given
        if given.real("FEATURE_PATCH_PERCENTAGE") <= 0:
            raise BadNumberError(
                value="0",
                parameter="FEATURE_PATCH_PERCENTAGE",
                expected=translate("Swath", "a number above 0, up to 1 (all chips)"),
            )
        size = given.whole("CHIP_SIZE")
        if 0 < size < _SMALLEST_CHIP:
            expected = translate("Swath", "0 (as the chips are), or at least {least} pixels")
            raise BadNumberError(value=size, parameter="CHIP_SIZE", expected=expected.format(least=_SMALLEST_CHIP))
        least, most = given.real("CLASS_WEIGHT_MIN"), given.real("CLASS_WEIGHT_MAX")
        if least > most:
            raise WeightOrderError(least=f"{least:g}", most=f"{most:g}")

    def _check_name(self) -> None:
        name = self._given.text("MODEL_NAME")
        if name and not _NAME.fullmatch(name):
            raise BadModelNameError(name=name)

    def _check_paths(self) -> None:
        weights = self._weights()
        places = [("PRETRAINED_MODEL", self._given.folder("PRETRAINED_MODEL"))]
        places += [("BACKBONE_WEIGHTS", weights)] if weights != "DEFAULT" else []
        for parameter, path in places:
            if path and not Path(path).exists():
                raise NotThereError(what=translate("Swath", "file or folder"), path=path, parameter=parameter)

    def _check_model(self, model: ModelType, chip_format: ChipFormat) -> None:
        """Check arguments, backbone and controls against the model type."""
        given = self._given
        preset = preset_values(given.text("PRESET"), 0, chip_format.id).get("arguments", {})
        asked = split_arguments(given.text("MODEL_ARGUMENTS"))
        # They say the same as MONITOR and CHIP_SIZE, for all model types.
        asked.pop("monitor", None)
        asked.pop("chip_size", None)
        names = {item.name for item in model.arguments}
        values = model.parse_arguments({**{name: preset[name] for name in preset if name in names}, **asked})
        model.parse_backbone(given.text("BACKBONE"), values)
        task = TASKS.get(model.task)
        controls = (
            ("RESIZE_TO", given.whole("RESIZE_TO") > 0, "0"),
            ("PAD_SMALL_FEATURES", given.flag("PAD_SMALL_FEATURES"), translate("Swath", "off")),
            ("SOLID_DISTANCE", given.given("SOLID_DISTANCE"), translate("Swath", "nothing")),
            ("BLUR_DISTANCE", given.given("BLUR_DISTANCE"), translate("Swath", "nothing")),
            ("LOSS_WEIGHT", given.real("LOSS_WEIGHT") > 0, "0"),
        )
        for parameter, used, default in controls:
            if used and task is not None and parameter not in task.controls:
                raise NotForTaskError(parameter=parameter, model=model.id, default=default)

    def _check_augmentation(self) -> None:
        augmentation = self._given.text("AUGMENTATION")
        given = self._given.given("AUGMENTATION_PARAMETERS")
        if given and augmentation != "CUSTOM":
            raise OnlyForCustomError(augmentation=augmentation)
        if augmentation == "CUSTOM" and not given:
            raise CustomIsEmptyError
        # As ArcGIS does, the file is looked for beside the first folder's chips only.
        file = Path(self._given.folder("INPUT")) / _TRANSFORMS
        if augmentation == "FILE" and not file.is_file():
            raise NotThereError(what=translate("Swath", "file"), path=file, parameter="AUGMENTATION")

    def _folders(self) -> list[tuple[str, str]]:
        """Return (parameter, folder) of all training data."""
        more = [("ADDITIONAL_INPUTS", line) for line in self._given.lines("ADDITIONAL_INPUTS")]
        return [("INPUT", self._given.text("INPUT")), *more]

    def _format(self) -> ChipFormat:
        """Return the one format of all folders; raise NotThereError, NotChipsError, MixedFormatsError."""
        formats = [_format_of(parameter, home_path(folder)) for parameter, folder in self._folders()]
        if len({item.id for item in formats}) > 1:
            raise MixedFormatsError(formats=", ".join(sorted({item.id for item in formats})))
        return formats[0]

    def _model_type(self, chip_format: ChipFormat) -> ModelType | None:
        """Return the model type that will be trained; None where only the engine can tell.

        Raises ModelTypeFormatError, NoModelForChipsError.
        """
        types = MODEL_TYPES.all()
        fitting = fitting_types(chip_format.id)
        if not fitting:
            known = ", ".join(sorted({name for item in types.values() for name in item.formats}))
            raise NoModelForChipsError(format=chip_format.id, known=known)
        chosen = self._given.text("MODEL_TYPE")
        if chosen != AUTO:
            model = types[chosen]
            if model not in fitting:
                raise ModelTypeFormatError(model=model.id, format=chip_format.id, known=", ".join(model.formats))
            return model
        if self._given.given("PRETRAINED_MODEL"):
            return self._pretrained_type()
        preset = preset_values(self._given.text("PRESET"), 0, chip_format.id)
        return types.get(preset.get("model_type", ""), fitting[0])

    def _pretrained_type(self) -> ModelType | None:
        """Return the type of the pretrained model, where its files say it to us."""
        from ..engine.model_files import describe_model  # noqa: PLC0415 - keeps the start of QGIS short

        try:
            return MODEL_TYPES.get(describe_model(self._given.folder("PRETRAINED_MODEL")).model_type)
        except (InputError, OSError):
            # Weights of another kind, or a missing path, which gets its own sentence.
            return None

    def _weights(self) -> str:
        text = self._given.text("BACKBONE_WEIGHTS")
        return text if text in {"", "DEFAULT"} else str(home_path(text).absolute())

    def _distances(self) -> tuple[dict[str, Any], dict[str, Any]]:
        solid, blur = self._given.text("SOLID_DISTANCE"), self._given.text("BLUR_DISTANCE")
        if not solid and not blur:
            return {}, {}
        classes = _class_names(home_path(folder) for _, folder in self._folders())
        return solid_distances(solid, classes), blur_distances(blur, classes)


def _format_of(parameter: str, folder: Path) -> ChipFormat:
    """Return the chip format of a folder; raise where there is none."""
    if not folder.is_dir():
        raise NotThereError(what=translate("Swath", "folder"), path=folder, parameter=parameter)
    for chip_format in FORMATS.all().values():
        if chip_format.detect(folder):
            return chip_format
    raise NotChipsError(path=folder, parameter=parameter, known=", ".join(FORMATS.ids()))


def _class_names(folders: Iterable[Path]) -> dict[int, str]:
    """Return the names of the classes by value, as far as the folders say them."""
    from ..engine.chips._folder import read_documents  # noqa: PLC0415 - read on use, not when QGIS lists tools
    from ..engine.chips._stated import classes  # noqa: PLC0415

    found: dict[int, str] = {}
    for folder in folders:
        stats, definition = read_documents(folder)
        try:
            for item in classes([definition, stats]):
                found.setdefault(item.value, item.name)
        except (KeyError, TypeError, ValueError):
            # Broken files are the engine's to explain.
            continue
    return found


def _name_of(output: str) -> str:
    """Return the folder's own name, fit for files; a temporary folder's says nothing."""
    path = Path(output)
    temporary = Path(QgsProcessingUtils.tempFolder()) in path.parents
    name = re.sub(r"[^\w .-]", "_", path.name).strip(". ")[:100].strip()
    return "model" if temporary or not _NAME.fullmatch(name) else name
