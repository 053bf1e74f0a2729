"""What a cancelled task leaves behind: half-done updates, resources never released, items and hand-overs that are lost."""
