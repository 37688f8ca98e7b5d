"""One measure a file, pure functions over plain rows. Ranks are given (`eval.metrics.ranking`), then measured."""
