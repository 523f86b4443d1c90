"""OrangeConnex's eBay fulfillment openAPI: its credentials, words and operations."""
