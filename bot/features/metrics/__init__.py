"""The numbers of a community, from what is on record."""
