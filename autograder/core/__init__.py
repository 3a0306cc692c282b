"""Plain data and arithmetic that everything else builds on."""
