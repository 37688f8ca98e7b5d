"""How good it is: gold sets, measures, runs, comparisons and reports. Measures any `Suggester`; builds none."""
