"""Stories as the doors show them: in which zone, what in full and what folded, and the page. Says nothing of its own."""
