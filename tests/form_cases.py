"""A provider of toy algorithms for the tests of forms, and a way to wait without hanging."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from qgis.core import (
    Qgis,
    QgsFeatureSink,
    QgsProcessingAlgorithm,
    QgsProcessingException,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
    QgsProcessingProvider,
)
from qgis.PyQt.QtCore import QCoreApplication, QThread
from qgis.PyQt.QtTest import QTest

PROVIDER = "docktest"


def wait_for(true: Callable[[], Any], seconds: float = 20.0) -> Any:
    """Let the event loop run until something is true; fail where it never is."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if found := true():
            return found
        QTest.qWait(10)
    message = "it did not come true"
    raise AssertionError(message)


def number(name, default, advanced=False):
    real = Qgis.ProcessingNumberParameterType.Double
    made = QgsProcessingParameterNumber(name, name.title(), real, default)
    made.setHelp(f"What {name} is for.")
    if advanced:
        made.setFlags(made.flags() | Qgis.ProcessingParameterFlag.Advanced)
    return made


class Toy(QgsProcessingAlgorithm):
    ID = ""

    def name(self):
        return self.ID

    def displayName(self):
        return self.ID.title()

    def createInstance(self):
        return type(self)()

    def initAlgorithm(self, configuration=None):
        pass


class Slow(Toy):
    ID = "slow"

    def shortHelpString(self):
        return "Counts slowly."

    def initAlgorithm(self, configuration=None):
        self.addParameter(number("PAUSE", 0.1))
        self.addParameter(number("STEPS", 5, advanced=True))
        self.addParameter(QgsProcessingParameterString("NOTE", "Note", optional=True))

    def checkParameterValues(self, parameters, context):
        if parameters.get("STEPS") == 13:
            return False, "13 steps bring bad luck (STEPS): take another number."
        return super().checkParameterValues(parameters, context)

    def processAlgorithm(self, parameters, context, feedback):
        steps = int(parameters.get("STEPS", 5))
        for step in range(1, steps + 1):
            if feedback.isCanceled():
                feedback.pushInfo("What was done lies there.")
                message = "Cancelled here."
                raise QgsProcessingException(message)
            time.sleep(parameters["PAUSE"])
            feedback.pushInfo(f"step {step}")
            feedback.setProgress(100 * step / steps)
        return {"COUNT": steps}


class MakeLayer(Toy):
    ID = "makelayer"

    def initAlgorithm(self, configuration=None):
        self.addParameter(QgsProcessingParameterFeatureSource("INPUT", "Input"))
        self.addParameter(QgsProcessingParameterField("FIELD", "Field", None, "INPUT", optional=True))
        self.addParameter(number("PAUSE", 0.0))
        self.addParameter(QgsProcessingParameterFeatureSink("OUTPUT", "Output"))

    def processAlgorithm(self, parameters, context, feedback):
        source = self.parameterAsSource(parameters, "INPUT", context)
        time.sleep(self.parameterAsDouble(parameters, "PAUSE", context))
        sink, place = self.parameterAsSink(
            parameters, "OUTPUT", context, source.fields(), source.wkbType(), source.sourceCrs()
        )
        for feature in source.getFeatures():
            sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert)
        return {"OUTPUT": place}


class Fail(Toy):
    ID = "fail"

    def processAlgorithm(self, parameters, context, feedback):
        feedback.pushWarning("a warning")
        message = "The moon is too far (WHERE): come closer."
        raise QgsProcessingException(message)


class Odd(Toy):
    ID = "odd"

    def processAlgorithm(self, parameters, context, feedback):
        message = "odd things happen"
        raise ValueError(message)


class Unready(Toy):
    ID = "unready"

    def prepareAlgorithm(self, parameters, context, feedback):
        message = "The layer has gone (INPUT)."
        raise QgsProcessingException(message)


class Here(Toy):
    """Runs in the thread of the windows only."""

    ID = "here"

    def flags(self):
        return super().flags() | Qgis.ProcessingAlgorithmFlag.NoThreading

    def processAlgorithm(self, parameters, context, feedback):
        return {"MAIN": QThread.currentThread() is QCoreApplication.instance().thread()}


class Toys(QgsProcessingProvider):
    def id(self):
        return PROVIDER

    def name(self):
        return "Toys"

    def loadAlgorithms(self):
        for kind in (Slow, MakeLayer, Fail, Odd, Unready, Here):
            self.addAlgorithm(kind())
