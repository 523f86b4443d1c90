"""The catalogue that the stock is of."""
