"""Files, figures and pages."""
