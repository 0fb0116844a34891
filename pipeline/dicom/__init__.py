"""The door to DICOM: a file becomes a `Mammogram`, or an error that says why not."""
