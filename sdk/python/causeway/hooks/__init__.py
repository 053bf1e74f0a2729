"""What the recorder watches in the standard library and in the libraries that people use, one file a library."""
