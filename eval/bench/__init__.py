"""How fast it is, and how fast others are on the same texts: timing, texts, peers, results, charts."""
