"""Networks that find objects: a common face for those of torchvision, transformers and our own."""
