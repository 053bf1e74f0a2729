"""Races on settings of the whole process: working directory, environment, file mode mask, standard streams, locale."""
