"""The base of all algorithms: identity, help and checks, so that each one only says what is its own."""

from __future__ import annotations

import traceback
from abc import abstractmethod
from typing import Any

from qgis.core import (
    Qgis,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterDefinition,
)
from qgis.PyQt.QtGui import QIcon

from ..engine.errors import CancelledError, SwathError
from ..engine.installer import engine_python
from ..i18n import translate
from .arguments import Arguments
from .engine_process import run_engine
from .icons import icon
from .refusals import refusal
from .sentences import problem, sentence


class SwathAlgorithm(QgsProcessingAlgorithm):
    """One step of the workflow: ``ID`` is part of its public name, ``TASK`` the engine's step that does it."""

    ID = ""
    TASK = ""

    @abstractmethod
    def title(self) -> str:
        """Return the translated display name."""

    @abstractmethod
    def summary(self) -> str:
        """Return translated help: what the tool does, in a few sentences."""

    @abstractmethod
    def define(self) -> None:
        """Add parameters (with :meth:`add`) and outputs."""

    @abstractmethod
    def check(self, arguments: Arguments) -> None:
        """Raise SwathError for whatever can be known to be wrong before the run."""

    @abstractmethod
    def job(self, arguments: Arguments, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Turn layers and parameters into the engine's job."""

    @abstractmethod
    def results(
        self, arguments: Arguments, job: dict[str, Any], values: dict[str, Any], feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Turn what the engine returned into the algorithm's outputs."""

    def cancelled(self, job: dict[str, Any]) -> str:
        """Return a translated sentence about what is left of a cancelled run and can be continued; "" for nothing."""
        return ""

    def add(self, parameter: QgsProcessingParameterDefinition, text: str, *, advanced: bool = False) -> None:
        """Add a parameter with its translated help; without help there is no adding one."""
        if not text:
            raise ValueError(parameter.name())
        parameter.setHelp(text)
        if advanced:
            parameter.setFlags(parameter.flags() | Qgis.ProcessingParameterFlag.Advanced)
        self.addParameter(parameter)

    def name(self) -> str:
        """Return the part of the id behind ``swath:``."""
        return self.ID

    def displayName(self) -> str:
        """Return the translated name."""
        return self.title()

    def group(self) -> str:
        """Return the translated group."""
        return translate("Swath", "Deep learning on imagery")

    def groupId(self) -> str:
        """Return the group's id, which is never translated."""
        return "deeplearning"

    def icon(self) -> QIcon:
        """Return the plugin's icon."""
        return icon()

    def shortDescription(self) -> str:
        """Return the first sentence of the help."""
        return self.summary().split(". ")[0].rstrip(".") + "."

    def shortHelpString(self) -> str:
        """Return the help: what the tool does, then each parameter."""
        parameters = [
            f"<p><b>{item.description()}</b> ({item.name()}): {item.help()}</p>" for item in self.parameterDefinitions()
        ]
        return "\n".join([f"<p>{self.summary()}</p>", *parameters])

    def createInstance(self) -> SwathAlgorithm:
        """Return a new instance of the same algorithm."""
        return type(self)()

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Add parameters and outputs; QGIS calls it."""
        self.define()

    def canExecute(self) -> tuple[bool, str]:
        """Tell whether the engine environment is there, and what to do if not."""
        text = problem(engine_python)
        return not text, text

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        """Check single values as QGIS does, then what only this algorithm knows."""
        arguments = Arguments(self, parameters, context)
        plain = arguments.plain_layers()
        well, text = super().checkParameterValues(plain, context)
        if not well:
            refused = refusal(self.parameterDefinitions(), plain, context)
            return False, sentence(refused) if refused else text
        text = problem(lambda: self.check(arguments))
        return not text, text

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Take from layers, in the thread they live in, what the run needs of them."""
        arguments = Arguments(self, parameters, context)
        # Steps of a model come here without a check of all values together. Raised from here, QGIS would say of an
        # error only that there was one.
        steps = (engine_python, lambda: self.check(arguments), arguments.prepare)
        self._refused = next((text for step in steps if (text := problem(step))), "")
        self._taken = arguments.taken
        return True

    def processAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Make the job, let the engine do it, and return the results."""
        if self._refused:
            raise QgsProcessingException(self._refused)
        arguments, self._taken = Arguments(self, parameters, context, self._taken), None
        try:
            job = self.job(arguments, feedback)
            values = self._run(job, feedback)
            return self.results(arguments, job, values, feedback)
        except Exception as error:
            # QGIS never lets go of an error, and with it of the layers in its frames, which must end before QGIS does.
            traceback.clear_frames(error.__traceback__)
            if isinstance(error, SwathError):
                raise QgsProcessingException(sentence(error)) from error
            raise

    def _run(self, job: dict[str, Any], feedback: QgsProcessingFeedback) -> dict[str, Any]:
        try:
            return run_engine(self.TASK, job, feedback)
        except CancelledError:
            if text := self.cancelled(job):
                feedback.pushInfo(text)
            raise
