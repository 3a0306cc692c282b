"""A notebook that somebody handed in, whatever is in it, as cells and as a module."""
