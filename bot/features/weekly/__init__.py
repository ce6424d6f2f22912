"""The principle of the week: one a week, on the community's own day and hour."""
