"""What every page needs: forms, the origin rule, headers, error pages, templating."""
