"""Applying a model to rasters of any size (onnxruntime and rasterio; no torch)."""
