"""Measurements: `./pz bench [NAME …] [--quick] [--json FILE]`. Figures are compared as ratios within one run."""
