"""`zhida bench`: every measurement in a fresh process of its own, through the same functions as the product."""
