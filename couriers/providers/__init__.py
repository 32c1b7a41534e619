"""One file for each source of tracking: how to ask, how to read, its table of codes.

Only 17TRACK has two: reading its rows is as long as its calls.
"""
