"""The Label tab: classes, drawing, samples."""
