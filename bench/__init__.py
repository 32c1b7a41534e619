"""Performance, measured from outside in a pseudo-terminal, as ratios within one run. `python -m bench`."""
