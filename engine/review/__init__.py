"""Accuracy of results, and the report pages (numpy and rasterio; no torch)."""
