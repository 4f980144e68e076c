"""`make bench`: the numbers of the design, measured as ratios within one run."""
