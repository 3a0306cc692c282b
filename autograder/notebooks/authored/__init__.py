"""From the author's notebook.py to the master notebook and the students' own."""
