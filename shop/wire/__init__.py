"""What the Open API sends, as msgspec structs with only the fields that are used.

Types are the documented ones, so that a normal page decodes at full speed; what breaks them goes through
shop/wire/loose.py before it is given up.
"""
