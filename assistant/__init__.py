"""What happens in a call: suggest, judge, order, and the faces people use them through."""
