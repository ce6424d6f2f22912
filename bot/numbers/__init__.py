"""The numbers: pure functions from plain rows to figures that say how sure they are."""
