"""Files that platforms read: Gradescope's results.json, grades.csv."""
