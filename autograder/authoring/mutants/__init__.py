"""Small changes of source code, each of which a good suite notices."""
