"""What a key press means: looked up, checked, then written down for the outbox."""
