"""What the stock is."""
