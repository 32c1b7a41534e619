"""Rules and dates of a country, as tables a person may correct without reading code."""
