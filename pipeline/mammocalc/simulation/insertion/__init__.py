"""Calcifications put into copies of real images."""
