"""The pulse: once a week the figures, what they tell, and two questions for organisers."""
