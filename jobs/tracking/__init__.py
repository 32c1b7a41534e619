"""Where the parcels are: who is asked, how often, and what the answers mean."""
