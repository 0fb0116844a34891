"""A finished run and its images become DICOM objects."""
