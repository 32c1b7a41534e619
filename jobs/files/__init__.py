"""Files of Seller Center: taken in, watched for, given out, and what is done by hand in Seller Center."""
