"""What one shop can be asked, a module per subject; shop/client.py puts them together."""
