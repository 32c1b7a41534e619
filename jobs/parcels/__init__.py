"""What the shop's own parcels teach: lanes, stuck ones, tickets, forecasts, statistics."""
