"""Whether to file an order, which form, what is known and missing, until when, to whom."""
