"""What runs in the background and what a key press means: everything between the outside world and the store."""
