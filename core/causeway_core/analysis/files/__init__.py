"""Files: what each actor did to them, under which file locks, and which errors the program expects and handles."""
