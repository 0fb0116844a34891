"""DICOM in, DICOM out: a node that receives images, has them analysed, and sends the results back."""
