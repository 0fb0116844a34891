"""Where the images of a run are analysed: on this machine, or on a Dask cluster."""
