"""Networks, losses, the training run and the export to ONNX (torch and Lightning)."""
