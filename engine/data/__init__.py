"""Rasters, labels and the cutting of chips (rasterio and shapely; no torch, no onnxruntime)."""
