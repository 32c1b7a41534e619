"""What comes in from the platform: orders, requests, stock, couriers; and the tokens to ask with."""
