"""The questions of store/reader.py by subject, in plain SQL: nothing here may import SQLAlchemy."""
