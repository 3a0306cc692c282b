"""A real nbgrader course: set up, its gradebook written and read, its pages made safe."""
