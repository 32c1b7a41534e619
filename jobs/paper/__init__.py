"""Paper: labels of the platform, and slips, picking lists and manifests that are drawn here."""
