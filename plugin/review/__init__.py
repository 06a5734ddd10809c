"""The Review tab: look where the model is unsure or wrong, and mend the labels."""
