"""Numeric primitives that several stages use."""
