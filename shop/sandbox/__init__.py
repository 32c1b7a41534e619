"""The fake platform: a shop that lives on this machine, as strict as the real one and faulty on demand.

`pantau sandbox`, `pantau demo` and the tests run on it. It shares the signature with the client it is there
to check (both are held to the same published vectors) and nothing else of the wire.
"""
