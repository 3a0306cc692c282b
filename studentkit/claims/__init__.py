"""What networks and recipes a grader takes as data: read and limited alike on both sides."""
