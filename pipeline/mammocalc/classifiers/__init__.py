"""Learned classifiers: read from readable files, evaluated without the libraries that made them."""
