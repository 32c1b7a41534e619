"""What the platform pays: when, how much of it, and what is left after the cost of the goods."""
