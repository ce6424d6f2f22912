"""Figures over what the features have on record."""
