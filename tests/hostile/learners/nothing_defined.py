"""Defines nothing.

reads: There is no double in nothing_defined.py.
modes: isolated, xdist, fallback
"""
