"""The register of estates, as it is imported and asked."""
