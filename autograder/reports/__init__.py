"""What people read: one page per submission, one for the class."""
