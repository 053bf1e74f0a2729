"""A program that runs under debugpy and the recorder: one debug session with a present and a past."""
