"""Stock: which goods are one pile, who goes without, what runs out, and what a person sets."""
