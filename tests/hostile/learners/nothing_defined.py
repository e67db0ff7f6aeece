"""Defines nothing.

reads: ?
modes: isolated, xdist, fallback
"""
