"""Real packages with a known race, at the version that has it and at the one that does not."""
