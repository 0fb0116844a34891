"""One simulated patient: both breasts in three dimensions, seen in several views and on several dates."""

from mammocalc.simulation.patient.folder import simulate_studies
from mammocalc.simulation.patient.points import simulate_patient_points
from mammocalc.simulation.patient.recipe import PatientRecipe
from mammocalc.simulation.patient.records import PatientPoints

__all__ = ["PatientPoints", "PatientRecipe", "simulate_patient_points", "simulate_studies"]
