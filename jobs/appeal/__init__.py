"""The appeal file: everything known of one order, for the platform's service desk."""
