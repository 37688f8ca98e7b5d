"""Takes away what scanning, slides and websites added, and mends what they broke."""
