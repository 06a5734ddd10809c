"""The Processing algorithms: QGIS layers and parameters to plain values, and a job for the engine."""
