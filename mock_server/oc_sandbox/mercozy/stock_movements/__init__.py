"""What moved the stock, and by how much."""
