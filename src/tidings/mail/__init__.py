"""Letters, and the mailers that carry them, chosen by URL."""
