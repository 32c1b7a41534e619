"""How the platform rates the shop: the rates now and tonight, and which orders to save first."""
