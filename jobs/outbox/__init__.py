"""What goes out: rows of the outbox, sent once, and what the answers prove. docs/outbox.md is the protocol."""
