"""From repetitions to verdicts: distances, references, calibration, feedback."""
