"""SQL as far as its text tells: what a statement reads and writes, and how its result flows through the program into another statement."""
